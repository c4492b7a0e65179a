using Castellan.Kernel;

namespace Castellan.Budgets;

/// <summary>A budget does not have so much.</summary>
internal sealed class BudgetRefusal(Budget budget, DateTimeOffset now) : Refusal(BudgetErrors.PausedBy(budget, now))
{
    public Budget Budget { get; } = budget;
}

/// <summary>The slice's problems.</summary>
internal static class BudgetErrors
{
    public static readonly ProblemType Paused = ChargeProblems.BudgetPaused;

    public static readonly ProblemType LimitReached = new("budget_limit_reached", 409,
        "There are as many budgets as there may be",
        "The budgets of a tenant and of an environment are bounded; the detail names the bound.",
        "Delete what is no longer needed, or ask an operator to raise the bound.");

    public static readonly ProblemType KeptByOperator = new("budget_kept_by_operator", 403,
        "An operator keeps this budget",
        "A tenant sees the budgets that operators have set for it, and changes only its own.",
        "Ask an operator of the platform to change it with budgets.update.");

    public static readonly ProblemType ReservationEnded = new("reservation_ended", 409, "The reservation has ended",
        "It was settled or voided before; the detail says which.",
        "Nothing is to be done. To spend more, reserve more.");

    public static readonly ProblemType ReservationExpired = new("reservation_expired", 409,
        "The reservation has expired",
        "It was neither settled nor voided in its time, so what it held was released; others may have spent it.",
        "If it was spent, reserve the same amount again and settle that. Ask for a longer time where work is longer.");

    public static IReadOnlyList<ProblemType> All { get; } =
        [Paused, LimitReached, KeptByOperator, ReservationEnded, ReservationExpired];

    /// <summary>
    /// That a budget does not have so much. What others have used of it is not said: the caller may see a part of them.
    /// </summary>
    public static Problem PausedBy(Budget budget, DateTimeOffset now)
    {
        var resetsAt = BudgetWindows.EndOf(budget.Window, now);
        var until = resetsAt is { } time
            ? $"It begins anew at {time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}."
            : "It never begins anew.";
        var detail = $"The budget of {budget.UnitInWords} for the {Wire.Name(budget.Subject)} does not have so much "
            + $"left. {until} {char.ToUpperInvariant(budget.RaisedBy[0])}{budget.RaisedBy[1..]}, can raise it.";
        return Paused.With(detail) with
        {
            RetryAfter = resetsAt - now,
            Budget = new PausedBudget(budget.Id, budget.UnitInWords, resetsAt, budget.RaisedBy),
        };
    }
}
