using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>Operators: invite, change, suspend; and the command line's one-time token.</summary>
internal sealed class OperatorPages(AdminRoutes map)
{
    private const string One = "/admin/operators/{operator}";

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, "/admin/operators", call => List(call, problem: null));
        map.Post(routes, "/admin/operators", Invite);
        map.PostShown(routes, "/admin/operators/token", Page, CreateToken);
        map.PostShown(routes, One + "/role", Page, ChangeRole);
        map.PostShown(routes, One + "/link", Page, CreateLink);
        foreach (var (verb, act) in Acts)
        {
            map.Get(routes, $"{One}/{verb}", call => call.Show<ConfirmPage>(act));
            map.Post(routes, $"{One}/{verb}", call => Do(call, verb, act));
        }
    }

    private static readonly (string Verb, Confirmation Act)[] Acts =
    [
        ("suspend", new Confirmation("Suspend the operator?",
            "Sessions and links end at once; every call is refused. Nothing is lost.", "Suspend", "/admin/operators")
        {
            AsksReason = true,
        }),
        ("restore",
            new Confirmation("Restore the operator?", "The operator can sign in again.", "Restore", "/admin/operators")
        {
            AsksReason = true,
        }),
    ];

    private static string Page(AdminCall call) => "/admin/operators";

    private static async Task List(AdminCall call, Problem? problem, JsonObject? link = null, JsonObject? token = null)
    {
        var operators = await call.Invoke("operators.list", query: [("cursor", call.Query("cursor"))]);
        var content = new JsonObject { ["operators"] = operators.Value, ["link"] = link, ["token"] = token };
        await call.Show<OperatorsPage>(content, problem ?? operators.Problem);
    }

    // Answers that show a secret are not redirected: the page is the only one that ever shows it.
    private static async Task Invite(AdminCall call)
    {
        var answer = await call.Invoke("operators.create", body: call.Body("name", "email", "role"));
        await List(call, answer.Problem, link: answer.Refused ? null : answer.Value);
    }

    private static async Task CreateLink(AdminCall call)
    {
        var answer = await call.Invoke("operators.link.create", [("operator", call.Route("operator"))], body: []);
        await List(call, answer.Problem, link: answer.Refused ? null : answer.Value);
    }

    private static async Task CreateToken(AdminCall call)
    {
        var answer = await call.Invoke("operators.tokens.create", body: []);
        await List(call, answer.Problem, token: answer.Refused ? null : answer.Value);
    }

    private static async Task ChangeRole(AdminCall call)
    {
        var answer =
            await call.Invoke("operators.update", [("operator", call.Route("operator"))], body: call.Body("role"));
        if (answer.Problem is { } problem) await List(call, problem);
        else await call.Done($"The role is {answer.Value.Text("role")} now.", "/admin/operators");
    }

    private static async Task Do(AdminCall call, string verb, Confirmation act)
    {
        var answer =
            await call.Invoke($"operators.{verb}", [("operator", call.Route("operator"))], body: call.Body("reason"));
        if (answer.Problem is { } problem) await call.Show<ConfirmPage>(act, problem);
        else await call.Done($"{answer.Value.Text("name")} is {answer.Value.Text("state")} now.", "/admin/operators");
    }
}
