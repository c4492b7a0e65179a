using Castellan.Access.Policies;
using Castellan.Kernel;

namespace Castellan.Access.Simulation;

/// <summary>Writes down what was counted, once a minute, and removes what is older than it is kept.</summary>
internal sealed partial class DecisionWorker(
    AccessCounts counts, DecisionStore store, PolicyHitStore hits, AccessOptions options, TimeProvider time,
    ILogger<DecisionWorker> log)
    : PeriodicWorker(TimeSpan.FromMinutes(1), time)
{
    private DateTimeOffset pruned;

    protected override async ValueTask Round(CancellationToken ct)
    {
        await store.Add(counts.Decisions.Drain(), Now);
        await hits.Add(counts.Policies.Drain(), Now);
        if (Now - pruned < TimeSpan.FromHours(1)) return;
        pruned = Now;
        var oldest = Now - TimeSpan.FromDays(options.DecisionDays);
        await store.Prune(oldest);
        await hits.Prune(oldest);
    }

    protected override void Failed(Exception error) => LogFailed(log, error);

    [LoggerMessage(1, LogLevel.Warning, "Decisions of the last minute could not be counted")]
    private static partial void LogFailed(ILogger log, Exception error);
}
