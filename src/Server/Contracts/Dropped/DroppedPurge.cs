using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Dropped;

/// <summary>
/// Erases, once an hour, what contracts have dropped and what has been kept for its grace. Any node may; who removes
/// the note does it.
/// </summary>
internal sealed partial class DroppedPurge(
    DroppedStore store, CollectionTables tables, TableNames names, Changes changes, Upkeep upkeep,
    ContractsOptions options, TimeProvider time, ILogger<DroppedPurge> log)
    : PeriodicWorker(TimeSpan.FromHours(1), time)
{
    private const long PerRun = 100;
    private const int ValuesAtOnce = 500;

    /// <summary>SQLite writes a table anew to be rid of a column; of a larger one an empty column stays.</summary>
    private const long RowsWrittenAnew = 10_000;

    private static readonly WorkerOperation Operation = new("contracts.purge") { Cost = WriteCost.Heavy };

    /// <summary>Erases what is due now, up to the bound of a run, and gives how much.</summary>
    public async ValueTask<int> RunOnce(CancellationToken ct)
    {
        var due = await store.ListDue(new InstallationScope(), Now - options.DroppedGrace, PerRun, ct);
        var erased = 0;
        foreach (var dropped in due)
        {
            ct.ThrowIfCancellationRequested();
            try
            {
                if (dropped.Column is null) await PurgeCollection(dropped);
                else await PurgeColumn(dropped, ct);
                erased++;
            }
            catch (StorageException error)
            {
                // A table in use keeps the others from nothing.
                Failed(error);
            }
        }
        return erased;
    }

    protected override async ValueTask Round(CancellationToken ct)
    {
        while (await RunOnce(ct) == PerRun)
        {
        }
    }

    protected override void Failed(Exception error) => LogFailed(log, error);

    private ValueTask PurgeCollection(DroppedData dropped) => InChange(dropped, async change =>
    {
        await tables.Drop(change, names.Kept(dropped.Number, dropped.KeptAs));
        await tables.Drop(change, names.Kept(dropped.Number, dropped.KeptAs + DroppedData.HistorySuffix));
    });

    /// <summary>
    /// The values go first, a few at a time, so that nobody waits. The collection may be gone, or written anew without
    /// the column, meanwhile.
    /// </summary>
    private async ValueTask PurgeColumn(DroppedData dropped, CancellationToken ct)
    {
        var scope = new EnvironmentScope(dropped.Environment, dropped.App);
        var (table, column) = (names.Records(dropped.Number, dropped.Collection), new Identifier(dropped.KeptAs));
        var isThere = await tables.HasColumn(table, column, ct: ct);
        var last = isThere ? ("", "") : default((string Tenant, string Id)?);
        while (last is { } after)
        {
            ct.ThrowIfCancellationRequested();
            last = await upkeep.Run(scope, transaction =>
                CollectionTables.EmptyNext(transaction, table, column, after, ValuesAtOnce));
        }
        await InChange(dropped, async change =>
        {
            if (isThere) await tables.DropColumn(change, table, column, RowsWrittenAnew);
        });
    }

    private async ValueTask InChange(DroppedData dropped, Func<Change, ValueTask> erase)
    {
        try
        {
            await Erase(dropped, erase);
        }
        catch (Refusal)
        {
            // Another node was faster.
        }
    }

    private ValueTask<bool> Erase(DroppedData dropped, Func<Change, ValueTask> erase)
    {
        var scope = new EnvironmentScope(dropped.Environment, dropped.App);
        return changes.RunAs(Caller.System("contract-purge", scope.Environment), Operation, async change =>
        {
            if (!await store.Forget(change, scope, dropped)) throw new Refusal(GateProblems.NotFound);
            await erase(change);
            var snapshot = Snapshot.Of(KeptData.Of(dropped, names, options), ContractsJson.Wire.KeptData);
            change.Audit(dropped.Target, snapshot, Snapshot.None, "The grace has ended.");
            change.Emit("contract.purged", dropped.Target, snapshot);
            return true;
        });
    }

    [LoggerMessage(1, LogLevel.Warning, "Dropped data could not be erased; the next run tries again")]
    private static partial void LogFailed(ILogger log, Exception error);
}
