using System.Globalization;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tests;

/// <summary>
/// A lock of another connection on PostgreSQL, held until released: whoever asks for it waits in the middle of a
/// transaction, so that a race has one order.
/// </summary>
internal sealed class HeldLock
{
    private readonly IDatabase database;
    private readonly TaskCompletionSource<Sql[]> release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task holder = Task.CompletedTask;

    private HeldLock(IDatabase database) => this.database = database;

    public static Task<HeldLock> OnTenant(IDatabase database, string tenant) =>
        On(database, transaction => $"select id from tenant where id = {tenant} {transaction.ForUpdate}");

    /// <summary>As a node that is at the sequencer's work.</summary>
    public static Task<HeldLock> OnSequence(IDatabase database) =>
        On(database, _ => $"select 'taken' from pg_advisory_xact_lock({SequenceOnPostgres.AdvisoryLock})");

    private static async Task<HeldLock> On(IDatabase database, Func<ITransaction, Sql> question)
    {
        var taken = new HeldLock(database);
        taken.holder = taken.Hold(question);
        await taken.held.Task;
        return taken;
    }

    /// <summary>Until as many transactions wait for locks, of this or of each other's.</summary>
    public Task UntilWaiting(int transactions) => Poll.Until(async () => await database.One(
        $"""
        select count(*)::text from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database()
        """,
        row => row.Text()) == transactions.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes these, commits, and lets the others go on.</summary>
    public async Task Release(params Sql[] writes)
    {
        release.SetResult(writes);
        await holder;
    }

    private async Task Hold(Func<ITransaction, Sql> question) => await database.Transact(async transaction =>
    {
        var locked = await transaction.One(question(transaction), row => row.Text());
        held.TrySetResult();
        foreach (var write in await release.Task) await transaction.Queue(write);
        return locked;
    });
}
