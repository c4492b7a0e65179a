namespace Castellan.Kernel;

/// <summary>Removes stored answers that have expired, once an hour; nobody waits for it.</summary>
internal sealed partial class IdempotencyPruning(Upkeep upkeep, TimeProvider time, ILogger<IdempotencyPruning> log)
    : BackgroundService
{
    private const int Piece = 1000;
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Prune();
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task Prune()
    {
        try
        {
            // In pieces, so that no write waits long behind it.
            while (await upkeep.Prune(IdempotencyStore.Prune(time.GetUtcNow(), Piece)) == Piece)
            {
            }
        }
        catch (Exception error)
        {
            // Storage is away; the next hour is as good.
            LogFailed(log, error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Expired idempotency keys could not be removed")]
    private static partial void LogFailed(ILogger log, Exception error);
}
