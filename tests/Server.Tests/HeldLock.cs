using System.Globalization;
using Castellan.Platform.Storage;

namespace Castellan.Tests;

/// <summary>
/// A row lock of another connection on PostgreSQL, held until released: whoever asks for the row waits in the middle of
/// a Change, so that a race has one order.
/// </summary>
internal sealed class HeldLock
{
    private readonly IDatabase database;
    private readonly TaskCompletionSource<Sql[]> release = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource held = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task holder = Task.CompletedTask;

    private HeldLock(IDatabase database) => this.database = database;

    public static async Task<HeldLock> OnTenant(IDatabase database, string tenant)
    {
        var taken = new HeldLock(database);
        taken.holder = taken.Hold(tenant);
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

    private async Task Hold(string tenant) => await database.Transact(async transaction =>
    {
        var locked = await transaction.One(
            $"select id from tenant where id = {tenant} {transaction.ForUpdate}", row => row.Text());
        held.TrySetResult();
        foreach (var write in await release.Task) await transaction.Queue(write);
        return locked;
    });
}
