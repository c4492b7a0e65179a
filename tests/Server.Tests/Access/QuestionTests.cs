using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Access;

/// <summary>Why somebody may or may not, what somebody may, and who may.</summary>
public sealed class QuestionTests
{
    [Fact]
    public async Task An_allow_is_proven_by_the_shortest_way()
    {
        await using var world = await AccessWorld.Start();
        var group = await world.Group("Sales", world.Vera);
        var role = await world.Role("Inviter", "invitations.list");
        var longest = await world.Grant(new { group_id = group, role_id = role });
        (await Proof(world, world.Vera))
            .Should().Be($"user {Id(world.Vera)}, group {group}, role {role}, grant {longest}");

        var byGroup = await world.Grant(new { group_id = group, permission = "invitations.list" });
        (await Proof(world, world.Vera)).Should().Be($"user {Id(world.Vera)}, group {group}, grant {byGroup}");

        var direct = await world.Grant(world.Vera, "invitations.list");
        (await Proof(world, world.Vera)).Should().Be($"user {Id(world.Vera)}, grant {direct}");
        (await Explain(world, world.Vera))["by"]!.ToString().Should().Be(direct);
        (await Explain(world, world.Vera))["revision"]!.GetValue<long>().Should().Be(6);

        (await Proof(world, world.Admin)).Should().Be($"user {Id(world.Admin)}, built_in_role admin");
    }

    [Fact]
    public async Task A_deny_tells_the_grant_that_is_missing_and_it_helps()
    {
        await using var world = await AccessWorld.Start();
        var workspace = await world.Workspace();
        var path = new { workspace };
        var denied = await Explain(world, world.Vera, "workspaces.update", new { workspace_id = workspace });

        denied["allowed"]!.GetValue<bool>().Should().BeFalse();
        denied["least_role"]!.ToString().Should().Be("admin");
        (await world.Code(world.Vera, "workspaces.update", path, new { name = "B" })).Should().Be("permission_denied");
        await world.Call(world.Admin, "grants.create", body: denied["missing"]!.AsObject());
        (await world.Code(world.Vera, "workspaces.update", path, new { name = "B" })).Should().BeNull();
        (await Explain(world, world.Vera, "workspaces.update", new { workspace_id = workspace }))["allowed"]!
            .GetValue<bool>().Should().BeTrue();
    }

    [Fact]
    public async Task A_deny_tells_of_each_grant_that_fails_why()
    {
        await using var world = await AccessWorld.Start();
        var workspace = await world.Workspace();
        var soon = world.Tenants.Server.Clock.GetUtcNow() + TimeSpan.FromMinutes(1);
        var expired = await world.Grant(world.Vera, "invitations.list", new { expires_at = soon });
        var elsewhere = await world.Grant(world.Vera, "invitations.list", new { workspace_id = workspace });
        var untrue = await world.Grant(world.Vera, "invitations.list", new { condition = "caller.tenant_role == 'x'" });
        var failing = await world.Grant(
            world.Vera, "invitations.list", new { condition = "1 / size(caller.groups) > 0" });
        await world.Grant(world.Vera, "members.update");
        world.Tenants.Server.Clock.Advance(TimeSpan.FromHours(1));

        var failed = (await Explain(world, world.Vera))["failed"]!.AsArray();

        failed.Select(f => ($"{f!["grant_id"]}", $"{f["cause"]}")).Should().Equal(
            (expired, "expired"), (elsewhere, "other_resource"), (untrue, "condition_fails"),
            (failing, "condition_fails"));
        failed[2]!["detail"]!.ToString().Should().Contain("caller.tenant_role == 'x'");
        failed[3]!["detail"]!.ToString().Should().Contain("cannot be answered");
    }

