using System.Globalization;
using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>Budgets of the chosen environment: what is used of them, made, changed with a reason, deleted.</summary>
internal sealed class BudgetPages(AdminRoutes map)
{
    private const string All = "/admin/budgets";
    private const string One = All + "/{budget}";

    private static readonly char[] BetweenPercents = [' ', ',', ';', '%', '\r', '\n'];

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, All, List);
        map.Get(routes, All + "/new", call => call.Show<BudgetFormPage>());
        map.Post(routes, All + "/new", Create);
        map.Get(routes, One, Detail);
        map.Get(routes, One + "/edit", call => Edit(call, problem: null));
        map.Post(routes, One + "/edit", Update);
        map.Get(routes, One + "/delete", call => ConfirmDelete(call, problem: null));
        map.Post(routes, One + "/delete", Delete);
    }

    private static (string, string?)[] Budget(AdminCall call) => [("budget", call.Route("budget"))];

    private static string Page(AdminCall call) => $"{All}/{call.Route("budget")}";

    private static async Task List(AdminCall call)
    {
        var answer = await call.Invoke(
            "budgets.list",
            query:
            [
                ("tenant", call.Query("tenant")), ("subject", call.Query("subject")), ("cursor", call.Query("cursor")),
            ]);
        await call.Show<BudgetsPage>(answer.Value, answer.Problem);
    }

    private static async Task Create(AdminCall call)
    {
        var body = Percents(
            call.Body("name", "subject", "subject_id", "tenant_id", "unit", "currency", "window", "reason")
                .Number(call, "cap"),
            call);
        var answer = await call.Invoke("budgets.create", body: body);
        if (answer.Problem is { } problem) await call.Show<BudgetFormPage>(problem: problem);
        else await call.Done("The budget is made.", $"{All}/{answer.Value.Text("id")}");
    }

    private static async Task Detail(AdminCall call)
    {
        var budget = await call.Invoke("budgets.get", Budget(call));
        if (budget.Refused) await call.Show<ProblemPage>(problem: budget.Problem);
        else await call.Show<BudgetPage>(budget.Value);
    }

    private static async Task Edit(AdminCall call, Problem? problem)
    {
        var budget = await call.Invoke("budgets.get", Budget(call));
        if (budget.Refused) await call.Show<ProblemPage>(problem: budget.Problem);
        else await call.Show<BudgetFormPage>(budget.Value, problem);
    }

    private static async Task Update(AdminCall call)
    {
        var body = Percents(call.Body("name", "reason").Number(call, "cap"), call);
        var answer = await call.Invoke("budgets.update", Budget(call), body: body);
        if (answer.Problem is { } problem) await Edit(call, problem);
        else await call.Done("Saved.", Page(call));
    }

    private static async Task ConfirmDelete(AdminCall call, Problem? problem)
    {
        var budget = await call.Invoke("budgets.get", Budget(call));
        if (budget.Refused)
        {
            await call.Show<ProblemPage>(problem: budget.Problem);
            return;
        }
        await call.Show<ConfirmPage>(
            new Confirmation(
                $"Delete {budget.Value.Text("name")}?",
                "What it capped is capped no more, from the next call on. What was counted is forgotten: the same "
                + "budget, made again, begins at nothing. To stop what it caps, lower it to 0 instead.",
                "Delete", Page(call)),
            problem);
    }

    private static async Task Delete(AdminCall call)
    {
        var answer = await call.Invoke("budgets.delete", Budget(call));
        if (answer.Problem is { } problem) await ConfirmDelete(call, problem);
        else await call.Done("The budget is deleted.", All);
    }

    /// <summary>Adds percents as they are typed: 50, 80, 100. What is no number is refused by the operation.</summary>
    private static JsonObject Percents(JsonObject body, AdminCall call)
    {
        var typed = call.Field("alerts").Split(BetweenPercents, StringSplitOptions.RemoveEmptyEntries);
        body["alerts"] = new JsonArray([.. typed.Select(text =>
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
                ? JsonValue.Create(percent)
                : JsonValue.Create(text))]);
        return body;
    }
}
