using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Budgets.Leases;

/// <summary>
/// Every statement about leases: parts of a window that one node spends by itself. What a node has not told of by its
/// lease's end counts as spent, because nobody else knows how much of it was; so no clock and no crash lets more be
/// spent than the cap has. Locks: the budget, then the lease, then the window.
/// </summary>
internal sealed class LeaseStore(Upkeep upkeep)
{
    private const long DuePerRun = 100;

    /// <summary>Takes a part, at most an eighth of what is left, so that nodes share what comes to its end.</summary>
    public ValueTask<Lease?> Take(
        EnvironmentScope scope, BudgetId budget, long wanted, DateTimeOffset now, DateTimeOffset expiresAt) =>
        upkeep.Run(scope, transaction => Take(transaction, scope, budget, wanted, now, expiresAt));

    /// <summary>
    /// Settles what was spent of a lease and keeps the rest until a new end; null where the lease is gone.
    /// </summary>
    public ValueTask<WindowState?> Settle(
        EnvironmentScope scope, Lease lease, long spent, DateTimeOffset expiresAt) =>
        upkeep.Run(scope, transaction => Settle(transaction, lease, spent, expiresAt));

    /// <summary>Settles what was spent and gives the rest back; null where the lease is gone.</summary>
    public ValueTask<WindowState?> Return(EnvironmentScope scope, Lease lease, long spent) =>
        upkeep.Run(scope, transaction => Return(transaction, lease, spent));

    /// <summary>Ends leases of nodes that have said nothing until their end, and gives how many these were.</summary>
    public ValueTask<int> Expire(DateTimeOffset now) => upkeep.Run(transaction => Expire(transaction, now));

    public static async ValueTask<Lease?> Take(
        ITransaction transaction, EnvironmentScope scope, BudgetId id, long wanted, DateTimeOffset now,
        DateTimeOffset expiresAt)
    {
        const int Share = 8;
        if (await BudgetStore.Keep(transaction, scope, id) is not { } budget) return null;
        var window = BudgetWindows.StartOf(budget.Window, now);
        var left = budget.Cap - ((await WindowStore.Find(transaction, id, window))?.Used ?? 0);
        var amount = Math.Min(wanted, Math.Max(1, left / Share));
        if (await WindowStore.Hold(transaction, id, window, amount) is not { } state) return null;
        var lease = new Lease(Guid.CreateVersion7(now).ToString("n"), id, window, amount, expiresAt) { State = state };
        await transaction.Queue($"""
            insert into budget_lease (id, budget_id, starts_at, amount, expires_at)
            values ({lease.Id}, {id}, {window}, {amount}, {expiresAt})
            """);
        return lease;
    }

    public static async ValueTask<WindowState?> Settle(
        ITransaction transaction, Lease lease, long spent, DateTimeOffset expiresAt)
    {
        var isThere = await transaction.Run($"""
            update budget_lease set amount = amount - {spent}, expires_at = {expiresAt}
            where id = {lease.Id} and amount >= {spent}
            """);
        return isThere == 0
            ? null
            : await WindowStore.Settle(transaction, lease.Budget, lease.Window, spent, spent);
    }

    public static async ValueTask<WindowState?> Return(ITransaction transaction, Lease lease, long spent)
    {
        var rest = await Lock(transaction, lease.Id);
        if (rest is null) return null;
        await transaction.Queue($"delete from budget_lease where id = {lease.Id}");
        return await WindowStore.Settle(transaction, lease.Budget, lease.Window, rest.Amount, spent);
    }

    public static async ValueTask<int> Expire(ITransaction transaction, DateTimeOffset now)
    {
        var due = await transaction.Many(
            $"""
            select id, budget_id, starts_at, amount, expires_at from budget_lease
            where expires_at <= {now} order by budget_id, starts_at, id limit {DuePerRun} {transaction.SkipLocked}
            """,
            Read);
        foreach (var lease in due)
        {
            await transaction.Queue($"delete from budget_lease where id = {lease.Id}");
            await WindowStore.Settle(transaction, lease.Budget, lease.Window, lease.Amount, lease.Amount);
        }
        return due.Count;
    }

    private static ValueTask<Lease?> Lock(ITransaction transaction, string id) => transaction.One(
        $"""
        select id, budget_id, starts_at, amount, expires_at from budget_lease where id = {id} {transaction.ForUpdate}
        """,
        Read);

    private static Lease Read(Row row) =>
        new(row.Text(), row.Id<BudgetKind>(), row.Time(), row.Int64(), row.Time());
}

/// <summary>A part of a window. <paramref name="Amount"/> is what it began with.</summary>
internal sealed record Lease(
    string Id, BudgetId Budget, DateTimeOffset Window, long Amount, DateTimeOffset ExpiresAt)
{
    /// <summary>How the window stood when it was taken.</summary>
    public WindowState? State { get; init; }
}
