using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.Kernel;

/// <summary>Who loses the right to write while the write is under way does not write.</summary>
public sealed class StandingLossTests
{
    [Fact]
    public async Task A_key_that_is_revoked_while_its_body_comes_writes_nothing()
    {
        var (server, notes) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        notes.BeforeChange = () => server.InProcess.Call(InProcess.Owner, "keys.revoke",
            path: new { app = who.App.Value, environment = "sandbox", key = who.Key.Value });

        var answer = await server.InProcess.Invoke(
            who.Caller with { Credential = who.Key.Value }, "notes.create", body: new { text = "late" });

        answer.Problem!.Type.Should().Be(GateProblems.CredentialInvalid);
        (await Notes.Stored(server)).Should().BeEmpty();
    }

    [Fact]
    [Trait("Engine", "postgres")]
    public async Task A_write_that_waited_for_a_lock_asks_again_whether_it_may()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var holder = world.Server.Database.Transact(async transaction =>
        {
            var locked = await transaction.One(
                $"select id from tenant where id = {tenant} {transaction.ForUpdate}", row => row.Text());
            held.SetResult();
            await release.Task;
            return locked;
        }).AsTask();
        await held.Task;

        var late = world.Code(ada, "tenants.update", new { tenant }, new { name = "Late" });
        await Poll.Until(async () => await world.Server.Database.One(
            $"select pid::text from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()",
            row => row.Text()) is not null);
        await world.Server.InProcess.Call(InProcess.Owner, "apps.transition",
            path: new { app = world.App.Value }, body: new { state = "frozen", reason = "a test" });
        release.SetResult();
        await holder;

        (await late).Should().Be("app_frozen");
        (await world.Texts($"select name from tenant where id = {tenant}")).Should().Equal("Acme");
    }
}
