using System.Text.Json;
using Castellan.Kernel;

namespace Castellan.Budgets;

/// <summary>
/// A budget to be made. <paramref name="Subject"/> is null for the whole of the environment, or of the tenant.
/// </summary>
internal sealed record CreateBudget(
    string Name, BudgetSubject? Subject, string? SubjectId, TenantId? Tenant, BudgetUnit Unit, string? Currency,
    BudgetWindow Window, long Cap, IReadOnlyList<int>? Alerts, string? Reason)
{
    public static CreateBudget Bind(Input input) => Read(input, input.ReferenceOrNull<TenantKind>("tenant_id"));

    public static CreateBudget BindInTenant(Input input) => Read(input, input.Path<TenantKind>("tenant"));

    private static CreateBudget Read(Input input, TenantId? tenant) => new(
        input.Text("name", max: 100), input.ChoiceOrNull<BudgetSubject>("subject"),
        input.TextOrNull("subject_id", max: 100), tenant, input.Choice<BudgetUnit>("unit"),
        BudgetInputs.Currency(input), input.Choice<BudgetWindow>("window"), input.Whole("cap", min: 0),
        BudgetInputs.Alerts(input), input.TextOrNull("reason", max: 500));
}

/// <summary>A patch: what is not sent stays. A new cap has a written reason.</summary>
internal sealed record UpdateBudget(
    BudgetId Budget, string? Name, long? Cap, IReadOnlyList<int>? Alerts, string? Reason)
{
    public static UpdateBudget Bind(Input input) => Read(input, input.Path<BudgetKind>("budget"));

    public static UpdateBudget BindInTenant(Input input)
    {
        input.Path<TenantKind>("tenant");
        return Bind(input);
    }

    private static UpdateBudget Read(Input input, BudgetId budget)
    {
        var update = new UpdateBudget(
            budget, input.TextOrNull("name", max: 100), input.WholeOrNull("cap", min: 0), BudgetInputs.Alerts(input),
            input.TextOrNull("reason", max: 500));
        if (update is { Cap: not null, Reason: null })
            input.Refuse("reason", "required", "A new cap has a reason.", "Say why in 'reason'.");
        return update;
    }
}

internal sealed record NameBudget(BudgetId Budget)
{
    public static NameBudget Bind(Input input) => new(input.Path<BudgetKind>("budget"));

    public static NameBudget BindInTenant(Input input)
    {
        input.Path<TenantKind>("tenant");
        return Bind(input);
    }
}

/// <summary>Of one tenant, or of one subject, where they are named.</summary>
internal sealed record ListBudgets(Page Page, TenantId? Tenant, string? SubjectId)
{
    public static ListBudgets Bind(Input input) =>
        new(input.Page(), input.QueryId<TenantKind>("tenant"), input.QueryText("subject", max: 100));
}

internal static class BudgetInputs
{
    private const int AlertsMax = 10;

    /// <summary>Percent. Below, it would be told of with the first calls.</summary>
    private const int AlertMin = 10;

    /// <summary>An ISO 4217 code, such as EUR; null where none was sent.</summary>
    public static string? Currency(Input input)
    {
        var code = input.TextOrNull("currency", max: 3);
        if (code is null || (code.Length == 3 && code.All(char.IsAsciiLetterUpper))) return code;
        input.Refuse("currency", "not_a_currency", "'currency' is no code of ISO 4217.", "Send one such as EUR.");
        return null;
    }

    /// <summary>Money has a currency, and nothing else has.</summary>
    public static void RequireCurrency(BudgetUnit unit, string? currency)
    {
        if (unit is BudgetUnit.Money == currency is not null) return;
        throw Refused("/currency", unit is BudgetUnit.Money ? "required" : "not_for_unit",
            unit is BudgetUnit.Money ? "Money has a currency." : $"{Wire.Name(unit)} have no currency.",
            unit is BudgetUnit.Money ? "Send its code of ISO 4217, such as EUR." : "Leave it out.");
    }

    /// <summary>Percents, ascending; null where none were sent.</summary>
    public static IReadOnlyList<int>? Alerts(Input input)
    {
        var list = input.ArrayOrNone("alerts", AlertsMax);
        if (list.ValueKind is not JsonValueKind.Array) return null;
        var percents = new SortedSet<int>();
        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind is JsonValueKind.Number && item.TryGetInt32(out var percent)
                && percent is >= AlertMin and <= 100)
            {
                percents.Add(percent);
                continue;
            }
            input.Refuse("alerts", "out_of_range", $"'alerts' holds what is no percent from {AlertMin} to 100.",
                "Send whole numbers such as [50, 80, 100].");
            return null;
        }
        return [.. percents];
    }

    public static Refusal Refused(string pointer, string code, string detail, string fix) =>
        new(GateProblems.InputInvalid.With() with { Errors = [new FieldProblem(pointer, code, detail, fix)] });
}
