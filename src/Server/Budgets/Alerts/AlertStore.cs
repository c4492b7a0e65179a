using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Budgets.Alerts;

/// <summary>Every statement about what was told of budgets, and about the hours in which they were spent.</summary>
internal sealed class AlertStore(Upkeep upkeep, TimeProvider time)
{
    /// <summary>An hour is sudden from so many times the average hour of the day before.</summary>
    private const long Times = 10;

    /// <summary>And from such a part of the cap: a tenth.</summary>
    private const long PartOfCap = 10;

    /// <summary>Before, there is nothing to compare with.</summary>
    private static readonly TimeSpan AgeMin = TimeSpan.FromHours(3);

    private static readonly TimeSpan Compared = TimeSpan.FromHours(24);

    /// <summary>False where a higher one was told already.</summary>
    public async ValueTask<bool> TryAlert(Change change, BudgetId id, DateTimeOffset window, long percent) =>
        await change.Run($"""
            update budget_window set alerted = {percent}
            where budget_id = {id} and starts_at = {window} and alerted < {percent}
            """) == 1;

    public async ValueTask<bool> TrySudden(Change change, BudgetId id, DateTimeOffset window) => await change.Run($"""
        update budget_window set sudden = {true}
        where budget_id = {id} and starts_at = {window} and sudden = {false}
        """) == 1;

    /// <summary>A window that has refused everything has no row yet.</summary>
    public async ValueTask<bool> TryPause(Change change, BudgetId id, DateTimeOffset window) => await change.Run($"""
        insert into budget_window (budget_id, starts_at, settled, held, alerted, paused, sudden)
        select b.id, {window}, 0, 0, 0, {true}, {false} from budget b where b.id = {id}
        on conflict (budget_id, starts_at) do update set paused = {true} where budget_window.paused = {false}
        """) == 1;

    public ValueTask<int> AddToHour(ITransaction transaction, BudgetId id, DateTimeOffset now, long spent) =>
        transaction.Run($"""
            insert into budget_hour (budget_id, starts_at, spent)
            select b.id, {BudgetWindows.StartOf(BudgetWindow.Hour, now)}, {spent} from budget b where b.id = {id}
            on conflict (budget_id, starts_at) do update set spent = budget_hour.spent + excluded.spent
            """);

    /// <summary>Outside of a change; true where the hour is sudden, and nobody was told.</summary>
    public async ValueTask<bool> NoteHour(Budget budget, DateTimeOffset window, long spent)
    {
        var now = time.GetUtcNow();
        var scope = new EnvironmentScope(budget.Environment, App: null);
        return await upkeep.Run(async transaction =>
        {
            // Else it may be deleted meanwhile.
            if (await BudgetStore.Keep(transaction, scope, budget.Id) is null) return false;
            if (spent > 0) await AddToHour(transaction, budget.Id, now, spent);
            var told = await transaction.One(
                $"""
                select budget_id from budget_window
                where budget_id = {budget.Id} and starts_at = {window} and sudden = {true}
                """,
                row => row.Text());
            return told is null && await IsSudden(transaction, budget, now);
        });
    }

    /// <summary>Whether this hour's spending is far above the average hour of the day before.</summary>
    public async ValueTask<bool> IsSudden(IReads reads, Budget budget, DateTimeOffset now)
    {
        var hour = BudgetWindows.StartOf(BudgetWindow.Hour, now);
        var first = BudgetWindows.StartOf(BudgetWindow.Hour, budget.CreatedAt);
        if (hour - first < AgeMin) return false;
        var hours = (long)(hour - first > Compared ? Compared : hour - first).TotalHours;
        var sums = await reads.One(
            $"""
            select cast(coalesce(sum(case when starts_at = {hour} then spent else 0 end), 0) as bigint),
                cast(coalesce(sum(case when starts_at < {hour} then spent else 0 end), 0) as bigint)
            from budget_hour where budget_id = {budget.Id} and starts_at >= {hour - TimeSpan.FromHours(hours)}
            """,
            row => new Sums(row.Int64(), row.Int64()));
        return sums is not null && sums.Now >= budget.Cap / PartOfCap && sums.Now / Times * hours >= sums.Before
            && sums.Now > 0;
    }

    /// <summary>Hours that nothing is compared with any longer.</summary>
    public ValueTask<int> Prune(DateTimeOffset now) => upkeep.Prune($"""
        delete from budget_hour where starts_at < {now - Compared - TimeSpan.FromHours(24)}
        """);

    private sealed record Sums(long Now, long Before);
}