    [Fact]
    public async Task What_is_said_is_what_the_gate_does()
    {
        await using var world = await AccessWorld.Start();
        var group = await world.Group("Sales", world.Ben);
        await world.Grant(new { group_id = group, permission = "workspaces.create" });
        await world.Grant(world.Vera, "invitations.list", new { condition = "caller.tenant_role == 'member'" });
        await world.Grant(world.Ben, "invitations.list", new { app_id = world.Tenants.App.Value });

        foreach (var operation in new[] { "invitations.list", "members.list", "groups.list", "workspaces.create" })
        {
            foreach (var who in new[] { world.Owner, world.Admin, world.Ben, world.Vera })
            {
                var said = (await Explain(world, who, operation))["allowed"]!.GetValue<bool>();
                var code = await world.Code(who, operation, body: new { name = "Bonn" });
                (code != "permission_denied").Should().Be(said, $"{who.Display} calls {operation}");
            }
        }
    }

    [Fact]
    public async Task Whoever_is_no_member_is_absent_whatever_is_asked()
    {
        await using var world = await AccessWorld.Start();
        var stranger = await world.Tenants.User("stranger");
        var elsewhere = await world.Tenants.Tenant(stranger, "Elsewhere");
        var known = await world.Problem(world.Admin, "access.explain",
            body: new { user_id = Id(stranger), permission = "members.list" });
        var absent = await world.Problem(world.Admin, "access.explain",
            body: new { user_id = "usr_00000000000000000000000000", permission = "members.list" });

        known!.Type.Code.Should().Be("not_found");
        known.Should().BeEquivalentTo(absent);
        var members = await world.Tenants.Call(stranger, "members.list", new { tenant = elsewhere });
        var theirs = members["items"]![0]!["id"]!;
        (await world.Code(world.Admin, "access.what_can", new { member = theirs.ToString() })).Should().Be("not_found");
        (await world.Code(stranger, "access.explain",
            body: new { user_id = Id(world.Vera), permission = "members.list" })).Should().Be("not_found");
        (await world.Code(world.Vera, "access.explain",
            body: new { user_id = Id(world.Vera), permission = "members.list" })).Should().Be("permission_denied");
        (await world.Code(world.Admin, "access.explain", body: new
        {
            user_id = Id(world.Vera), permission = "members.list",
            workspace_id = await world.Tenants.Workspace(stranger, elsewhere),
        })).Should().Be("not_found");
    }

    [Fact]
    public async Task Several_permissions_are_answered_at_once_to_oneself_and_about_others_to_admins()
    {
        await using var world = await AccessWorld.Start();
        var grant = await world.Grant(world.Vera, "invitations.list");
        var permissions = new[] { "members.list", "members.update", "invitations.list" };
        var own = await world.Call(world.Vera, "access.evaluate", body: new { permissions });
        var told = await world.Call(
            world.Admin, "access.evaluate", body: new { permissions, user_id = Id(world.Vera) });

        own["results"]!.AsArray().Select(r => $"{r!["permission"]} {r["allowed"]} {r["by"]}").Should().Equal(
            "members.list true viewer", "members.update false ", $"invitations.list true {grant}");
        told.ToJsonString().Should().Be(own.ToJsonString());
        (await world.Code(world.Vera, "access.evaluate", body: new { permissions, user_id = Id(world.Ben) }))
            .Should().Be("permission_denied");
        (await world.Code(world.Tenants.Key, "access.evaluate", body: new { permissions }))
            .Should().Be("input_invalid");
        (await world.Code(world.Vera, "access.evaluate", body: new { })).Should().Be("input_invalid");
    }

    [Fact]
    public async Task What_a_member_may_is_told_by_role_and_by_grants()
    {
        await using var world = await AccessWorld.Start();
        var group = await world.Group("Sales", world.Vera);
        var role = await world.Role("Inviter", "invitations.list", "members.update");
        var grant = await world.Grant(new { group_id = group, role_id = role }, new { condition = "true" });
        var ended = await world.Grant(world.Vera, "members.remove");
        await world.Call(world.Admin, "grants.revoke", new { grant = ended });

        var can = await world.Call(world.Admin, "access.what_can", new { member = world.Members[world.Vera] });

        can["role"]!.ToString().Should().Be("viewer");
        can["by_role"]!.AsArray().Select(name => name!.ToString())
            .Should().Contain("members.list").And.NotContain("members.update");
        var held = can["by_grants"]!.AsArray().Should().ContainSingle().Which!;
        held["grant_id"]!.ToString().Should().Be(grant);
        held["permissions"]!.AsArray().Select(p => p!.ToString()).Should().Equal("invitations.list", "members.update");
        held["condition"]!.ToString().Should().Be("true");
    }

