using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Access;

/// <summary>Nobody gives away what they do not hold, whichever way they try.</summary>
public sealed class GrantCeilingTests
{
    private static string Id(Caller caller) => caller.User!.Value.Value;

    /// <summary>A member may manage grants, roles and groups, and holds one permission beside.</summary>
    private static async Task<AccessWorld> Delegated(object? more = null)
    {
        var world = await AccessWorld.Start();
        foreach (var operation in new[]
        {
            "grants.create", "roles.create", "roles.update", "groups.create", "groups.members.add",
        })
        {
            await world.Grant(world.Ben, operation);
        }
        await world.Grant(world.Ben, "invitations.list", more);
        return world;
    }

    [Fact]
    public async Task What_a_policy_forbids_somebody_is_not_given_away()
    {
        await using var world = await AccessWorld.Start();
        var (workspace, ben) = (await world.Workspace(), world.Ben.User!.Value.Value);
        await world.Call(world.Owner, "policies.create", body: new
        {
            name = "Not Admin", mode = "enforce", permissions = new[] { "members.update" }, workspace_id = workspace,
            condition = $"caller.id == '{world.Admin.User!.Value.Value}'",
        });
        Task<string?> Give(Caller by, object more) => world.Code(by, "grants.create", body: more);
        var everywhere = new { user_id = ben, permission = "members.update" };
        var there = new { user_id = ben, permission = "members.update", workspace_id = workspace };
        var elsewhere = there with { workspace_id = await world.Workspace("Bonn") };

        (await Give(world.Admin, there)).Should().Be("grant_too_high");
        (await Give(world.Admin, everywhere)).Should().Be("grant_too_high", "that is a part of it");
        (await Give(world.Admin, elsewhere)).Should().BeNull();
        (await Give(world.Owner, everywhere)).Should().BeNull("the owner is not forbidden it");
    }

    [Fact]
    public async Task By_a_grant()
    {
        await using var world = await Delegated();
        var refused = await world.Problem(
            world.Ben, "grants.create", body: new { user_id = Id(world.Vera), permission = "members.remove" });

        refused!.Type.Code.Should().Be("grant_too_high");
        refused.Detail.Should().Contain("members.remove");
        var toOneself = new { user_id = Id(world.Ben), permission = "members.remove" };
        (await world.Code(world.Ben, "grants.create", body: toOneself)).Should().Be("grant_too_high");
        await world.Grant(world.Vera, "invitations.list", by: world.Ben);
        (await world.Tries(world.Vera)).Should().BeNull("what one holds, one may hand on");
    }

    [Fact]
    public async Task By_a_role()
    {
        await using var world = await Delegated();
        var strong = await world.Role("Strong", "members.remove");
        var weak = await world.Role("Weak", "invitations.list");

        (await world.Code(world.Ben, "grants.create", body: new { user_id = Id(world.Ben), role_id = strong }))
            .Should().Be("grant_too_high");
        string[] stronger = ["members.remove"];
        (await world.Code(world.Ben, "roles.create", body: new { name = "Mine", permissions = stronger }))
            .Should().Be("grant_too_high");
        await world.Grant(new { user_id = Id(world.Ben), role_id = weak });
        (await world.Code(world.Ben, "roles.update", new { role = weak }, new { permissions = stronger }))
            .Should().Be("grant_too_high");
        (await world.Code(world.Ben, "members.remove", new { member = world.Members[world.Vera] }))
            .Should().Be("permission_denied");
        string[] nothing = [];
        (await world.Code(world.Ben, "roles.update", new { role = strong }, new { permissions = nothing }))
            .Should().BeNull("taking away needs no more than the operation");
    }

    [Fact]
    public async Task By_a_group()
    {
        await using var world = await Delegated();
        var (strong, weak) = (await world.Group("Strong"), await world.Group("Weak"));
        await world.Grant(new { group_id = strong, role_id = await world.Role("Strong", "members.remove") });
        await world.Grant(new { group_id = weak, permission = "invitations.list" });

        (await world.Code(world.Ben, "groups.members.add", new { group = strong }, new { user_id = Id(world.Ben) }))
            .Should().Be("grant_too_high");
        (await world.Code(world.Ben, "groups.members.add", new { group = weak }, new { user_id = Id(world.Vera) }))
            .Should().BeNull();
    }

    [Theory]
    [InlineData("workspace")]
    [InlineData("app")]
    [InlineData("time")]
    [InlineData("condition")]
    public async Task Nor_more_of_it_than_one_holds(string narrowed)
    {
        await using var world = await AccessWorld.Start();
        var workspace = await world.Workspace();
        var until = world.Tenants.Server.Clock.GetUtcNow() + TimeSpan.FromHours(1);
        object? part = narrowed switch
        {
            "workspace" => new { workspace_id = workspace },
            "app" => new { app_id = world.Tenants.App.Value },
            "time" => new { expires_at = until },
            _ => new { condition = "true" },
        };
        await world.Grant(world.Ben, "grants.create");
        await world.Grant(world.Ben, "workspaces.update", part);
        var whole = new { user_id = Id(world.Vera), permission = "workspaces.update" };
        var role = await world.Role("Renamer", "workspaces.update");

        (await world.Code(world.Ben, "grants.create", body: whole)).Should().Be("grant_too_high");
        (await world.Code(world.Ben, "grants.create", body: new { user_id = Id(world.Vera), role_id = role }))
            .Should().Be("grant_too_high");
        if (narrowed == "condition") return;
        await world.Grant(whole, part, by: world.Ben);
    }

    [Fact]
    public async Task A_key_gives_what_it_holds_and_an_operator_what_operators_may()
    {
        await using var world = await AccessWorld.Start();
        var made = await world.Tenants.Call(InProcess.Owner, "keys.create",
            new { app = world.Tenants.App.Value, environment = "sandbox" },
            new { name = "narrow", permissions = new[] { "grants.create", "members.list" } });
        var narrow = Caller.OfKey("sandbox", world.Tenants.App,
            new KeyId(made["key"]!["id"]!.ToString()), ["grants.create", "members.list"]);

        var more = new { user_id = Id(world.Vera), permission = "members.remove" };
        (await world.Code(narrow, "grants.create", body: more)).Should().Be("grant_too_high");
        await world.Grant(world.Vera, "members.list", by: narrow);
        await world.Grant(world.Vera, "members.remove", by: world.Tenants.Key);
        await world.Grant(world.Vera, "members.remove", by: InProcess.Owner);
    }
}
