using System.Collections.Concurrent;
using Castellan.Budgets.Alerts;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;

namespace Castellan.Budgets.Leases;

/// <summary>
/// Charges calls of apps' people, agents and keys to the budgets that count requests, from memory: which there are, and
/// the parts of them that this node has leased. Without such a budget a call costs one look into memory.
/// </summary>
internal sealed partial class RequestBudgets(
    BudgetStore store, LeaseStore leases, BudgetAlerts alerts, Notices notices, TimeProvider time)
    : ICharge
{
    private readonly SharedMemory<string, Known> known =
        notices.Remember<string, Known>("request_budgets", NoticeKeys.Name);

    private readonly ConcurrentDictionary<(BudgetId Budget, DateTimeOffset Window), Purse> purses = new();

    private sealed record Known(IReadOnlyDictionary<string, Budget[]> BySubject);

    public ValueTask<Problem?> Charge(Invocation invocation)
    {
        if (!Counts(invocation)) return default;
        var environment = invocation.Caller.Environment!;
        return known.TryGet(environment, out var all)
            ? all.BySubject.Count == 0 ? default : Charge(invocation, all)
            : LoadAndCharge(invocation, environment);
    }

    /// <summary>With every change of a budget.</summary>
    public void Forget(Change change, string environment) => known.Forget(change, environment);

    /// <summary>
    /// Tells what was spent, and gives back what windows that have ended have left; all of it when the node stops.
    /// </summary>
    public async ValueTask Tell(bool isStopping, CancellationToken ct)
    {
        foreach (var ((id, window), purse) in purses)
        {
            ct.ThrowIfCancellationRequested();
            var budget = await store.Find(new InstallationScope(), id, ct);
            var isOver = isStopping || budget is null
                || BudgetWindows.StartOf(budget.Window, time.GetUtcNow()) != window;
            if (isOver) purses.TryRemove((id, window), out _);
            var (state, spent) = await purse.Tell(isOver);
            if (budget is not null && state is not null) await alerts.Spent(budget, window, state, spent);
        }
    }

    /// <summary>
    /// Staff and workers are not counted, nor what takes standing away, what a frozen app may still do, and budgets
    /// themselves: whoever is out of calls must be able to stop, to leave, and to raise the cap.
    /// </summary>
    private static bool Counts(Invocation invocation)
    {
        var operation = invocation.Operation;
        return invocation.Caller is { Environment: not null, Impersonation: null } caller
            && caller.Kind is CallerKind.User or CallerKind.Key or CallerKind.Agent or CallerKind.App
            && !operation.Urgent && !operation.AllowedWhenFrozen && !operation.Hosted
            && !operation.OfAllowance && !operation.Uncounted;
    }

    private async ValueTask<Problem?> LoadAndCharge(Invocation invocation, string environment)
    {
        var all = await known.Get(environment, store, static async (name, store) =>
        {
            var budgets = await store.OfRequests(new EnvironmentScope(name, App: null), CancellationToken.None);
            return new Known(budgets.GroupBy(b => b.SubjectId).ToDictionary(g => g.Key, g => g.ToArray()));
        });
        return all!.BySubject.Count == 0 ? null : await Charge(invocation, all);
    }

    private async ValueTask<Problem?> Charge(Invocation invocation, Known all)
    {
        var matching = Match(invocation, all);
        var scope = new EnvironmentScope(invocation.Caller.Environment!, invocation.Caller.App);
        for (var i = 0; i < matching.Count; i++)
        {
            if (await PurseOf(scope, matching[i]).Take(matching[i])) continue;
            for (var taken = 0; taken < i; taken++) PurseOf(scope, matching[taken]).PutBack();
            await alerts.Paused(matching[i], time.GetUtcNow());
            return BudgetErrors.PausedBy(matching[i], time.GetUtcNow());
        }
        return null;
    }

    private static List<Budget> Match(Invocation invocation, Known all)
    {
        var matching = new List<Budget>();
        foreach (var subject in BudgetCharge.SubjectsOf(invocation.Caller, invocation.Tenant, user: null))
        {
            if (!all.BySubject.TryGetValue(subject, out var budgets)) continue;
            foreach (var budget in budgets)
            {
                if (budget.TenantId is null || budget.TenantId == invocation.Tenant) matching.Add(budget);
            }
        }
        return matching;
    }

    private Purse PurseOf(EnvironmentScope scope, Budget budget)
    {
        var key = (budget.Id, BudgetWindows.StartOf(budget.Window, time.GetUtcNow()));
        return purses.TryGetValue(key, out var purse)
            ? purse
            : purses.GetOrAdd(key, _ => new Purse(scope, leases, time));
    }
}

/// <summary>
/// Tells once a second what this node has spent of its leases, and ends those of nodes that are gone.
/// </summary>
internal sealed partial class LeaseWorker(
    RequestBudgets requests, LeaseStore leases, TimeProvider time, ILogger<LeaseWorker> log)
    : PeriodicWorker(TimeSpan.FromSeconds(1), time)
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await requests.Tell(isStopping: true, cancellationToken);
        }
        catch (Exception error)
        {
            // What was leased counts as spent when it ends.
            LogFailed(log, error);
        }
    }

    protected override async ValueTask Round(CancellationToken ct)
    {
        await requests.Tell(isStopping: false, ct);
        await leases.Expire(Now);
    }

    protected override void Failed(Exception error) => LogFailed(log, error);

    [LoggerMessage(1, LogLevel.Warning, "What was spent of budgets could not be told; its leases count as spent")]
    private static partial void LogFailed(ILogger log, Exception error);
}
