using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Audit;

namespace Castellan.Tests.Kernel;

public sealed class SequencerTests
{
    [Fact]
    [Trait("Engine", "postgres")]
    public async Task A_list_waits_for_the_node_that_numbers()
    {
        await using var server = await TestServer.Start();
        await server.Sequenced();
        var numbering = await HeldLock.OnSequence(server.Database);
        await server.Record(Caller.System("worker", "sandbox"), "things.change", "thing-1");

        var listing = server.InProcess.Call(
            Facts.Operator(OperatorRole.Auditor), "audit.list", query: new { target = "thing-1" });
        await numbering.UntilWaiting(1);
        await numbering.Release();

        (await listing)["items"]!.AsArray().Should().ContainSingle();
    }

    [Fact]
    [Trait("Engine", "sqlite")]
    public async Task A_run_that_was_broken_off_is_done_again_with_the_same_outcome()
    {
        await using var server = await TestServer.Start();
        TenantId[] tenants = [.. Enumerable.Range(0, 3).Select(_ => TenantId.New(server.Clock.GetUtcNow()))];
        await Record(server, tenants, 0, 40);
        var mark = (await Marks(server))[0];
        await Record(server, tenants, 40, 90);
        var (inTenants, subjects) = (await InTenants(server), await Subjects(server));

        // As if the process had ended after some of the pieces, before the mark moved.
        await server.Database.Transact(async transaction =>
        {
            await transaction.Run($"delete from audit_subject where position > {mark} and subject_id > 'thing-6'");
            await transaction.Run($"delete from audit_tenant where position > {mark} and tenant_id > {tenants[0]}");
            return await transaction.Run($"update sequence_mark set position = {mark}");
        });
        await Record(server, tenants, 90, 91);

        (await InTenants(server)).Take(inTenants.Count).Should().Equal(inTenants);
        (await Subjects(server)).Where(s => s.Position <= inTenants[^1].Position).Should().Equal(subjects);
        foreach (var numbers in (await InTenants(server)).GroupBy(entry => entry.Tenant, entry => entry.Number))
            numbers.Should().Equal(Enumerable.Range(1, numbers.Count()).Select(n => (long)n));
    }

    private static async Task Record(TestServer server, TenantId[] tenants, int from, int to)
    {
        for (var i = from; i < to; i++)
            await server.Record(Caller.System("worker", "sandbox"), "things.change", $"thing-{i}", tenants[i % 3]);
        await server.Sequenced();
    }

    private static Task<List<long>> Marks(TestServer server) =>
        server.Database.Many($"select position from sequence_mark", row => row.Int64()).AsTask();

    private static Task<List<(string Tenant, long Number, long Position)>> InTenants(TestServer server) =>
        server.Database.Many(
            $"select tenant_id, tenant_position, position from audit_tenant order by position",
            row => (row.Text(), row.Int64(), row.Int64())).AsTask();

    private static Task<List<(string Subject, long Position)>> Subjects(TestServer server) =>
        server.Database.Many(
            $"select subject_id, position from audit_subject order by position, subject_id",
            row => (row.Text(), row.Int64())).AsTask();
}
