using Castellan.Budgets.Alerts;
using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Budgets.Leases;

/// <summary>
/// Charges what calls write to the budgets that count records or bytes, for the same subjects as requests. Without such
/// a budget a write costs one look into memory.
/// </summary>
internal sealed class WriteBudgets(CountedBudgets counted, BudgetAlerts alerts, TimeProvider time) : IWriteCharges
{
    public ValueTask<IWriteCharge?> Open(Invocation invocation)
    {
        if (!CountedBudgets.Counts(invocation.Caller)) return default;
        return counted.TryGet(invocation.Caller.Environment!, out var all)
            ? new(Open(invocation, all))
            : LoadAndOpen(invocation);
    }

    private async ValueTask<IWriteCharge?> LoadAndOpen(Invocation invocation) =>
        Open(invocation, await counted.Load(invocation.Caller.Environment!));

    private WriteCharge? Open(Invocation invocation, CountedBudgets.Counted all)
    {
        if (all.Writes.Count == 0) return null;
        var matching = CountedBudgets.Match(
            all.Writes, BudgetCharge.SubjectsOf(invocation.Caller, invocation.Tenant, user: null), invocation.Tenant);
        return matching.Count == 0
            ? null
            : new WriteCharge(
                [.. matching.Select(budget => (budget, counted.PurseOf(budget)))], alerts, time, invocation);
    }
}

/// <summary>What one Change has taken of each budget that counts what it writes.</summary>
internal sealed class WriteCharge(
    IReadOnlyList<(Budget Budget, Purse Purse)> budgets, BudgetAlerts alerts, TimeProvider time, Invocation invocation)
    : IWriteCharge
{
    private readonly Account[] accounts = [.. budgets.Select(one => new Account(one.Budget, one.Purse))];
    private Budget? refusedBy;
    private int fetches;

    public bool IsShort { get; private set; }

    public void Begin()
    {
        (IsShort, refusedBy) = (false, null);
        foreach (var account in accounts) account.Begin();
    }

    public void Take(long records, long bytes)
    {
        foreach (var account in accounts)
        {
            var amount = account.Of(records, bytes);
            switch (account.Has(amount, mayFetch: fetches < Limits.ChangeAttempts))
            {
                case true:
                    break;
                case null:
                    IsShort = true;
                    break;
                default:
                    refusedBy = account.Budget;
                    throw new ChargeRefusal(BudgetErrors.PausedBy(
                        account.Budget, time.GetUtcNow(), account.Left, invocation.Caller, invocation.Tenant));
            }
        }
        foreach (var account in accounts) account.Use(account.Of(records, bytes));
    }

    public void PutBack(long records, long bytes)
    {
        foreach (var account in accounts) account.Use(-account.Of(records, bytes));
    }

    public async ValueTask Fetch()
    {
        fetches++;
        foreach (var account in accounts) await account.Fetch();
    }

    public void Spend()
    {
        foreach (var account in accounts) account.Spend();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var account in accounts) account.End();
        if (refusedBy is not null) await alerts.Paused(refusedBy, time.GetUtcNow());
    }

    /// <summary>What was taken of one budget, and what the run under way has used of it.</summary>
    private sealed class Account(Budget budget, Purse purse)
    {
        private readonly List<Taken> taken = [];
        private long had;
        private long used;
        private long most;
        private long spent;
        private bool isDry;

        public Budget Budget => budget;

        public long Of(long records, long bytes) => budget.Unit is BudgetUnit.Records ? records : bytes;

        /// <summary>Behind what the run under way has used.</summary>
        public long Left => had - used + purse.Left;

        public void Begin() => (used, most) = (0, 0);

        /// <summary>
        /// True where so much more is there, by now; null where the database may have it; false where nothing has.
        /// </summary>
        public bool? Has(long amount, bool mayFetch)
        {
            var missing = used + amount - had;
            if (amount == 0 || missing <= 0) return true;
            if (isDry) return false;
            var isThere = purse.TryTake(budget, missing, out var more);
            if (isThere == true) Add(more);
            return isThere is null && !mayFetch ? false : isThere;
        }

        public void Use(long amount)
        {
            used += amount;
            most = Math.Max(most, used);
        }

        public async ValueTask Fetch()
        {
            if (most <= had) return;
            if (await purse.Take(budget, most - had, orLess: true) is { } more) Add(more);
            isDry = had < most;
        }

        public void Spend() => spent = used;

        public void End()
        {
            foreach (var one in taken)
            {
                var part = Math.Min(spent, one.Amount);
                one.End(part);
                spent -= part;
            }
        }

        private void Add(Taken more)
        {
            taken.Add(more);
            had += more.Amount;
        }
    }
}
