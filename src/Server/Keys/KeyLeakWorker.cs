using Castellan.Kernel;
using Castellan.Operators;

namespace Castellan.Keys;

/// <summary>
/// Looks at reported keys. One that is live and for servers is revoked, and its owner and the installation's owners are
/// told: whoever reports a key has shown that others have it, and what is public can never be enabled again. A
/// publishable key is public by design. Any number of nodes may run it.
/// </summary>
internal sealed partial class KeyLeakWorker(
    KeyStore store, KeyVerifier verifier, Changes changes, Upkeep upkeep, OperatorNotices notices, TimeProvider time,
    ILogger<KeyLeakWorker> log)
    : BackgroundService
{
    private const int TakenAtOnce = 50;

    /// <summary>Reports that other nodes took, or that a failure left, are found within it.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);

    private static readonly InstallationScope Scope = new();
    private readonly SemaphoreSlim wake = new(0, 1);

    /// <summary>Says that a report was committed here.</summary>
    public void Wake()
    {
        if (wake.CurrentCount > 0) return;
        try
        {
            wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another report woke it in the same moment.
        }
    }

    public override void Dispose()
    {
        wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await Round(stoppingToken) == TakenAtOnce) continue;
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogFailed(log, error);
            }
            await Wait(stoppingToken);
        }
    }

    private async Task<int> Round(CancellationToken ct)
    {
        var reports = await store.Reports(Scope, TakenAtOnce, ct);
        foreach (var report in reports)
        {
            if (await store.FindByHash(Scope, report.Hash, within: null, ct) is { } key && IsAtRisk(key))
                await Revoke(report);
            await upkeep.Run(KeyStore.Seen(report.Hash));
        }
        return reports.Count;
    }

    private bool IsAtRisk(Key key) => key.Kind is not KeyType.Publishable && key.RevokedAt is null
        && !(key.ExpiresAt <= time.GetUtcNow());

    private async ValueTask Revoke(LeakReport report)
    {
        // Also where the app is frozen: what is public must not be good when it thaws.
        var operation = new WorkerOperation("keys.report_leak") { AllowedWhenFrozen = true, Urgent = true };
        await changes.RunAs(Caller.System("key-leaks"), operation, async change =>
        {
            var before = (await store.LockByHash(change, Scope, report.Hash))!;
            // Another node, or an operator, may have been faster: then there is nobody to tell.
            var reason = report.FoundAt is { } place ? $"Reported as leaked, found at {place}" : "Reported as leaked";
            var after = before with
            {
                RevokedAt = before.RevokedAt ?? change.Now,
                Stop = before.Stop ?? Stop.Of(change, StopKind.Retired, reason),
                Version = before.Version + 1,
            };
            await store.Update(change, Scope, after);
            verifier.ForgetAll(change);
            KeyRecords.Record(change, "key.leaked", KeyRecords.Of(before), after, reason);
            change.Emit("key.revoked", after.Target, KeyRecords.Of(after));
            if (before.RevokedAt is null)
                await notices.Alarm(change, after.OwnerId, $"A key was leaked: {after.Name}", Told(after, reason));
            LogLeaked(log, after.Id.Value, after.Environment);
            return after;
        });
    }

    private static string Told(Key key, string reason) => $"""
        The {Wire.Name(key.Kind)} key "{key.Name}" ({key.Prefix}..., {key.Id.Value}) of {key.AppId.Value} in
        {key.Environment} is public, and was revoked at once.

        {reason}.

        Whoever used it is refused now: make another key, and find out what was done with this one in the audit log.
        """;

    private async Task Wait(CancellationToken ct)
    {
        try
        {
            using var idle = CancellationTokenSource.CreateLinkedTokenSource(ct);
            var timer = Task.Delay(Idle, time, idle.Token);
            await Task.WhenAny(wake.WaitAsync(idle.Token), timer);
            await idle.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    [LoggerMessage(1, LogLevel.Error, "Reported keys could not be looked at; they are in the next round")]
    private static partial void LogFailed(ILogger log, Exception error);

    [LoggerMessage(2, LogLevel.Warning, "{Key} of {Environment} was reported as leaked and is revoked")]
    private static partial void LogLeaked(ILogger log, string key, string environment);
}
