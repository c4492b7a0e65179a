using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>What there is and what happened: overview, audit log, development mailbox.</summary>
internal sealed class LogPages(AdminRoutes map)
{
    private const string Sandbox = Installation.EnvironmentDirectory.Sandbox;

    public static readonly string[] AuditFilters =
        ["actor", "action", "target", "app", "tenant", "run", "since", "until"];

    private static readonly Problem NoPage = new(GateProblems.NotFound)
    {
        Detail = "No page has this address.", Fix = "Check it, or choose a page above.",
    };

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, "/admin", Overview);
        map.Get(routes, "/admin/audit", Audit);
        map.Get(routes, "/admin/mailbox", Mailbox);
        map.Get(routes, "/admin/mailbox/{mail}", Mail);
        map.Get(routes, "/admin/{**nothing}", call => call.Show<ProblemPage>(problem: NoPage));
    }

    private static async Task Overview(AdminCall call)
    {
        var installation = await call.Invoke("installation.get");
        var apps = await call.Invoke("apps.list", query: [("limit", "200")]);
        var audit = await call.Invoke("audit.list", query: [("limit", "10")]);
        await call.Show<OverviewPage>(
            new JsonObject { ["installation"] = installation.Value, ["apps"] = apps.Value, ["audit"] = audit.Value },
            installation.Problem);
    }

    private static async Task Audit(AdminCall call)
    {
        (string, string?)[] query =
        [
            .. AuditFilters.Select(name =>
                (name, name is "since" or "until" ? Time(call.Query(name)) : call.Query(name))),
            ("cursor", call.Query("cursor")),
        ];
        var answer = await call.Invoke("audit.list", query: query);
        var filters = new JsonObject();
        foreach (var name in AuditFilters) filters[name] = call.Query(name);
        var apps = await call.Invoke("apps.list", query: [("limit", "200")]);
        await call.Show<AuditPage>(
            new JsonObject { ["list"] = answer.Value, ["filters"] = filters, ["apps"] = apps.Value }, answer.Problem);
    }

    private static async Task Mailbox(AdminCall call)
    {
        var answer = await call.Invoke(
            "mail.list", query: [("to", call.Query("to")), ("cursor", call.Query("cursor"))], within: Sandbox);
        await call.Show<MailboxPage>(answer.Value, answer.Problem);
    }

    private static async Task Mail(AdminCall call)
    {
        var answer = await call.Invoke("mail.get", [("mail", call.Route("mail"))], within: Sandbox);
        if (answer.Refused) await call.Show<ProblemPage>(problem: answer.Problem);
        else await call.Show<MailPage>(answer.Value);
    }

    /// <summary>A browser's date and time field carries no zone: it means UTC, as the page says.</summary>
    private static string? Time(string? typed) => typed switch
    {
        { Length: 10 } => typed + "T00:00:00Z",
        { Length: 16 } => typed + ":00Z",
        { Length: 19 } => typed + "Z",
        _ => typed,
    };
}
