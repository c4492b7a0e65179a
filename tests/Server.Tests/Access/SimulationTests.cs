using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Access.Simulation;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tests.Access.AuthZen;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Access;

/// <summary>What would be decided otherwise is told before it is done, and is then so.</summary>
public sealed class SimulationTests
{
    [Fact]
    public async Task Revoking_is_tried_on_what_was_decided()
    {
        await using var world = await AccessWorld.Start();
        var grant = await world.Grant(world.Vera, "invitations.list");
        for (var i = 0; i < 3; i++) (await world.Tries(world.Vera)).Should().BeNull();
        (await world.Tries(world.Ben)).Should().Be("permission_denied");
        await Counted(world);

        var told = await Simulate(world, new { revoke = new[] { grant } });

        Summary(told, "recorded").Should().Be("looked 1, 0 allowed, 1 denied, 3 times");
        Summary(told, "possible").Should().Be("looked 0, 0 allowed, 0 denied, 0 times");
        told["complete"]!.GetValue<bool>().Should().BeTrue();
        var flip = told["flips"]![0]!;
        ($"{flip["user_id"]} {flip["permission"]} {flip["allowed"]} {flip["times"]} {flip["by"]}")
            .Should().Be($"{Id(world.Vera)} invitations.list false 3 {grant}");
        (await world.Tries(world.Vera)).Should().BeNull("nothing was done");
    }

    [Fact]
    public async Task Granting_tells_who_would_be_let_in_and_is_then_so()
    {
        await using var world = await AccessWorld.Start();
        var group = await world.Group("Sales", world.Vera, world.Admin);
        (await world.Tries(world.Vera)).Should().Be("permission_denied");
        await Counted(world);
        var proposed = new { group_id = group, permission = "invitations.list" };

        var told = await Simulate(world, new { grants = new[] { proposed } });

        told["flips"]!.AsArray().Select(flip => $"{flip!["user_id"]} {flip["allowed"]} {flip["times"]} {flip["by"]}")
            .Should().Equal($"{Id(world.Vera)} true 1 ");
        Summary(told, "possible").Should().Be("looked 1, 0 allowed, 0 denied, 0 times", "the admin may already");
        (await world.Tries(world.Vera)).Should().Be("permission_denied", "nothing was done");
        await world.Grant(proposed);
        (await world.Tries(world.Vera)).Should().BeNull();
    }

    [Fact]
    public async Task A_role_is_tried_on_all_who_have_it()
    {
        await using var world = await AccessWorld.Start();
        var role = await world.Role("Inviter", "invitations.list");
        await world.Grant(new { user_id = Id(world.Vera), role_id = role });
        var group = await world.Group("Sales", world.Ben);
        await world.Grant(
            new { group_id = group, role_id = role }, new { condition = "caller.tenant_role == 'viewer'" });

        var told = await Simulate(world, new
        {
            roles = new[] { new { role_id = role, permissions = new[] { "members.update" } } },
        });

        told["flips"]!.AsArray().Select(flip => $"{flip!["user_id"]} {flip["permission"]} {flip["allowed"]}")
            .Should().BeEquivalentTo(
                [$"{Id(world.Vera)} invitations.list false", $"{Id(world.Vera)} members.update true"],
                "Ben's condition is untrue, then as now");
    }

    [Fact]
    public async Task Decisions_of_gateways_are_counted_too_and_an_app_sees_its_own()
    {
        await using var world = await AuthZenWorld.Start(["route.get"]);
        var access = world.Access;
        var grant = await access.Grant(access.Vera, "route.get");
        (await world.Asks(Id(access.Vera), "GET", "route", "/")).Should().BeTrue();
        (await world.Finds("action", new
        {
            subject = new { type = "user", id = Id(access.Vera) }, resource = new { type = "route", id = "/" },
        }, "name")).Should().Equal("get");
        await Counted(access);
        var body = new { revoke = new[] { grant } };

        Summary(await Simulate(access, body), "recorded")
            .Should().Be("looked 1, 0 allowed, 1 denied, 1 times", "a search decides nothing for anybody");
        await access.Call(access.Owner, "tenants.install", new { app = access.Tenants.OtherApp.Value });
        var other = access.Tenants.Key with { App = access.Tenants.OtherApp };
        (await access.Code(other, "access.simulate", body: body)).Should().Be("not_found");
    }

