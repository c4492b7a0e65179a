using System.Collections.Concurrent;
using Castellan.Budgets.Alerts;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;

namespace Castellan.Budgets.Leases;

/// <summary>
/// The budgets that the server counts itself, in memory: which there are, and the parts of them that this node has
/// leased.
/// </summary>
internal sealed class CountedBudgets(
    BudgetStore store, LeaseStore leases, BudgetAlerts alerts, Notices notices, TimeProvider time)
{
    private readonly SharedMemory<string, Counted> known =
        notices.Remember<string, Counted>("counted_budgets", NoticeKeys.Name);

    private readonly ConcurrentDictionary<(BudgetId Budget, DateTimeOffset Window), Purse> purses = new();

    /// <summary>Those of an environment, by what they count and by subject.</summary>
    internal sealed record Counted(
        IReadOnlyDictionary<string, Budget[]> Requests, IReadOnlyDictionary<string, Budget[]> Writes);

    /// <summary>
    /// Whom budgets count: staff and workers are not among them, nor operators who look as a user does.
    /// </summary>
    public static bool Counts(Caller caller) =>
        caller is { Environment: not null, Impersonation: null }
        && caller.Kind is CallerKind.User or CallerKind.Key or CallerKind.Agent or CallerKind.App;

    public bool TryGet(string environment, out Counted all)
    {
        var isKnown = known.TryGet(environment, out var found);
        all = found!;
        return isKnown;
    }

    public async ValueTask<Counted> Load(string environment) =>
        (await known.Get(environment, store, static async (name, store) =>
        {
            var budgets = await store.Counted(new EnvironmentScope(name, App: null), CancellationToken.None);
            var requests = budgets.ToLookup(budget => budget.Unit is BudgetUnit.Requests);
            return new Counted(BySubject(requests[true]), BySubject(requests[false]));
        }))!;

    /// <summary>Those that one of a call's subjects matches.</summary>
    public static List<Budget> Match(
        IReadOnlyDictionary<string, Budget[]> bySubject, IReadOnlyList<string> subjects, TenantId? tenant)
    {
        var matching = new List<Budget>();
        foreach (var subject in subjects)
        {
            if (!bySubject.TryGetValue(subject, out var budgets)) continue;
            foreach (var budget in budgets)
            {
                if (budget.TenantId is null || budget.TenantId == tenant) matching.Add(budget);
            }
        }
        return matching;
    }

    /// <summary>This node's part of the current window.</summary>
    public Purse PurseOf(Budget budget)
    {
        var window = BudgetWindows.StartOf(budget.Window, time.GetUtcNow());
        return purses.TryGetValue((budget.Id, window), out var purse)
            ? purse
            : purses.GetOrAdd((budget.Id, window), _ => new Purse(
                new EnvironmentScope(budget.Environment, App: null), budget, window, leases, time));
    }

    /// <summary>Gives back what this node has leased and no call has taken, before the same is reserved.</summary>
    public async ValueTask GiveBack(EnvironmentScope scope, BudgetCharge charge)
    {
        if (charge.Unit is not (BudgetUnit.Records or BudgetUnit.Bytes)) return;
        var all = TryGet(scope.Environment, out var found) ? found : await Load(scope.Environment);
        foreach (var budget in Match(all.Writes, charge.Subjects, charge.Tenant))
        {
            if (budget.Unit == charge.Unit) await PurseOf(budget).GiveBack();
        }
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

    private static Dictionary<string, Budget[]> BySubject(IEnumerable<Budget> budgets) =>
        budgets.GroupBy(budget => budget.SubjectId).ToDictionary(group => group.Key, group => group.ToArray());
}

/// <summary>
/// Tells once a second what this node has spent of its leases, and ends those of nodes that are gone.
/// </summary>
internal sealed partial class LeaseWorker(
    CountedBudgets counted, LeaseStore leases, TimeProvider time, ILogger<LeaseWorker> log)
    : PeriodicWorker(TimeSpan.FromSeconds(1), time)
{
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await counted.Tell(isStopping: true, cancellationToken);
        }
        catch (Exception error)
        {
            // What was leased counts as spent when it ends.
            LogFailed(log, error);
        }
    }

    protected override async ValueTask Round(CancellationToken ct)
    {
        await counted.Tell(isStopping: false, ct);
        await leases.Expire(Now);
    }

    protected override void Failed(Exception error) => LogFailed(log, error);

    [LoggerMessage(1, LogLevel.Warning, "What was spent of budgets could not be told; its leases count as spent")]
    private static partial void LogFailed(ILogger log, Exception error);
}
