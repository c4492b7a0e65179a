using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Rewrites;

/// <summary>
/// Works at rewrites in the background: in chunks, under a lease that another node takes over when this one ends, and
/// from where the last chunk ended. When all tables of a contract are copied, it switches them in one Change.
/// </summary>
internal sealed partial class Rewriter(
    RewriteStore store, ContractStore contracts, ShadowTable shadow, RewriteEnd end, Upkeep upkeep, TimeProvider time,
    ILogger<Rewriter> log) : PeriodicWorker(TimeSpan.FromSeconds(1), time)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>Changed records that are copied once more in one transaction.</summary>
    private const int ChangedAtOnce = 100;

    /// <summary>Does what there is to do now; tests call it in place of the clock.</summary>
    public async ValueTask RunOnce(CancellationToken ct)
    {
        var running = await store.ListRunning(new InstallationScope(), ct);
        foreach (var rewrite in running.Where(r => !r.IsCopied)) await Copy(rewrite, ct);
        foreach (var contract in running.Select(r => (r.App, r.Environment, r.Number)).Distinct())
        {
            var scope = new EnvironmentScope(contract.Environment, contract.App);
            var all = await store.List(scope, contract.Number);
            if (all.TrueForAll(r => r is { IsCopied: true, Error: null })) await Switch(scope, contract.App, all, ct);
        }
    }

    protected override ValueTask Round(CancellationToken ct) => RunOnce(ct);

    protected override void Failed(Exception error) => LogFailed(log, error);

    private async ValueTask Copy(Rewrite rewrite, CancellationToken ct)
    {
        var scope = new EnvironmentScope(rewrite.Environment, rewrite.App);
        var now = Now;
        if (!await store.Lease(scope, upkeep, rewrite, now, now + Lease)) return;
        var (before, after) = await Shapes(scope, rewrite);
        try
        {
            while (!rewrite.IsCopied)
            {
                ct.ThrowIfCancellationRequested();
                rewrite = await CopyChunk(scope, rewrite, before, after);
            }
        }
        catch (Exception error) when (error is RewriteFailed or UniqueViolationException)
        {
            var said = error is RewriteFailed ? error.Message : "Two records have the same values in a unique key.";
            await end.Fail(scope, rewrite, said);
        }
    }

    private ValueTask<Rewrite> CopyChunk(
        EnvironmentScope scope, Rewrite rewrite, Collection before, Collection after) =>
        upkeep.Run(scope, async transaction =>
        {
            var (last, count) = await shadow.CopyNext(transaction, rewrite, before, after);
            var next = last is { } key
                ? rewrite with { After = key, Copied = rewrite.Copied + count }
                : rewrite with { IsCopied = true };
            await RewriteStore.Advance(scope, transaction, next);
            return next;
        });

    /// <summary>What has changed meanwhile is copied before, so that the switch has little left to do.</summary>
    private async ValueTask Switch(EnvironmentScope scope, AppId app, List<Rewrite> all, CancellationToken ct)
    {
        try
        {
            foreach (var rewrite in all)
            {
                var (before, after) = await Shapes(scope, rewrite);
                while (await upkeep.Run(scope, transaction =>
                    shadow.CopyChanged(transaction, rewrite, before, after, ChangedAtOnce)) == ChangedAtOnce)
                {
                    ct.ThrowIfCancellationRequested();
                }
            }
            await end.Switch(scope, app, all);
        }
        catch (Exception error) when (error is RewriteFailed or UniqueViolationException or Refusal)
        {
            var said = error is UniqueViolationException
                ? "Two records have the same values in a unique key."
                : (error as Refusal)?.Problem.Detail ?? error.Message;
            await end.Fail(scope, all[0], said);
        }
    }

    private async ValueTask<(Collection Before, Collection After)> Shapes(EnvironmentScope scope, Rewrite rewrite)
    {
        var current = await contracts.FindCurrent(scope, rewrite.App);
        var pending = await contracts.FindVersion(scope, rewrite.App, rewrite.Version);
        return (ContractCompiler.Trusted(current!).Find(rewrite.Collection)!,
            ContractCompiler.Trusted(pending!).Find(rewrite.Collection)!);
    }

    [LoggerMessage(1, LogLevel.Warning, "Tables could not be rewritten in this round; the next one goes on")]
    private static partial void LogFailed(ILogger log, Exception error);
}