    [Fact]
    public async Task Who_may_is_told_page_by_page()
    {
        await using var world = await AccessWorld.Start();
        var group = await world.Group("Sales", world.Ben);
        await world.Grant(new { group_id = group, permission = "invitations.list" });
        var path = new { permission = "invitations.list" };

        var first = await world.Call(world.Admin, "access.who_can", path, query: new { limit = 2 });
        var rest = await world.Call(world.Admin, "access.who_can", path,
            query: new { limit = 2, cursor = first["next_cursor"]!.ToString() });

        first["items"]!.AsArray().Concat(rest["items"]!.AsArray())
            .Select(holder => $"{holder!["user_id"]} {holder["role"]} {holder["grants"]!.AsArray().Count}")
            .Should().Equal($"{Id(world.Owner)} owner 0", $"{Id(world.Admin)} admin 0", $"{Id(world.Ben)}  1");
        rest["next_cursor"].Should().BeNull();
        foreach (var permission in new[] { "members.lost", "tenants.delete" })
            (await world.Code(world.Admin, "access.who_can", new { permission })).Should().Be("not_found");
        (await world.Tenants.Code(await world.Tenants.User("eve"), "access.who_can",
            new { tenant = world.Tenant, permission = "members.list" })).Should().Be("not_found");
    }

    [Fact]
    public async Task A_matrix_says_of_all_members_at_once_what_explain_says_of_each()
    {
        await using var world = await AccessWorld.Start();
        await world.Grant(world.Vera, "invitations.list");
        string[] permissions = ["invitations.list", "members.list", "members.update"];

        var page = await world.Call(world.Admin, "access.matrix", body: new { permissions, limit = 3 });
        var rest = await world.Call(world.Admin, "access.matrix",
            body: new { permissions, limit = 3, cursor = page["next_cursor"]!.ToString() });

        var rows = page["items"]!.AsArray().Concat(rest["items"]!.AsArray()).ToList();
        rows.Should().HaveCount(4);
        foreach (var row in rows)
        {
            foreach (var result in row!["results"]!.AsArray())
            {
                var told = await world.Call(world.Admin, "access.explain", body: new
                {
                    user_id = row["user_id"]!.ToString(), permission = result!["permission"]!.ToString(),
                });
                $"{result["allowed"]} {result["by"]}".Should().Be($"{told["allowed"]} {told["by"]}");
            }
        }
        rows.Single(row => row!["user_id"]!.ToString() == world.Vera.User!.Value.Value)!["results"]!.AsArray()
            .Select(result => result!["allowed"]!.GetValue<bool>()).Should().Equal(true, true, false);
        (await world.Code(world.Ben, "access.matrix", body: new { permissions })).Should().Be("permission_denied");
        (await world.Code(world.Admin, "access.matrix", body: new { permissions = Array.Empty<string>() }))
            .Should().Be("input_invalid");
    }

    private static string Id(Caller caller) => caller.User!.Value.Value;

    private static Task<JsonObject> Explain(
        AccessWorld world, Caller of, string permission = "invitations.list", object? more = null)
    {
        var body = JsonSerializer.SerializeToNode(new { user_id = Id(of), permission })!.AsObject();
        foreach (var (name, value) in JsonSerializer.SerializeToNode(more ?? new { })!.AsObject())
            body[name] = value?.DeepClone();
        return world.Call(world.Admin, "access.explain", body: body);
    }

    private static async Task<string> Proof(AccessWorld world, Caller of) => string.Join(", ",
        (await Explain(world, of))["proof"]!.AsArray().Select(step => $"{step!["kind"]} {step["id"]}"));
}
