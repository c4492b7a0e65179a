using AwesomeAssertions;
using Castellan.Tenants;

namespace Castellan.Tests.Access;

/// <summary>Grants end with whom and what they were given for.</summary>
public sealed class GrantEndTests
{
    [Theory]
    [InlineData("members.remove")]
    [InlineData("members.leave")]
    [InlineData("me.delete")]
    public async Task Whoever_leaves_the_tenant_loses_what_it_gave(string way)
    {
        await using var world = await AccessWorld.Start();
        var group = await world.Group("Sales", world.Vera, world.Ben);
        await world.Grant(world.Vera, "invitations.list");
        var kept = await world.Grant(new { group_id = group, permission = "invitations.list" });

        var (caller, path) = way switch
        {
            "members.remove" => (world.Admin, (object?)new { member = world.Members[world.Vera] }),
            "members.leave" => (world.Vera, null),
            _ => (world.Vera with { App = null }, null),
        };
        if (way == "me.delete") await world.Tenants.Call(caller, way);
        else await world.Call(caller, way, path);

        (await world.Texts($"select id from access_grant where until_revision is null")).Should().Equal(kept);
        (await world.Texts($"select user_id from access_group_member where until_revision is null"))
            .Should().Equal(world.Ben.User!.Value.Value);
        if (way == "me.delete") return;
        await world.Tenants.Join(world.Owner, world.Tenant, world.Vera, "viewer");
        (await world.Tries(world.Vera)).Should().Be("permission_denied", "who comes back starts anew");
    }

    [Fact]
    public async Task Leaving_a_workspace_ends_nothing_of_the_tenant()
    {
        await using var world = await AccessWorld.Start();
        var workspace = await world.Workspace();
        await world.Grant(world.Vera, "invitations.list");
        var added = await world.Call(world.Admin, "members.add", new { workspace },
            new { user_id = world.Vera.User!.Value.Value, role = "member" });
        await world.Call(
            world.Admin, "workspaces.remove_member", new { workspace, member = added["id"]!.ToString() });

        (await world.Tries(world.Vera)).Should().BeNull();
    }

    [Fact]
    public async Task A_deleted_workspace_takes_its_grants_along()
    {
        await using var world = await AccessWorld.Start();
        var workspace = await world.Workspace();
        await world.Grant(world.Vera, "workspaces.update", new { workspace_id = workspace });
        var kept = await world.Grant(world.Vera, "invitations.list");

        await world.Call(world.Admin, "workspaces.delete", new { workspace });

        (await world.Call(world.Admin, "grants.list"))["items"]!.AsArray().Select(grant => grant!["id"]!.ToString())
            .Should().Equal(kept);
    }

    [Fact]
    public async Task An_erased_tenant_leaves_nothing()
    {
        await using var world = await AccessWorld.Start();
        var group = await world.Group("Sales", world.Vera);
        await world.Grant(new { group_id = group, role_id = await world.Role("Inviter", "invitations.list") });
        await world.Call(world.Owner, "tenants.delete");
        world.Tenants.Server.Clock.Advance(TimeSpan.FromDays(31));

        var ct = TestContext.Current.CancellationToken;
        // The server's own worker may come first.
        await world.Tenants.Service<TenantErasure>().RunOnce(ct);
        await Poll.Until(async () => (await world.Texts($"select id from tenant")).Count == 0);

        (await world.Texts($"""
            select tenant_id from access_revision union all select tenant_id from access_role
            union all select tenant_id from access_role_permission union all select tenant_id from access_group
            union all select tenant_id from access_group_member union all select tenant_id from access_grant
            """)).Should().BeEmpty();
    }

    [Fact]
    public async Task What_was_in_force_at_each_revision_can_be_read_afterwards()
    {
        await using var world = await AccessWorld.Start();
        var role = await world.Role("Inviter", "invitations.list");
        var group = await world.Group("Sales", world.Vera);
        var grant = await world.Grant(new { group_id = group, role_id = role });
        await world.Call(world.Admin, "roles.update", new { role }, new { permissions = new[] { "members.update" } });
        await world.Call(world.Admin, "groups.members.remove", new { group, member = world.Members[world.Vera] });
        await world.Call(world.Admin, "grants.revoke", new { grant });

        (await world.Texts($"select operation from access_revision order by revision")).Should().Equal(
            "roles.create", "groups.create", "groups.members.add", "grants.create", "roles.update",
            "groups.members.remove", "grants.revoke");
        (await InForce(4)).Should().Be("invitations.list, 1 member, 1 grant");
        (await InForce(5)).Should().Be("members.update, 1 member, 1 grant");
        (await InForce(6)).Should().Be("members.update, 0 member, 1 grant");
        (await InForce(7)).Should().Be("members.update, 0 member, 0 grant");

        async Task<string> InForce(long at)
        {
            var permission = await world.Texts($"""
                select permission from access_role_permission
                where since_revision <= {at} and (until_revision is null or until_revision > {at})
                """);
            var members = await world.Texts($"""
                select user_id from access_group_member
                where since_revision <= {at} and (until_revision is null or until_revision > {at})
                """);
            var grants = await world.Texts($"""
                select id from access_grant
                where since_revision <= {at} and (until_revision is null or until_revision > {at})
                """);
            return $"{string.Join(' ', permission)}, {members.Count} member, {grants.Count} grant";
        }
    }
}
