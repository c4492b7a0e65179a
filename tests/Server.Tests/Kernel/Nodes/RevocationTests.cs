using System.Diagnostics;
using AwesomeAssertions;
using Castellan.Tests.Isolation;

namespace Castellan.Tests.Kernel.Nodes;

/// <summary>
/// What one node takes away, every other node refuses within a second: real time, in which the clock that memory is
/// trusted by stands still. So nothing ends by itself, and all that ends has been told.
/// </summary>
[Trait("Engine", "postgres")]
public sealed class RevocationTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    /// <summary>What somebody may do, how that is taken away, and what is answered then.</summary>
    private sealed record Loss(string Name, Asked Asked, string Code, Func<Task> Take)
    {
        /// <summary>Held up to the last moment of the test: it takes others' standing along.</summary>
        public bool IsLast { get; init; }
    }

    [Fact]
    public async Task What_is_taken_away_on_one_node_is_refused_on_another()
    {
        await using var world = await HostileWorld.Start();
        await using var other = await world.Server.StartNode();
        using var there = new Messenger(other);
        var losses = (await Losses(world)).ToList();
        foreach (var loss in losses)
        {
            (await there.Send(loss.Asked)).IsDone.Should().BeTrue(loss.Name);
            (await world.Messenger.Send(loss.Asked)).IsDone.Should().BeTrue(loss.Name);
        }

        foreach (var loss in losses.OrderBy(loss => loss.IsLast))
        {
            (await there.Send(loss.Asked)).IsDone.Should().BeTrue($"{loss.Name}, before");
            await loss.Take();
            var taken = Stopwatch.GetTimestamp();
            (await world.Messenger.Send(loss.Asked)).Code.Should().Be(loss.Code, $"{loss.Name}, here");
            await Poll.Until(async () => (await there.Send(loss.Asked)).Code == loss.Code);
            var after = Stopwatch.GetElapsedTime(taken);
            output.WriteLine($"{loss.Name}: {after.TotalMilliseconds:N0} ms");
            after.Should().BeLessThan(Second, loss.Name);
        }
    }

    [Theory]
    [InlineData("environments.kill", "environment_killed")]
    [InlineData("environments.freeze", "environment_frozen")]
    public async Task An_environment_that_is_stopped_on_one_node_is_stopped_on_another(string operation, string code)
    {
        await using var world = await HostileWorld.Start();
        await using var other = await world.Server.StartNode();
        using var there = new Messenger(other);
        var renames = Of(world, "me.update", world.Ada).WithField("name", "Ada");
        (await there.Send(renames)).IsDone.Should().BeTrue();

        await world.Call(operation, new { environment = "sandbox" }, new { reason = "a test" });
        var taken = Stopwatch.GetTimestamp();
        await Poll.Until(async () => (await there.Send(renames)).Code is var now
            && (now == code || now == "credential_invalid"));
        Stopwatch.GetElapsedTime(taken).Should().BeLessThan(Second);
    }

    private static async Task<IEnumerable<Loss>> Losses(HostileWorld world)
    {
        var tenant = await world.NewTenant();
        var grantee = world.Vera;
        var grant = (await world.CallAs(world.Ada, "grants.create", new { tenant },
            new { user_id = grantee.Caller.Principal, permission = "invitations.list" }))["id"]!.ToString();
        var suspended = await world.NewTenant();
        return
        [
            .. await OfPeople(world), .. await OfAgents(world),
            new("grant", Of(world, "invitations.list", grantee, tenant), "permission_denied", () =>
                world.CallAs(world.Ada, "grants.revoke", new { tenant, grant })),
            new("tenant", Of(world, "tenants.get", world.Vera, suspended), "tenant_suspended", () =>
                world.Call("tenants.suspend", new { tenant = suspended }, new { reason = "a test" })),
            new("app", Of(world, "me.update", world.Ada).WithField("name", "Ada"), "app_frozen", () =>
                world.Call("apps.transition", new { app = world.App.Value },
                    new { state = "frozen", reason = "a test" })) { IsLast = true },
        ];
    }

    private static async Task<IEnumerable<Loss>> OfPeople(HostileWorld world)
    {
        var tenant = await world.NewTenant();
        var (member, membership) = await world.NewMember(tenant);
        var (left, suspended) = (await world.SignedIn("left"), await world.SignedIn("suspended"));
        var (revoked, disabled) = (await world.NewKey(world.App), await world.NewKey(world.App));
        var staff = await world.NewOperator();
        return
        [
            new("session", Of(world, "me.get", left), "credential_invalid", () =>
                world.CallAs(left, "sessions.revoke", new { session = left.Caller.Session!.Value.Value })),
            new("user", Of(world, "me.get", suspended), "credential_invalid", () =>
                world.Call("users.suspend", new { user = suspended.Caller.Principal }, new { reason = "a test" })),
            new("revoked key", Of(world, "tenants.list", revoked), "credential_invalid", () =>
                Key("keys.revoke", revoked)),
            new("disabled key", Of(world, "tenants.list", disabled), "credential_invalid", () =>
                Key("keys.disable", disabled)),
            new("operator", Of(world, "operators.me", staff), "credential_invalid", () =>
                world.Call("operators.suspend", new { @operator = staff.Caller.Principal }, new { reason = "a test" })),
            new("member", Of(world, "tenants.get", member, tenant), "not_found", () =>
                world.CallAs(world.Ada, "members.remove", new { tenant, member = membership })),
        ];

        Task Key(string operation, Actor key) => world.Call(
            operation, new { app = world.App.Value, environment = "sandbox", key = key.Caller.Principal },
            new { reason = "a test" });
    }

    private static async Task<IEnumerable<Loss>> OfAgents(HostileWorld world)
    {
        var tenant = await world.NewTenant();
        var (killed, resting, ofKilled) = (await world.NewAgent(), await world.NewAgent(), await world.NewAgent());
        var forKilled = await world.LentBy(world.Ada, ofKilled, "records.list");
        var forResting = await world.LentBy(world.Ada, resting, "records.list");
        var takenBack = await world.LentBy(world.Ada, world.Agent, "records.list");
        var ended = await world.LentBy(world.Ada, world.Agent, "records.list");
        return
        [
            new("killed agent", Of(world, "runs.start", killed), "agent_stopped", () => Agent("agents.kill", killed)),
            new("what a killed agent was lent", List(forKilled), "agent_stopped", () => Agent("agents.kill", ofKilled)),
            new("what a resting agent was lent", List(forResting), "agent_stopped", () =>
                Agent("agents.suspend", resting)),
            new("delegation", List(takenBack), "delegation_ended", () => world.CallAs(
                world.Ada, "delegations.revoke", new { delegation = takenBack.Caller.Lent!.Delegation.Value })),
            new("run", List(ended), "delegation_ended", () => world.Call(
                "runs.stop", new { run = ended.Caller.Run!.Value.Value }, new { reason = "a test" })),
        ];

        Asked List(Actor by) => Of(world, "records.list", by, tenant);

        Task Agent(string operation, Actor agent) =>
            world.Call(operation, new { agent = agent.Caller.Actor }, new { reason = "a test" });
    }

    private static Asked Of(HostileWorld world, string operation, Actor by, string? tenant = null)
    {
        var path = new Dictionary<string, string> { ["collection"] = "inside" };
        if (tenant is not null) path["tenant"] = tenant;
        return new Asked(world.Operations.Single(o => o.Name == operation), by) { Path = path };
    }
}
