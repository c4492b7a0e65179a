using AwesomeAssertions;

namespace Castellan.Tests.Tenants;

public sealed class MemberApiTests
{
    [Fact]
    public async Task Members_are_listed_page_by_page_with_what_the_app_may_know_of_them()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        foreach (var name in new[] { "bob", "cyd" })
        {
            world.Server.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await world.Join(ada, tenant, await world.User(name), "viewer");
        }

        var first = await world.Call(ada, "members.list", new { tenant }, query: new { limit = 2 });
        var rest = await world.Call(
            ada, "members.list", new { tenant }, query: new { limit = 2, cursor = first["next_cursor"]!.ToString() });

        first["items"]!.AsArray().Concat(rest["items"]!.AsArray())
            .Select(m => $"{m!["email"]} {m["name"]} {m["role"]}")
            .Should().Equal("ada@example.com ada owner", "bob@example.com bob viewer", "cyd@example.com cyd viewer");
        var member = first["items"]![1]!;
        (await world.Call(ada, "members.get", new { tenant, member = member["id"]!.ToString() })).ToJsonString()
            .Should().Be(member.ToJsonString());
    }

    [Fact]
    public async Task Nobody_grants_or_touches_a_role_above_the_own()
    {
        await using var world = await TenantWorld.Start();
        var (owner, admin, bob) = (await world.User("owner"), await world.User("admin"), await world.User("bob"));
        var tenant = await world.Tenant(owner);
        await world.Join(owner, tenant, admin, "admin");
        var member = await world.Join(admin, tenant, bob);
        var second = await world.Join(owner, tenant, await world.User("second"), "owner");

        foreach (var caller in new[] { admin, world.Key })
        {
            (await world.Code(caller, "members.update", new { tenant, member }, new { role = "owner" }))
                .Should().Be("role_too_high");
            (await world.Code(caller, "members.update", new { tenant, member = second }, new { role = "viewer" }))
                .Should().Be("role_too_high");
            (await world.Code(caller, "members.remove", new { tenant, member = second })).Should().Be("role_too_high");
            (await world.Code(
                caller, "invitations.create", new { tenant }, new { email = "x@example.com", role = "owner" }))
                .Should().Be("role_too_high");
        }
        (await world.Code(admin, "members.update", new { tenant, member }, new { role = "admin" })).Should().BeNull();
        (await world.Code(owner, "members.update", new { tenant, member }, new { role = "owner" })).Should().BeNull();
        (await world.Actions(tenant)).Should().EndWith(["members.update", "members.update"]);
        (await world.Events(tenant)).Count(e => e == "member.role_changed").Should().Be(2);
    }

    [Fact]
    public async Task A_tenant_keeps_an_owner()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var tenant = await world.Tenant(ada);
        var member = (await world.Call(ada, "members.list", new { tenant }))["items"]![0]!["id"]!.ToString();
        var other = await world.Join(ada, tenant, bob, "admin");

        (await world.Code(ada, "members.leave", new { tenant })).Should().Be("last_owner");
        (await world.Code(ada, "members.update", new { tenant, member }, new { role = "admin" }))
            .Should().Be("last_owner");
        (await world.Code(InProcess.Owner, "members.remove", new { tenant, member })).Should().Be("last_owner");
        (await world.Code(ada with { App = null }, "me.delete")).Should().Be("last_owner");
        (await world.Code(ada, "members.update", new { tenant, member }, new { role = "owner" })).Should().BeNull();
        await world.Call(ada, "members.update", new { tenant, member = other }, new { role = "owner" });
        (await world.Code(ada, "members.leave", new { tenant })).Should().BeNull();
        (await world.Code(ada, "tenants.get", new { tenant })).Should().Be("not_found");
        (await world.Events(tenant)).Should().ContainSingle(e => e == "member.removed");
    }

    [Fact]
    public async Task Of_two_owners_who_leave_at_once_one_stays()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        for (var round = 0; round < 5; round++)
        {
            var tenant = await world.Tenant(ada, $"Acme {round}");
            await world.Join(ada, tenant, bob, "owner");

            var codes = await Task.WhenAll(
                Task.Run(() => world.Code(ada, "members.leave", new { tenant })),
                Task.Run(() => world.Code(bob, "members.leave", new { tenant })));

            codes.Should().BeEquivalentTo([null, "last_owner"]);
            (await world.Texts($"select id from membership where tenant_id = {tenant}")).Should().ContainSingle();
        }
    }

    [Fact]
    public async Task A_deleted_user_leaves_every_tenant()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob) = (await world.User("ada"), await world.User("bob"));
        var tenant = await world.Tenant(ada);
        await world.Join(ada, tenant, bob);
        (await world.Code(bob, "tenants.get", new { tenant })).Should().BeNull();

        (await world.Code(bob with { App = null }, "me.delete")).Should().BeNull();

        (await world.Call(ada, "members.list", new { tenant }))["items"]!.AsArray().Should().ContainSingle();
        (await world.Events(tenant)).Should().ContainSingle(e => e == "member.removed");
        (await world.Code(bob, "tenants.get", new { tenant })).Should().Be("credential_invalid");
    }

    [Fact]
    public async Task A_tenant_has_a_bounded_number_of_members()
    {
        await using var world = await TenantWorld.Start("--Tenants:MembersMax", "2");
        var (ada, bob, cyd) = (await world.User("ada"), await world.User("bob"), await world.User("cyd"));
        var tenant = await world.Tenant(ada);
        var workspace = await world.Workspace(ada, tenant);
        await world.Join(ada, tenant, bob);
        await world.Call(ada, "invitations.create", new { tenant }, new { email = cyd.Display, role = "member" });

        (await world.Code(cyd, "invitations.accept", body: new { token = await world.MailedToken(cyd.Display!) }))
            .Should().Be("limit_reached");
        (await world.Code(ada, "members.add", new { tenant, workspace },
            new { user_id = bob.User!.Value.Value, role = "member" })).Should().Be("limit_reached");
    }

    [Fact]
    public async Task A_role_in_a_workspace_is_given_to_members_listed_and_laid_down()
    {
        await using var world = await TenantWorld.Start();
        var (ada, bob, eve) = (await world.User("ada"), await world.User("bob"), await world.User("eve"));
        var tenant = await world.Tenant(ada);
        var workspace = await world.Workspace(ada, tenant);
        await world.Join(ada, tenant, bob);
        var body = new { user_id = bob.User!.Value.Value, role = "admin" };

        var added = await world.Call(ada, "members.add", new { tenant, workspace }, body);
        var member = added["id"]!.ToString();

        added["workspace_id"]!.ToString().Should().Be(workspace);
        (await world.Code(ada, "members.add", new { tenant, workspace }, body)).Should().Be("already_member");
        (await world.Code(ada, "members.add", new { tenant, workspace },
            new { user_id = eve.User!.Value.Value, role = "viewer" })).Should().Be("not_found");
        (await world.Code(ada, "members.add", new { tenant, workspace }, new { body.user_id, role = "owner" }))
            .Should().Be("input_invalid");
        (await world.Code(ada, "members.update", new { tenant, member }, new { role = "owner" }))
            .Should().Be("role_too_high");
        (await world.Call(bob, "workspaces.members", new { tenant, workspace }))["items"]!.AsArray()
            .Should().ContainSingle();
        (await world.Call(ada, "members.list", new { tenant }))["items"]!.AsArray().Should().HaveCount(2);
        await world.Call(ada, "members.update", new { tenant, member }, new { role = "viewer" });
        (await world.Code(bob, "workspaces.remove_member", new { tenant, workspace, member })).Should().BeNull();
        (await world.Code(bob, "workspaces.remove_member", new { tenant, workspace, member })).Should().Be("not_found");
        (await world.Code(bob, "tenants.get", new { tenant })).Should().BeNull();
    }
}
