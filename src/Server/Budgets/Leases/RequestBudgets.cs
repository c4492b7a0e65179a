using Castellan.Budgets.Alerts;
using Castellan.Kernel;

namespace Castellan.Budgets.Leases;

/// <summary>
/// Charges calls of apps' people, agents and keys to the budgets that count requests, from memory. Without such a
/// budget a call costs one look into memory.
/// </summary>
internal sealed class RequestBudgets(CountedBudgets counted, BudgetAlerts alerts, TimeProvider time) : ICharge
{
    public ValueTask<Problem?> Charge(Invocation invocation)
    {
        if (!Counts(invocation)) return default;
        return counted.TryGet(invocation.Caller.Environment!, out var all)
            ? all.Requests.Count == 0 ? default : Charge(invocation, all)
            : LoadAndCharge(invocation);
    }

    /// <summary>
    /// Not counted is what takes standing away, what a frozen app may still do, and budgets themselves: whoever is out
    /// of calls must be able to stop, to leave, and to raise the cap.
    /// </summary>
    private static bool Counts(Invocation invocation)
    {
        var operation = invocation.Operation;
        return CountedBudgets.Counts(invocation.Caller)
            && !operation.Urgent && !operation.AllowedWhenFrozen && !operation.Hosted
            && !operation.OfAllowance && !operation.Uncounted;
    }

    private async ValueTask<Problem?> LoadAndCharge(Invocation invocation)
    {
        var all = await counted.Load(invocation.Caller.Environment!);
        return all.Requests.Count == 0 ? null : await Charge(invocation, all);
    }

    private async ValueTask<Problem?> Charge(Invocation invocation, CountedBudgets.Counted all)
    {
        var matching = CountedBudgets.Match(
            all.Requests, BudgetCharge.SubjectsOf(invocation.Caller, invocation.Tenant, user: null), invocation.Tenant);
        var taken = new List<Taken>(matching.Count);
        foreach (var budget in matching)
        {
            if (await counted.PurseOf(budget).Take(budget, 1) is { } one)
            {
                taken.Add(one);
                continue;
            }
            foreach (var other in taken) other.End(spent: 0);
            await alerts.Paused(budget, time.GetUtcNow());
            // One call was too much, so nothing is left.
            return BudgetErrors.PausedBy(
                budget, time.GetUtcNow(), left: 0, invocation.Caller, invocation.Tenant);
        }
        foreach (var one in taken) one.End(spent: 1);
        return null;
    }
}
