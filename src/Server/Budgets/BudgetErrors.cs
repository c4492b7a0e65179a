using Castellan.Kernel;

namespace Castellan.Budgets;

/// <summary>A budget does not have so much: how much it has is in its use. Who asked is not known here.</summary>
internal sealed class BudgetRefusal(Budget budget, DateTimeOffset now)
    : Refusal(BudgetErrors.PausedBy(budget, now, numbers: null))
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

    /// <summary>That a budget does not have so much, to a caller who meets it in this tenant.</summary>
    public static Problem PausedBy(
        Budget budget, DateTimeOffset now, long left, Caller caller, TenantId? tenant) => PausedBy(
        budget, now,
        IsReadBy(budget, caller, tenant) ? new PausedNumbers(budget.Name, budget.Cap, Math.Max(0, left)) : null);

    /// <summary>
    /// What others have used of it is not said where <paramref name="numbers"/> is null: the caller may see a part.
    /// </summary>
    public static Problem PausedBy(Budget budget, DateTimeOffset now, PausedNumbers? numbers)
    {
        var resetsAt = BudgetWindows.EndOf(budget.Window, now);
        var until = resetsAt is { } time
            ? $"It begins anew at {time.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}."
            : "It never begins anew.";
        var which = numbers is null ? "The budget" : $"The budget \"{numbers.Name}\"";
        var left = numbers is null ? "." : $": {numbers.Left} of {numbers.Cap}{(budget.Currency is null ? ""
            : " minor units")}{(budget.Window is BudgetWindow.Total ? "" : $" in this {Wire.Name(budget.Window)}")}.";
        var detail = $"{which} of {budget.UnitInWords} for the {Wire.Name(budget.Subject)} does not have so much "
            + $"left{left} {until} {char.ToUpperInvariant(budget.RaisedBy[0])}{budget.RaisedBy[1..]}, can raise it.";
        return Paused.With(detail) with
        {
            RetryAfter = resetsAt - now,
            Budget = new PausedBudget(budget.Id, budget.UnitInWords, resetsAt, budget.RaisedBy) { Numbers = numbers },
        };
    }

    /// <summary>
    /// As tenants.budgets.get shows it: to members of its tenant, to what was lent of theirs, and to keys that may call
    /// it. A key also knows what caps it alone. Of all other budgets, strangers' use would be told.
    /// </summary>
    private static bool IsReadBy(Budget budget, Caller caller, TenantId? tenant)
    {
        const string Reading = "tenants.budgets.get";
        if (caller.Key is { } key && budget.Subject is BudgetSubject.Key) return budget.SubjectId == key.Value;
        if (tenant is null || budget.TenantId != tenant) return false;
        return caller.Kind is CallerKind.Key
            ? caller.Holds(Reading)
            : caller.TenantRole is not null && (caller.Lent is null || caller.Holds(Reading));
    }
}
