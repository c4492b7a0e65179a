using System.Collections.Concurrent;
using Castellan.Kernel;
using Castellan.Operators;
using Castellan.Platform.Storage;

namespace Castellan.Budgets.Alerts;

/// <summary>
/// Tells, each at most once in a window: how far a budget is used, that it has refused, and that it is spent much
/// faster than before. Events say so, and a mail to the installation's owners where an operator keeps the budget and it
/// has come to its end, or is spent suddenly.
/// </summary>
internal sealed class BudgetAlerts(Changes changes, AlertStore store, OperatorNotices notices)
{
    /// <summary>Windows whose pause this node has told of, or seen told.</summary>
    private readonly ConcurrentDictionary<(BudgetId, DateTimeOffset), byte> paused = new();

    /// <summary>Windows that are remembered before all are forgotten, and looked at again.</summary>
    private const int PausedMax = 10_000;

    /// <summary>In the change that moved it.</summary>
    public async ValueTask Raise(Change change, Budget budget, DateTimeOffset window, WindowState state)
    {
        if (budget.Cap == 0) return;
        var crossed = budget.Alerts.Where(p => p > state.Alerted && IsAt(budget, state, p)).ToList();
        if (crossed.Count == 0 || !await store.TryAlert(change, budget.Id, window, crossed[^1])) return;
        foreach (var percent in crossed) Emit(change, "budget.alerted", budget, state, percent);
        if (crossed[^1] == 100) await Mail(change, budget, "is used up");
    }

    /// <summary>In the change that settled it: notes the hour, and looks at those before.</summary>
    public async ValueTask RaiseSudden(
        Change change, Budget budget, DateTimeOffset window, WindowState state, long spent)
    {
        if (spent == 0) return;
        await store.AddToHour(change.Raw, budget.Id, change.Now, spent);
        if (!await store.IsSudden(change, budget, change.Now)) return;
        if (!await store.TrySudden(change, budget.Id, window)) return;
        Emit(change, "budget.spent_suddenly", budget, state, percent: null);
        await Mail(change, budget, "is spent much faster than in the day before");
    }

    /// <summary>What a node has told of its lease.</summary>
    public async ValueTask Spent(Budget budget, DateTimeOffset window, WindowState state, long spent)
    {
        if (spent == 0 && !budget.Alerts.Any(p => p > state.Alerted && IsAt(budget, state, p))) return;
        var isNews = await store.NoteHour(budget, window, spent)
            || budget.Alerts.Any(p => p > state.Alerted && IsAt(budget, state, p));
        if (!isNews) return;
        await changes.RunAs(Worker(budget), Operation, async change =>
        {
            change.Audit(budget.Target, Snapshot.None, Snapshot.None, "It was looked at.", budget.TenantId);
            await Raise(change, budget, window, state);
            if (await store.IsSudden(change, budget, change.Now) && await store.TrySudden(change, budget.Id, window))
            {
                Emit(change, "budget.spent_suddenly", budget, state, percent: null);
                await Mail(change, budget, "is spent much faster than in the day before");
            }
            return true;
        });
    }

    /// <summary>That a call was refused. Costs nothing from the second time on.</summary>
    public async ValueTask Paused(Budget budget, DateTimeOffset now)
    {
        var window = BudgetWindows.StartOf(budget.Window, now);
        if (!paused.TryAdd((budget.Id, window), 0)) return;
        if (paused.Count > PausedMax) paused.Clear();
        try
        {
            await changes.RunAs(Worker(budget), Operation, async change =>
            {
                var scope = new EnvironmentScope(budget.Environment, App: null);
                if (await BudgetStore.Keep(change.Raw, scope, budget.Id) is null
                    || !await store.TryPause(change, budget.Id, window))
                {
                    throw new Refusal(GateProblems.NotFound);
                }
                var state = await WindowStore.Find(change, budget.Id, window);
                change.Audit(
                    budget.Target, Snapshot.None, Snapshot.None, "It has refused a call.", budget.TenantId);
                Emit(change, "budget.paused", budget, state ?? new WindowState(0, 0, 0), percent: null);
                return true;
            });
        }
        catch (Refusal)
        {
            // It was told of before, or the budget is gone.
        }
        catch (StorageException)
        {
            // The next refusal tells of it; this one is answered all the same.
            paused.TryRemove((budget.Id, window), out _);
        }
    }

    private static readonly WorkerOperation Operation = new("budgets.alert") { AllowedWhenFrozen = true };

    private static Caller Worker(Budget budget) => Caller.System("budgets", budget.Environment);

    private static bool IsAt(Budget budget, WindowState state, int percent) =>
        budget.Cap > 0 && state.Used * 100 >= budget.Cap * percent;

    private static void Emit(Change change, string fact, Budget budget, WindowState state, int? percent)
    {
        var alert = new BudgetAlert(
            budget.Id, budget.Name, budget.UnitInWords, percent, state.Settled, state.Held, budget.Cap,
            BudgetWindows.EndOf(budget.Window, change.Now));
        change.Emit(fact, budget.Target, Snapshot.Of(alert, BudgetsJson.Wire.BudgetAlert), budget.TenantId);
    }

    private async ValueTask Mail(Change change, Budget budget, string what)
    {
        if (budget.KeptBy is not BudgetKeeper.Operator) return;
        await notices.Alarm(change, concerned: null, $"The budget \"{budget.Name}\" {what}", $"""
            The budget "{budget.Name}" ({budget.Id.Value}) in {budget.Environment} {what}:
            {budget.Cap} {budget.UnitInWords} for {budget.SubjectId}, window: {Wire.Name(budget.Window)}.

            budgets.get says how it stands, usage.summary who uses how much, and budgets.update raises or lowers it.
            """);
    }
}

/// <summary>
/// What an alert says. <paramref name="Percent"/> is null where it is not about how far the cap is used.
/// </summary>
internal sealed record BudgetAlert(
    BudgetId BudgetId, string Name, string Unit, int? Percent, long Settled, long Held, long Cap,
    DateTimeOffset? ResetsAt);
