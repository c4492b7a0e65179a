using Castellan.Agents.Delegations;
using Castellan.Agents.Runs;
using Castellan.Agents.Signatures;
using Castellan.Kernel;

namespace Castellan.Agents;

/// <summary>
/// Removes what was lent, and runs, long after their end, once an hour. What was done in them stays in the audit log.
/// </summary>
internal sealed partial class AgentPruning(
    Upkeep upkeep, SignatureNonces nonces, AgentsOptions options, TimeProvider time, ILogger<AgentPruning> log)
    : PeriodicWorker(TimeSpan.FromHours(1), time)
{
    private const int Piece = 1000;

    protected override async ValueTask Round(CancellationToken ct)
    {
        await nonces.Prune(Now);
        var before = Now - options.Kept;
        // In pieces, so that no write waits long behind it; until nothing goes, because a parent goes after its child.
        while (await upkeep.Prune(DelegationStore.Prune(before, Piece)) > 0) ct.ThrowIfCancellationRequested();
        while (await upkeep.Prune(RunStore.Prune(before, Piece)) > 0) ct.ThrowIfCancellationRequested();
    }

    protected override void Failed(Exception error) => LogFailed(log, error);

    [LoggerMessage(1, LogLevel.Warning, "Runs and delegations that ended long ago could not be removed")]
    private static partial void LogFailed(ILogger log, Exception error);
}
