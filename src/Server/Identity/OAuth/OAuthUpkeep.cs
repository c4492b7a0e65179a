using Castellan.Identity.Pages;

namespace Castellan.Identity.OAuth;

/// <summary>
/// Builds each environment's options once the server answers, so that the first sign-in does not wait for it; then
/// removes codes and page sessions that are over.
/// </summary>
internal sealed partial class OAuthUpkeep(
    OAuthIssuers issuers, AuthorizationCodes codes, PageSessions sessions, OAuthUpkeep.Surroundings surroundings)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(15);

    /// <summary>
    /// A spent code is kept this long beyond its minute, so that a late replay still ends its session.
    /// </summary>
    private static readonly TimeSpan CodesKept = TimeSpan.FromDays(1);

    /// <summary>What the host gives a worker.</summary>
    internal sealed record Surroundings(TimeProvider Time, IHostApplicationLifetime Lifetime, ILogger<OAuthUpkeep> Log);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Started(stoppingToken);
        if (stoppingToken.IsCancellationRequested) return;
        using var timer = new PeriodicTimer(Every, surroundings.Time);
        await Try(issuers.WarmUp);
        while (await Next(timer, stoppingToken)) await Try(Prune);
    }

    private async Task Started(CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            surroundings.Lifetime.ApplicationStarted, stopping);
        try
        {
            await Task.Delay(Timeout.Infinite, either.Token);
        }
        catch (OperationCanceledException)
        {
            // Started, or stopping before it did.
        }
    }

    private static async ValueTask<bool> Next(PeriodicTimer timer, CancellationToken ct)
    {
        try
        {
            return await timer.WaitForNextTickAsync(ct);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task Prune()
    {
        var now = surroundings.Time.GetUtcNow();
        await codes.Prune(now - CodesKept);
        await sessions.Prune(now);
    }

    private async Task Try(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception error)
        {
            // The database is away: the next round finds the same rows.
            LogFailed(surroundings.Log, error);
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "Housekeeping of sign-ins failed; it tries again")]
    private static partial void LogFailed(ILogger log, Exception error);
}
