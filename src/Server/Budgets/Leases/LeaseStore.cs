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

    /// <summary>
    /// Settles what was spent of a lease, keeps what calls have taken, and holds a new part instead of the rest. Null
    /// where the budget is gone, and its leases with it.
    /// </summary>
    public ValueTask<Refilled?> Refill(EnvironmentScope scope, Refill refill) =>
        upkeep.Run(scope, transaction => Refill(transaction, scope, refill));

    /// <summary>
    /// Settles what was spent of a lease and keeps the rest until a new end; null where the lease is gone.
    /// </summary>
    public ValueTask<WindowState?> Settle(
        EnvironmentScope scope, Lease lease, long spent, DateTimeOffset expiresAt) =>
        upkeep.Run(scope, transaction => Settle(transaction, lease, spent, expiresAt));

    /// <summary>Ends leases of nodes that have said nothing until their end, and gives how many these were.</summary>
    public ValueTask<int> Expire(DateTimeOffset now) => upkeep.Run(transaction => Expire(transaction, now));

    private static async ValueTask<Refilled?> Refill(
        ITransaction transaction, EnvironmentScope scope, Refill refill)
    {
        if (await BudgetStore.Keep(transaction, scope, refill.Budget) is not { } budget) return null;
        var old = refill.Old is null ? null : await Lock(transaction, refill.Old.Id);
        var kept = old is null ? 0 : refill.Kept;
        var state = old is null
            ? await WindowStore.Lock(transaction, budget.Id, refill.Window)
            : await WindowStore.Settle(transaction, budget.Id, refill.Window, old.Amount - kept, refill.Spent);
        var part = refill.PartOf(budget.Cap - (state?.Used ?? 0));
        var held = part > 0 ? await WindowStore.Hold(transaction, budget.Id, refill.Window, part) : null;
        // A window that another node has begun in this moment was not there to be locked.
        if (held is null) part = 0;
        var lease = new Lease(
            old?.Id ?? Guid.CreateVersion7(refill.Now).ToString("n"), budget.Id, refill.Window, kept + part,
            refill.ExpiresAt);
        await Write(transaction, lease, isNew: old is null);
        return new Refilled(lease.Amount == 0 ? null : lease, part, held ?? state);
    }

    private static async ValueTask Write(ITransaction transaction, Lease lease, bool isNew)
    {
        if (!isNew && lease.Amount == 0)
        {
            await transaction.Queue($"delete from budget_lease where id = {lease.Id}");
        }
        else if (!isNew)
        {
            await transaction.Queue($"""
                update budget_lease set amount = {lease.Amount}, expires_at = {lease.ExpiresAt} where id = {lease.Id}
                """);
        }
        else if (lease.Amount > 0)
        {
            await transaction.Queue($"""
                insert into budget_lease (id, budget_id, starts_at, amount, expires_at)
                values ({lease.Id}, {lease.Budget}, {lease.Window}, {lease.Amount}, {lease.ExpiresAt})
                """);
        }
    }

    private static async ValueTask<WindowState?> Settle(
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

    private static async ValueTask<int> Expire(ITransaction transaction, DateTimeOffset now)
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

/// <summary>A part of a window. <paramref name="Amount"/> is what it has when this was read or written.</summary>
internal sealed record Lease(
    string Id, BudgetId Budget, DateTimeOffset Window, long Amount, DateTimeOffset ExpiresAt);

/// <summary>
/// What a purse wants. Of its <paramref name="Old"/> lease so much is <paramref name="Spent"/>, and so much
/// <paramref name="Kept"/> because calls have it; the rest is free. Instead it wants so much, where that can be had,
/// and at least what is <paramref name="Needed"/>; nothing of either gives the lease back.
/// </summary>
internal sealed record Refill(
    BudgetId Budget, DateTimeOffset Window, Lease? Old, long Spent, long Kept, long Needed, long Wanted,
    DateTimeOffset Now, DateTimeOffset ExpiresAt)
{
    /// <summary>At most an eighth of what is left, so that nodes share its end; or what is needed.</summary>
    public long PartOf(long left)
    {
        const int Share = 8;
        return Math.Max(0, Math.Min(left, Math.Max(Needed, Math.Min(Wanted, left / Share))));
    }
}

/// <summary>
/// What a purse got: its lease, null where it has none, how much of it is <paramref name="Free"/> to be taken, and how
/// the window stands.
/// </summary>
internal sealed record Refilled(Lease? Lease, long Free, WindowState? State);