    [Fact]
    public async Task What_keys_and_agents_would_be_refused_is_not_said_to_be_known()
    {
        await using var world = await AccessWorld.Start();
        async Task<bool> IsComplete(string? condition) => (await Simulate(world, new
        {
            policies = new[] { new { name = "No lists", permissions = new[] { "invitations.list" }, condition } },
        }))["complete"]!.GetValue<bool>();

        (await IsComplete(null)).Should().BeTrue();
        (await IsComplete("caller.tenant_role == 'viewer'")).Should().BeTrue();
        (await IsComplete("caller.kind == 'agent'")).Should().BeFalse();
        (await IsComplete("has(caller.agent_id) && now > timestamp('2030-01-01T00:00:00Z')")).Should().BeFalse();
        var key = await world.Tenants.Call(
            InProcess.Owner, "keys.create", new { app = world.Tenants.App.Value, environment = "sandbox" },
            new { name = "narrow", kind = "restricted", permissions = new[] { "tenants.get" } });
        await world.Grant(new { key_id = key["key"]!["id"]!.ToString(), permission = "invitations.list" });
        (await IsComplete(null)).Should().BeFalse("a key has something that would be refused");
    }

    [Fact]
    public async Task A_proposal_is_checked_as_if_it_were_made()
    {
        await using var world = await AccessWorld.Start();
        var stranger = await world.Tenants.User("stranger");
        var revoked = await world.Grant(world.Vera, "members.list");
        await world.Call(world.Admin, "grants.revoke", new { grant = revoked });
        async Task<Problem?> Try(object body) => await world.Problem(world.Admin, "access.simulate", body: body);

        (await Try(new { }))!.Errors.Should().ContainSingle().Which.Pointer.Should().Be("/grants");
        (await Try(new { revoke = new[] { "x" } }))!.Errors.Should().ContainSingle().Which.Pointer
            .Should().Be("/revoke/0");
        (await Try(new { revoke = new[] { revoked } }))!.Type.Code.Should().Be("not_found");
        (await Try(new { grants = new[] { new { user_id = Id(stranger), permission = "members.list" } } }))!
            .Type.Code.Should().Be("not_found");
        var wrong = await Try(new
        {
            grants = new object[]
            {
                new { user_id = Id(world.Vera), permission = "members.list" },
                new { user_id = Id(world.Vera), permission = "members.list", condition = "1 +" },
            },
        });
        wrong!.Errors.Should().ContainSingle().Which.Pointer.Should().Be("/grants/1/condition");
        (await Try(new { grants = new[] { new { user_id = "x", permission = "members.list" } } }))!
            .Errors.Should().ContainSingle().Which.Pointer.Should().Be("/grants/0/user_id");
        (await world.Code(world.Vera, "access.simulate", body: new { revoke = new[] { revoked } }))
            .Should().Be("permission_denied");
    }

    [Fact]
    public async Task Counts_are_kept_for_their_days_and_go_with_the_member()
    {
        await using var world = await AccessWorld.Start("--Access:DecisionDays", "2");
        await world.Tries(world.Vera);
        await world.Tries(world.Ben);
        await Counted(world);
        await world.Tries(world.Ben);
        await Counted(world);
        (await world.Texts(Times(world.Ben))).Should().Equal("2");
        await world.Call(world.Admin, "members.remove", new { member = world.Members[world.Vera] });
        (await world.Texts(Times(world.Vera))).Should().BeEmpty();

        world.Tenants.Server.Clock.Advance(TimeSpan.FromDays(4));
        await Poll.Until(
            async () => (await world.Texts($"select user_id from access_decision")).Count == 0,
            () => world.Tenants.Server.Clock.Advance(TimeSpan.FromHours(1)));
    }

    private static Sql Times(Caller who) => $"""
        select cast(times as text) from access_decision
        where permission = {"invitations.list"} and user_id = {who.User}
        """;

    /// <summary>As the worker does each minute.</summary>
    private static async Task Counted(AccessWorld world)
    {
        var services = world.Tenants.Server.App.Services;
        await services.GetRequiredService<DecisionStore>().Add(
            services.GetRequiredService<DecisionLog>().Drain(), world.Tenants.Server.Clock.GetUtcNow());
    }

    private static Task<JsonObject> Simulate(AccessWorld world, object body) =>
        world.Call(world.Admin, "access.simulate", body: body);

    private static string Summary(JsonObject told, string part)
    {
        var count = told[part]!;
        return $"looked {count["looked"]}, {count["would_allow"]} allowed, {count["would_deny"]} denied, "
            + $"{count["times"]} times";
    }

    private static string Id(Caller caller) => caller.User!.Value.Value;
}
