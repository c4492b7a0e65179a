using System.CommandLine;
using System.Globalization;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>budgets ...</c>: caps of the environment that was named.</summary>
internal static class BudgetCommands
{
    public static Command Budgets() => new(
        "budgets", "Caps in one environment on what an app, tenant, user, key, agent or all of it may use.")
    {
        List(), Get(), Create(), Update(), Delete(),
    };

    private static Argument<string> Budget() => new("budget") { Description = "The budget's id: bud_..." };

    private static Verb List()
    {
        var tenant = Words.Text("--tenant", "Only those of this tenant.", "id");
        var subject = Words.Text("--subject", "Only those of this app, tenant, user, key or agent.", "id");
        var list = new ListOptions();
        var verb = new Verb("list", "List budgets, with what their current windows have used.",
            "castellan budgets list --environment live",
            "castellan budgets list --subject agt_01k...") { tenant, subject };
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Budgets.List(
                session.Value(tenant), session.Value(subject), list.Page(session), ct),
            budget => budget.Id,
            ("ID", budget => budget.Id), ("NAME", budget => budget.Name), ("STATE", State),
            ("SETTLED", budget => Amount(budget.Use?.Settled)), ("HELD", budget => Amount(budget.Use?.Held)),
            ("CAP", budget => Amount(budget.Cap)), ("UNIT", Unit), ("WINDOW", budget => budget.Window),
            ("SUBJECT", budget => budget.SubjectId), ("TENANT", budget => budget.TenantId),
            ("KEPT BY", budget => budget.KeptBy)));
    }

    private static Verb Get()
    {
        var budget = Budget();
        var verb = new Verb("get", "Show a budget, with what its current window has used, holds and has left.",
            "castellan budgets get bud_01k...") { budget };
        verb.Aliases.Add("show");
        return verb.Does(async (session, ct) =>
            Show(session, await session.Client.Budgets.Get(session.Value(budget), ct)));
    }

    private static Verb Create()
    {
        var name = Needed<string>("--name", "What alerts call it.", "text");
        var unit = Needed<string>("--unit", "What is counted.", "requests|records|bytes|messages|tokens|money");
        var window = Needed<string>("--window", "What begins anew, in UTC.", "hour|day|month|total");
        var cap = Needed<long>("--cap", "In the unit; money in minor units, such as cents.", "number");
        var currency = Words.Text("--currency", "Of money alone: its code of ISO 4217.", "EUR");
        var of = Words.Text(
            "--subject", "What is capped. Default: the environment, or the tenant where one is named.",
            "environment|app|tenant|user|key|agent");
        var id = Words.Text("--subject-id", "The subject's id.", "id");
        var tenant = Words.Text("--tenant", "Count only what is done in this tenant.", "id");
        var (alerts, reason) = (Alerts("Default: 50, 80 and 100."), Words.Text("--reason", "Why, for the audit log."));
        var verb = new Verb("create", "Cap a unit for a subject in a window.",
            "castellan budgets create --name \"The agent's money\" --subject agent --subject-id agt_01k... "
            + "--unit money --currency EUR --window month --cap 50000",
            "castellan budgets create --name Records --tenant ten_01k... --unit records --window total --cap 100000")
        {
            name, unit, window, cap, currency, of, id, tenant, alerts, reason,
        };
        return verb.Does(async (session, ct) => Show(session, await session.Client.Budgets.Create(
            new NewBudget(
                session.Value(name)!, session.Value(unit)!, session.Value(window)!, session.Value(cap),
                session.Value(of), session.Value(id), session.Value(tenant), session.Value(currency),
                Percents(session, alerts), session.Value(reason)),
            ct)));
    }

    private static Verb Update()
    {
        var (budget, name) = (Budget(), Words.Text("--name", "What alerts call it."));
        var cap = new Option<long?>("--cap")
        {
            Description = "In the unit. Below what is used, it pauses at once. Needs --reason.", HelpName = "number",
        };
        var (alerts, reason) = (Alerts("\"\" for none."), Words.Text("--reason", "Why, for the audit log."));
        var verb = new Verb("update", "Raise or lower a cap, or change a name or alerts.",
            "castellan budgets update bud_01k... --cap 80000 --reason \"Asked for by Acme\"",
            "castellan budgets update bud_01k... --alert 80 --alert 100")
        {
            budget, name, cap, alerts, reason,
        };
        return verb.Does(async (session, ct) => Show(session, await session.Client.Budgets.Update(
            session.Value(budget),
            new BudgetUpdate
            {
                Name = session.Value(name),
                Cap = session.Value(cap),
                Alerts = Percents(session, alerts),
                Reason = session.Value(reason),
            },
            ct)));
    }

    private static Verb Delete()
    {
        var budget = Budget();
        var yes = new Option<bool>("--yes") { Description = "Do not ask for the budget's name." };
        var verb = new Verb("delete", "Delete a budget: what it capped is capped no more.",
            "castellan budgets delete bud_01k...",
            "castellan budgets delete bud_01k... --yes") { budget, yes };
        return verb.Does(async (session, ct) =>
        {
            var id = session.Value(budget);
            if (!session.Value(yes)) Confirm(session, (await session.Client.Budgets.Get(id, ct)).Value.Name);
            await session.Client.Budgets.Delete(id, ct);
            session.Terminal.Notice($"{id} is deleted.");
        });
    }

    private static void Confirm(Session session, string name)
    {
        var question = $"What {Terminal.Clean(name)} caps is capped no more. Type its name to go on: ";
        if (Console.IsInputRedirected || session.Terminal.Ask(question, secret: false) != name)
            throw new Complaint("Nothing was deleted.", "Type the budget's name when asked, or add --yes.");
    }

    private static void Show(Session session, Response<Budget> answer) => session.Terminal.Show(
        answer, budget => budget.Id, budget =>
        [
            ("id", budget.Id), ("name", budget.Name), ("environment", budget.Environment), ("state", State(budget)),
            ("subject", budget.Subject), ("subject id", budget.SubjectId), ("in tenant", budget.TenantId),
            ("unit", Unit(budget)), ("window", budget.Window), ("cap", Amount(budget.Cap)),
            ("settled", Amount(budget.Use?.Settled)), ("held", Amount(budget.Use?.Held)),
            ("left", Amount(budget.Use?.Left)), ("begins anew", Terminal.Time(budget.Use?.ResetsAt)),
            ("told at", Words.List([.. budget.Alerts.Select(percent => $"{percent} %")])), ("kept by", budget.KeptBy),
            ("made", Terminal.Time(budget.CreatedAt)), ("changed", Terminal.Time(budget.UpdatedAt)),
        ]);

    private static string State(Budget budget) => budget.Use is { Paused: true } ? "paused" : "open";

    private static string Unit(Budget budget) => budget.Currency ?? budget.Unit;

    private static string? Amount(long? amount) => amount?.ToString(CultureInfo.InvariantCulture);

    private static Option<string[]> Alerts(string otherwise) => Words.Texts(
        "--alert", $"A percent of the cap at which to tell, from 10 to 100; repeat. {otherwise}", "percent");

    private static List<int>? Percents(Session session, Option<string[]> option) => session.Values(option)?
        .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
            ? percent
            : throw new Complaint($"{text} is no percent.", "Send whole numbers: --alert 80 --alert 100."))
        .ToList();

    private static Option<T> Needed<T>(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, Required = true };
}
