using System.Globalization;
using System.Text.Json.Nodes;

namespace Castellan.AdminUi;

/// <summary>How pages say what a budget has.</summary>
internal static class BudgetWords
{
    /// <summary>What counts: <c>requests</c>, or <c>EUR, in minor units</c>.</summary>
    public static string Unit(JsonNode? budget) =>
        budget.Has("currency") ? $"{budget.Text("currency")}, in minor units" : budget.Text("unit");

    /// <summary>A whole number with its thousands apart.</summary>
    public static string Amount(JsonNode? node, string name) =>
        node?[name]?.GetValue<long>().ToString("n0", CultureInfo.InvariantCulture) ?? "";

    /// <summary>Percent of the cap that is settled or held, rounded down; a cap of nothing is used up.</summary>
    public static int Percent(JsonNode? budget)
    {
        var cap = Whole(budget, "cap");
        if (cap == 0) return 100;
        var used = Whole(budget?["use"], "settled") + Whole(budget?["use"], "held");
        return (int)Math.Min(used / (decimal)cap * 100, int.MaxValue);
    }

    /// <summary>The page of what a budget caps; null where it has none.</summary>
    public static string? SubjectPage(JsonNode? budget) => budget.Text("subject") switch
    {
        "app" => $"/admin/apps/{budget.Text("subject_id")}",
        "tenant" => $"/admin/tenants/{budget.Text("subject_id")}",
        "user" => $"/admin/users/{budget.Text("subject_id")}",
        "agent" => $"/admin/agents/{budget.Text("subject_id")}",
        _ => null,
    };

    private static long Whole(JsonNode? node, string name) => node?[name]?.GetValue<long>() ?? 0;
}
