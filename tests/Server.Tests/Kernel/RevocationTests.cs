using AwesomeAssertions;
using Castellan.Tests.Isolation;

namespace Castellan.Tests.Kernel;

/// <summary>What one node takes away, every other node refuses within a second.</summary>
public sealed class RevocationTests
{
    [Fact]
    [Trait("Engine", "postgres")]
    public async Task What_one_node_revokes_another_refuses_within_a_second()
    {
        await using var world = await HostileWorld.Start();
        await using var other = await world.Server.StartNode();
        using var there = new Messenger(other);
        var tenant = await world.NewTenant();
        var (member, membership) = await world.NewMember(tenant);
        var (left, suspended) = (await world.SignedIn("left"), await world.SignedIn("suspended"));
        var (key, staff) = (await world.NewKey(world.App), await world.NewOperator());
        var (killed, resting) = (await world.NewAgent(), await world.NewAgent());
        var forKilled = await world.LentBy(world.Ada, killed, "records.list");
        var forResting = await world.LentBy(world.Ada, resting, "records.list");
        var takenBack = await world.LentBy(world.Ada, world.Agent, "records.list");
        var ended = await world.LentBy(world.Ada, world.Agent, "records.list");
        (Actor By, string Operation, string Code)[] losses =
        [
            (left, "me.get", "credential_invalid"), (suspended, "me.get", "credential_invalid"),
            (key, "tenants.list", "credential_invalid"), (staff, "operators.me", "credential_invalid"),
            (member, "tenants.get", "not_found"), (killed, "runs.start", "agent_stopped"),
            (forKilled, "records.list", "agent_stopped"), (forResting, "records.list", "agent_stopped"),
            (takenBack, "records.list", "delegation_ended"), (ended, "records.list", "delegation_ended"),
        ];
        Asked Ask((Actor By, string Operation, string Code) loss) =>
            new(world.Operations.Single(o => o.Name == loss.Operation), loss.By)
            {
                Path = new Dictionary<string, string> { ["tenant"] = tenant, ["collection"] = "inside" },
            };
        foreach (var loss in losses) (await there.Send(Ask(loss))).IsDone.Should().BeTrue(loss.Operation);

        await world.CallAs(left, "sessions.revoke", new { session = left.Caller.Session!.Value.Value });
        await world.Call("users.suspend", new { user = suspended.Caller.Principal }, new { reason = "a test" });
        await world.Call(
            "keys.revoke", new { app = world.App.Value, environment = "sandbox", key = key.Caller.Principal },
            new { reason = "a test" });
        await world.Call("operators.suspend", new { @operator = staff.Caller.Principal }, new { reason = "a test" });
        await world.CallAs(world.Ada, "members.remove", new { tenant, member = membership });
        await world.Call("agents.kill", new { agent = killed.Caller.Actor }, new { reason = "a test" });
        await world.Call("agents.suspend", new { agent = resting.Caller.Actor }, new { reason = "a test" });
        await world.CallAs(
            world.Ada, "delegations.revoke", new { delegation = takenBack.Caller.Lent!.Delegation.Value });
        await world.Call("runs.stop", new { run = ended.Caller.Lent!.Run.Value }, new { reason = "a test" });
        world.Server.Clock.Advance(TimeSpan.FromSeconds(1));

        foreach (var loss in losses) (await there.Send(Ask(loss))).Code.Should().Be(loss.Code, loss.Operation);
        foreach (var loss in losses) (await world.Messenger.Send(Ask(loss))).Code.Should().Be(loss.Code);
    }
}
