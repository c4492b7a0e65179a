using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>Looking at an app as a user does: which one and why, the token once, and the end before its time.</summary>
internal sealed class ImpersonationPages(AdminRoutes map)
{
    private const string User = "/admin/users/{user}";

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, User + "/impersonate", call => Show(call, problem: null));
        map.Post(routes, User + "/impersonate", Begin);
        map.Post(routes, User + "/impersonations/{impersonation}/end", End);
    }

    private static async Task Show(AdminCall call, Problem? problem, JsonObject? created = null)
    {
        var user = await call.Invoke("users.get", [("user", call.Route("user"))]);
        if (user.Refused)
        {
            await call.Show<ProblemPage>(problem: user.Problem);
            return;
        }
        var apps = await call.Invoke("apps.list", query: [("limit", "200")]);
        await call.Show<ImpersonatePage>(
            new JsonObject { ["user"] = user.Value, ["apps"] = apps.Value, ["created"] = created },
            problem ?? apps.Problem);
    }

    private static async Task Begin(AdminCall call)
    {
        var answer = await call.Invoke(
            "users.impersonate", [("user", call.Route("user"))], body: call.Body("app_id", "reason"));
        // Not redirected: the token is shown here, once, and nowhere else.
        await Show(call, answer.Problem, answer.Refused ? null : answer.Value);
    }

    private static async Task End(AdminCall call)
    {
        var answer = await call.Invoke(
            "users.end_impersonation", [("user", call.Route("user")), ("impersonation", call.Route("impersonation"))]);
        if (answer.Problem is { } problem) await call.Show<ProblemPage>(problem: problem);
        else await call.Done("It is ended.", $"/admin/users/{call.Route("user")}");
    }
}
