using Castellan.Budgets.Alerts;
using Castellan.Kernel;

namespace Castellan.Budgets.Reservations;

/// <summary>
/// Releases what reservations hold whose time has passed: before the next one is made, and every few seconds. Any node
/// may. Removes what ended long ago.
/// </summary>
internal sealed partial class ReservationExpiry(
    ReservationStore store, AlertStore alerts, Upkeep upkeep, TimeProvider time, ILogger<ReservationExpiry> log)
    : PeriodicWorker(TimeSpan.FromSeconds(5), time)
{
    private const int Pruned = 1_000;

    /// <summary>How long an ended one can be read.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    /// <summary>Also for a caller who waits: as a rule nothing is due, and a look says so.</summary>
    public async ValueTask Release(EnvironmentScope scope, DateTimeOffset now, CancellationToken ct)
    {
        while (await store.HasDue(scope, now, ct))
        {
            // What others are ending just now is theirs.
            if (await upkeep.Run(scope, transaction => Ledger.Expire(transaction, scope, now)) == 0) return;
        }
    }

    protected override async ValueTask Round(CancellationToken ct)
    {
        foreach (var environment in await store.EnvironmentsWithDue(new InstallationScope(), Now, ct))
            await Release(new EnvironmentScope(environment, App: null), Now, ct);
        while (await upkeep.Prune(ReservationStore.Prune(Now - Kept, Pruned)) == Pruned)
            ct.ThrowIfCancellationRequested();
        await alerts.Prune(Now);
    }

    protected override void Failed(Exception error) => LogFailed(log, error);

    [LoggerMessage(1, LogLevel.Warning, "Expired reservations could not be released; the next round tries again")]
    private static partial void LogFailed(ILogger log, Exception error);
}
