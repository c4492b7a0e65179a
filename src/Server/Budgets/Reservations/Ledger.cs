using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Budgets.Reservations;

/// <summary>
/// Moves amounts between free, held and settled. All or nothing: a refusal ends the transaction. Locks are taken in one
/// order: the reservation, then budgets by id, then their windows by id.
/// </summary>
internal static class Ledger
{
    /// <summary>Reservations that one run of expiry ends: some milliseconds of the engine.</summary>
    public const int DuePerRun = 100;

    /// <summary>
    /// Holds the amount in every budget that the charge matches, and says how their windows stand then.
    /// </summary>
    public static async ValueTask<List<Moved>> Hold(
        ITransaction transaction, EnvironmentScope scope, BudgetCharge charge, long amount, DateTimeOffset now)
    {
        var budgets = await BudgetStore.Match(transaction, scope, charge);
        var moved = new List<Moved>(budgets.Count);
        foreach (var budget in budgets)
        {
            var window = BudgetWindows.StartOf(budget.Window, now);
            var state = await WindowStore.Hold(transaction, budget.Id, window, amount)
                ?? throw await Refused(transaction, budget, window, now);
            moved.Add(new Moved(budget, new Hold(budget.Id, window, amount), state));
        }
        return moved;
    }

    /// <summary>Writes the reservation down with what it holds.</summary>
    public static async ValueTask Open(
        ITransaction transaction, TenantScope scope, Reservation made, IReadOnlyList<Moved> moved)
    {
        await ReservationStore.Insert(transaction, scope, made);
        foreach (var one in moved) await ReservationStore.InsertHold(transaction, made.Id, one.Hold);
    }

    /// <summary>The reservation, locked, if it is open still; else the refusal that says what it is.</summary>
    public static async ValueTask<Reservation> LockOpen(
        ITransaction transaction, TenantScope scope, ReservationId id, DateTimeOffset now,
        Func<Reservation, bool> mayEnd)
    {
        var found = await ReservationStore.Lock(transaction, scope, id);
        if (found is null || !mayEnd(found)) throw new Refusal(GateProblems.NotFound);
        if (found.State is ReservationState.Settled or ReservationState.Voided)
            throw new Refusal(BudgetErrors.ReservationEnded, $"It is {Wire.Name(found.State)}.");
        if (found.State is ReservationState.Expired || found.ExpiresAt <= now)
            throw new Refusal(BudgetErrors.ReservationExpired);
        return found;
    }

    /// <summary>
    /// Ends an open reservation: of each hold so much is settled, and the rest is free. More than it held is taken
    /// where every budget has it, in the windows in which it was made.
    /// </summary>
    public static async ValueTask<(Reservation Ended, List<Moved> Moved)> End(
        ITransaction transaction, EnvironmentScope scope, Reservation open, ReservationState outcome,
        long actual, DateTimeOffset now)
    {
        var moved = new List<Moved>();
        foreach (var (budget, hold) in await BudgetStore.HeldBy(transaction, scope, open.Id))
        {
            var state = await WindowStore.Settle(transaction, hold.Budget, hold.Window, hold.Amount, actual)
                ?? throw await Refused(transaction, budget, hold.Window, now);
            moved.Add(new Moved(budget, hold, state));
        }
        await ReservationStore.DeleteHolds(transaction, open.Id);
        var ended = open with
        {
            State = outcome,
            Settled = outcome is ReservationState.Settled ? actual : null,
            EndedAt = now,
            Version = open.Version + 1,
        };
        await ReservationStore.End(transaction, ended);
        return (ended, moved);
    }

    /// <summary>Releases what reservations hold whose time has passed, and gives how many these were.</summary>
    public static async ValueTask<int> Expire(ITransaction transaction, EnvironmentScope scope, DateTimeOffset now)
    {
        var due = await ReservationStore.LockDue(transaction, scope, now, DuePerRun);
        if (due.Count == 0) return 0;
        foreach (var hold in await ReservationStore.HoldsOf(transaction, due))
            await WindowStore.Release(transaction, hold.Budget, hold.Window, hold.Amount);
        await ReservationStore.Expire(transaction, due, now);
        return due.Count;
    }

    private static async ValueTask<BudgetRefusal> Refused(
        ITransaction transaction, Budget budget, DateTimeOffset window, DateTimeOffset now) =>
        new(budget.With(await WindowStore.Find(transaction, budget.Id, window), now), now);
}

/// <summary>An amount that was moved in a window of a budget, and how the window stands since.</summary>
internal readonly record struct Moved(Budget Budget, Hold Hold, WindowState State);
