using System.Text.Json.Nodes;

namespace Castellan.AdminUi;

/// <summary>Users and tenants of the chosen environment.</summary>
internal sealed class PeoplePages(AdminRoutes map)
{
    private const string User = "/admin/users/{user}";

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, "/admin/users", Users);
        map.Get(routes, User, UserDetail);
        foreach (var (verb, act) in Acts)
        {
            map.Get(routes, $"{User}/{verb}", call => call.Show<ConfirmPage>(Confirm(call, act)));
            map.Post(routes, $"{User}/{verb}", call => Do(call, act));
        }
        map.Get(routes, "/admin/tenants", Tenants);
        map.Get(routes, "/admin/tenants/{tenant}", TenantDetail);
    }

    private sealed record Act(string Operation, string Question, string Effect, string Button, string Notice);

    private static readonly (string Verb, Act Act)[] Acts =
    [
        ("suspend", new Act("users.suspend", "Suspend the user?",
            "Sign-in and every call are refused in all apps of this environment, at once. Nothing is lost.",
            "Suspend", "The user is suspended.")),
        ("restore", new Act("users.restore", "Restore the user?", "The user can sign in again.",
            "Restore", "The user is restored.")),
        ("revoke-sessions", new Act("users.revoke_sessions", "End all sessions?",
            "The user is signed out of every app of this environment and has to sign in again.",
            "End sessions", "All sessions are ended.")),
    ];

    private static async Task Users(AdminCall call)
    {
        var answer =
            await call.Invoke("users.list", query: [("email", call.Query("email")), ("cursor", call.Query("cursor"))]);
        await call.Show<UsersPage>(answer.Value, answer.Problem);
    }

    private static async Task UserDetail(AdminCall call)
    {
        var user = await call.Invoke("users.get", [("user", call.Route("user"))]);
        if (user.Refused) await call.Show<ProblemPage>(problem: user.Problem);
        else await call.Show<UserPage>(user.Value);
    }

    private static Confirmation Confirm(AdminCall call, Act act) =>
        new(act.Question, act.Effect, act.Button, $"/admin/users/{call.Route("user")}") { AsksReason = true };

    private static async Task Do(AdminCall call, Act act)
    {
        var answer = await call.Invoke(act.Operation, [("user", call.Route("user"))], body: call.Body("reason"));
        if (answer.Problem is { } problem) await call.Show<ConfirmPage>(Confirm(call, act), problem);
        else await call.Done(act.Notice, $"/admin/users/{call.Route("user")}");
    }

    private static async Task Tenants(AdminCall call)
    {
        var answer = await call.Invoke("tenants.list", query: [("cursor", call.Query("cursor"))]);
        await call.Show<TenantsPage>(answer.Value, answer.Problem);
    }

    private static async Task TenantDetail(AdminCall call)
    {
        (string, string?)[] path = [("tenant", call.Route("tenant"))];
        var tenant = await call.Invoke("tenants.get", path);
        if (tenant.Refused)
        {
            await call.Show<ProblemPage>(problem: tenant.Problem);
            return;
        }
        var members = await call.Invoke("members.list", path, [("cursor", call.Query("members"))]);
        var workspaces = await call.Invoke("workspaces.list", path, [("cursor", call.Query("workspaces"))]);
        var apps = await call.Invoke("tenants.apps", path, [("cursor", call.Query("apps"))]);
        await call.Show<TenantPage>(
            new JsonObject
            {
                ["tenant"] = tenant.Value, ["members"] = members.Value, ["workspaces"] = workspaces.Value,
                ["apps"] = apps.Value,
            },
            members.Problem ?? workspaces.Problem ?? apps.Problem);
    }
}
