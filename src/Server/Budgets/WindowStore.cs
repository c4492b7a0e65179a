using Castellan.Platform.Storage;

namespace Castellan.Budgets;

/// <summary>
/// Every statement about what budgets have used. Whatever takes from a window is guarded by the cap in the statement
/// itself, behind the lock on the window's row; whoever runs it keeps the budget's row from being changed meanwhile.
/// </summary>
internal static class WindowStore
{
    private static readonly Raw Columns = new("settled, held, alerted");

    private static WindowState Read(Row row) => new(row.Int64(), row.Int64(), row.Int64());

    /// <summary>The window's row afterwards, or null where so much is not left, and nothing was held.</summary>
    public static ValueTask<WindowState?> Hold(
        ITransaction transaction, BudgetId budget, DateTimeOffset window, long amount) =>
        transaction.One(
            $"""
            insert into budget_window (budget_id, starts_at, settled, held, alerted, paused, sudden)
            select b.id, {window}, 0, {amount}, 0, {false}, {false} from budget b
            where b.id = {budget} and b.cap >= {amount}
            on conflict (budget_id, starts_at) do update set held = budget_window.held + excluded.held
            where budget_window.settled + budget_window.held + excluded.held
                <= (select c.cap from budget c where c.id = excluded.budget_id)
            returning {Columns}
            """,
            Read);

    /// <summary>
    /// Ends a hold: of what it held, so much is settled and the rest free. More than was held only where the cap leaves
    /// it; else null, and nothing has changed.
    /// </summary>
    public static ValueTask<WindowState?> Settle(
        ITransaction transaction, BudgetId budget, DateTimeOffset window, long held, long actual)
    {
        var guard = actual <= held ? null : Sql.Of($"""
            and settled + held - {held} + {actual} <= (select c.cap from budget c where c.id = {budget})
            """);
        return transaction.One(
            $"""
            update budget_window set held = held - {held}, settled = settled + {actual}
            where budget_id = {budget} and starts_at = {window} {guard} returning {Columns}
            """,
            Read);
    }

    /// <summary>Frees what was held.</summary>
    public static ValueTask<int> Release(
        ITransaction transaction, BudgetId budget, DateTimeOffset window, long amount) =>
        transaction.Run($"""
            update budget_window set held = held - {amount} where budget_id = {budget} and starts_at = {window}
            """);

    /// <summary>The row, which nobody moves until the transaction has ended.</summary>
    public static ValueTask<WindowState?> Lock(ITransaction transaction, BudgetId budget, DateTimeOffset window) =>
        transaction.One(
            $"""
            select {Columns} from budget_window where budget_id = {budget} and starts_at = {window}
            {transaction.ForUpdate}
            """,
            Read);

    public static ValueTask<WindowState?> Find(IReads reads, BudgetId budget, DateTimeOffset window) => reads.One(
        $"select {Columns} from budget_window where budget_id = {budget} and starts_at = {window}", Read);
}
