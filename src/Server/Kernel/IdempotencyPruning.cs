namespace Castellan.Kernel;

/// <summary>Removes stored answers that have expired, once an hour; nobody waits for it.</summary>
internal sealed partial class IdempotencyPruning(Upkeep upkeep, TimeProvider time, ILogger<IdempotencyPruning> log)
    : PeriodicWorker(TimeSpan.FromHours(1), time)
{
    private const int Piece = 1000;

    protected override async ValueTask Round(CancellationToken ct)
    {
        // In pieces, so that no write waits long behind it.
        while (await upkeep.Prune(IdempotencyStore.Prune(Now, Piece)) == Piece)
            ct.ThrowIfCancellationRequested();
    }

    protected override void Failed(Exception error) => LogFailed(log, error);

    [LoggerMessage(1, LogLevel.Warning, "Expired idempotency keys could not be removed")]
    private static partial void LogFailed(ILogger log, Exception error);
}
