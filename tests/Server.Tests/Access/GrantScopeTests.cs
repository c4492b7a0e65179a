using AwesomeAssertions;

namespace Castellan.Tests.Access;

/// <summary>Where, under which condition and how long a grant gives what it gives.</summary>
public sealed class GrantScopeTests
{
    [Fact]
    public async Task A_grant_on_a_workspace_is_for_calls_that_name_it()
    {
        await using var world = await AccessWorld.Start();
        var (berlin, bonn) = (await world.Workspace(), await world.Workspace("Bonn"));
        await world.Grant(world.Vera, "workspaces.update", new { workspace_id = berlin });

        (await world.Code(world.Vera, "workspaces.update", new { workspace = berlin }, new { name = "B" }))
            .Should().BeNull();
        (await world.Code(world.Vera, "workspaces.update", new { workspace = bonn }, new { name = "B" }))
            .Should().Be("permission_denied");
    }

    [Fact]
    public async Task A_grant_for_an_app_is_for_calls_through_it()
    {
        await using var world = await AccessWorld.Start();
        await world.Call(world.Owner, "tenants.install", new { app = world.Tenants.OtherApp.Value });
        await world.Grant(world.Vera, "invitations.list", new { app_id = world.Tenants.App.Value });

        (await world.Tries(world.Vera)).Should().BeNull();
        (await world.Tries(world.Vera with { App = world.Tenants.OtherApp })).Should().Be("permission_denied");
    }

    [Fact]
    public async Task A_grant_ends_by_itself_when_its_time_has_come()
    {
        await using var world = await AccessWorld.Start();
        var until = world.Tenants.Server.Clock.GetUtcNow() + TimeSpan.FromHours(1);
        await world.Grant(world.Vera, "invitations.list", new { expires_at = until });

        (await world.Tries(world.Vera)).Should().BeNull();
        world.Tenants.Server.Clock.Advance(TimeSpan.FromHours(1));
        (await world.Tries(world.Vera)).Should().Be("permission_denied");
        (await world.Call(world.Admin, "grants.list"))["items"]!.AsArray().Should().BeEmpty();
    }

    [Theory]
    [InlineData("caller.tenant_role == 'viewer'", true)]
    [InlineData("caller.tenant_role == 'admin'", false)]
    [InlineData("permission == 'invitations.list' && context.operation == permission", true)]
    [InlineData("resource.workspace_id == null && resource.tenant_id.startsWith('ten_')", true)]
    [InlineData("now < timestamp('2001-01-01T00:00:00Z')", false)]
    [InlineData("size(caller.groups) == 1", true)]
    [InlineData("context.address == '127.0.0.1'", true)]
    [InlineData("caller.id.size() / (size(caller.groups) - 1) > 0", false)]
    [InlineData("[1,2,3,4,5].all(a, [1,2,3,4,5].all(b, [1,2,3,4,5].all(c, [1,2,3,4,5].all(d, a+b+c+d > 0))))", false)]
    public async Task A_condition_that_is_not_true_gives_nothing(string condition, bool allows)
    {
        await using var world = await AccessWorld.Start();
        await world.Group("Sales", world.Vera);
        await world.Grant(world.Vera, "invitations.list", new { condition });

        (await world.Tries(world.Vera)).Should().Be(allows ? null : "permission_denied");
    }

    [Fact]
    public async Task A_role_gives_what_it_holds_at_the_time_of_the_call()
    {
        await using var world = await AccessWorld.Start();
        var role = await world.Role("Inviter", "invitations.list");
        await world.Grant(new { user_id = world.Vera.User!.Value.Value, role_id = role });
        (await world.Tries(world.Vera)).Should().BeNull();

        await world.Call(world.Admin, "roles.update", new { role }, new { permissions = new[] { "members.update" } });
        (await world.Tries(world.Vera)).Should().Be("permission_denied");
        (await world.Code(world.Vera, "members.update", new { member = world.Members[world.Vera] },
            new { role = "viewer" })).Should().BeNull();

        await world.Call(world.Admin, "roles.delete", new { role });
        (await world.Code(world.Vera, "members.update", new { member = world.Members[world.Vera] },
            new { role = "viewer" })).Should().Be("permission_denied");
        (await world.Call(world.Admin, "grants.list"))["items"]!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task A_group_gives_to_those_who_are_in_it()
    {
        await using var world = await AccessWorld.Start();
        var group = await world.Group("Sales", world.Vera);
        await world.Grant(new { group_id = group, role_id = await world.Role("Inviter", "invitations.list") });
        (await world.Tries(world.Vera)).Should().BeNull();
        (await world.Tries(world.Ben)).Should().Be("permission_denied");

        await world.Join(group, world.Ben);
        (await world.Tries(world.Ben)).Should().BeNull();
        await world.Call(world.Admin, "groups.members.remove", new { group, member = world.Members[world.Vera] });
        (await world.Tries(world.Vera)).Should().Be("permission_denied");

        await world.Call(world.Admin, "groups.delete", new { group });
        (await world.Tries(world.Ben)).Should().Be("permission_denied");
    }
}
