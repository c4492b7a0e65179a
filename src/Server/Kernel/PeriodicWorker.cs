namespace Castellan.Kernel;

/// <summary>
/// Work that comes round by the clock. A round that fails is told and waits for the next, which finds the same work;
/// stopping ends the wait.
/// </summary>
internal abstract class PeriodicWorker(TimeSpan every, TimeProvider time) : BackgroundService
{
    protected DateTimeOffset Now => time.GetUtcNow();

    /// <summary>One round.</summary>
    protected abstract ValueTask Round(CancellationToken ct);

    /// <summary>Says that a round has failed: as a rule the database is away.</summary>
    protected abstract void Failed(Exception error);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await Try(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // Stopping: what is due stays due.
        }
    }

    private async ValueTask Try(CancellationToken ct)
    {
        try
        {
            await Round(ct);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Failed(error);
        }
    }
}
