using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>Apps: which exist, their settings in the chosen environment, their keys and their state.</summary>
internal sealed class AppPages(AdminRoutes map)
{
    private const string One = "/admin/apps/{app}";

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, "/admin/apps", List);
        map.Get(routes, "/admin/apps/new", call => call.Show<AppFormPage>());
        map.Post(routes, "/admin/apps/new", Register);
        map.Get(routes, One, call => Detail(call, problem: null));
        map.Get(routes, One + "/edit", call => Edit(call, problem: null));
        map.Post(routes, One + "/edit", Update);
        map.PostShown(routes, One + "/settings", Page, UpdateSettings);
        map.PostShown(routes, One + "/keys", Page, CreateKey);
        map.Get(routes, One + "/keys/{key}/revoke", call => ConfirmRevoke(call, problem: null));
        map.Post(routes, One + "/keys/{key}/revoke", RevokeKey);
        map.Get(routes, One + "/transition", call => ConfirmTransition(call, problem: null));
        map.Post(routes, One + "/transition", Transition);
    }

    private static string Page(AdminCall call) => $"/admin/apps/{call.Route("app")}";

    private static async Task List(AdminCall call)
    {
        var answer =
            await call.Invoke("apps.list", query: [("state", call.Query("state")), ("cursor", call.Query("cursor"))]);
        await call.Show<AppsPage>(answer.Value, answer.Problem);
    }

    private static readonly string[] Registry =
        ["name", "owner", "builder", "builder_url", "model", "repository", "data_class"];

    private static async Task Register(AdminCall call)
    {
        var answer = await call.Invoke("apps.create", body: call.Body(Registry));
        if (answer.Problem is { } problem) await call.Show<AppFormPage>(problem: problem);
        else await call.Done($"{answer.Value.Text("name")} is registered.", $"/admin/apps/{answer.Value.Text("id")}");
    }

    private static async Task Edit(AdminCall call, Problem? problem)
    {
        var app = await call.Invoke("apps.get", [("app", call.Route("app"))]);
        if (app.Refused) await call.Show<ProblemPage>(problem: app.Problem);
        else await call.Show<AppFormPage>(app.Value, problem);
    }

    private static async Task Update(AdminCall call)
    {
        var answer = await call.Invoke("apps.update", [("app", call.Route("app"))], body: call.Body(Registry));
        if (answer.Problem is { } problem) await Edit(call, problem);
        else await call.Done("Saved.", Page(call));
    }

    private static async Task Detail(AdminCall call, Problem? problem, JsonObject? created = null)
    {
        (string, string?)[] path = [("app", call.Route("app")), ("environment", call.Environment)];
        var app = await call.Invoke("apps.get", path[..1]);
        if (app.Refused)
        {
            await call.Show<ProblemPage>(problem: app.Problem);
            return;
        }
        var settings = await call.Invoke("apps.settings.get", path);
        var keys = await call.Invoke("keys.list", path, [("cursor", call.Query("cursor"))]);
        await call.Show<AppPage>(
            new JsonObject
            {
                ["app"] = app.Value, ["settings"] = settings.Value, ["keys"] = keys.Value, ["created"] = created,
                ["now"] = $"{call.Now:O}",
            },
            problem ?? settings.Problem ?? keys.Problem);
    }

    private static async Task UpdateSettings(AdminCall call)
    {
        var body = new JsonObject().Lines(call, "origins").Ticked(call, "origin_presets").Lines(call, "redirect_uris")
            .Flag(call, "password_forms").Flag(call, "native");
        var answer = await call.Invoke("apps.settings.update", Environment(call), body: body);
        if (answer.Problem is { } problem) await Detail(call, problem);
        else await call.Done($"Saved for {call.Environment}.", Page(call));
    }

    private static async Task CreateKey(AdminCall call)
    {
        var body = new JsonObject { ["name"] = call.Field("key_name") };
        if (call.Field("days") is { Length: > 0 } days) body["expires_at"] = Expiry.In(call.Now, days);
        var answer = await call.Invoke("keys.create", Environment(call), body: body);
        // Not redirected: the secret is shown here, once, and nowhere else.
        await Detail(call, answer.Problem, answer.Refused ? null : answer.Value);
    }

    private static Task ConfirmRevoke(AdminCall call, Problem? problem) => call.Show<ConfirmPage>(
        new Confirmation(
            "Revoke the key?",
            $"Whoever uses {call.Route("key")} is refused from the next request on. This cannot be undone.",
            "Revoke", Page(call))
        {
            AsksReason = true,
        },
        problem);

    private static async Task RevokeKey(AdminCall call)
    {
        var answer = await call.Invoke(
            "keys.revoke", [.. Environment(call), ("key", call.Route("key"))], body: call.Body("reason"));
        if (answer.Problem is { } problem) await ConfirmRevoke(call, problem);
        else await call.Done("The key is revoked.", Page(call));
    }

    private static async Task ConfirmTransition(AdminCall call, Problem? problem)
    {
        var app = await call.Invoke("apps.get", [("app", call.Route("app"))]);
        if (app.Refused) await call.Show<ProblemPage>(problem: app.Problem);
        else await call.Show<TransitionPage>(app.Value, problem);
    }

    private static async Task Transition(AdminCall call)
    {
        var answer =
            await call.Invoke("apps.transition", [("app", call.Route("app"))], body: call.Body("state", "reason"));
        if (answer.Problem is { } problem) await ConfirmTransition(call, problem);
        else await call.Done($"The app is {answer.Value.Text("state")} now.", Page(call));
    }

    private static (string, string?)[] Environment(AdminCall call) =>
        [("app", call.Route("app")), ("environment", call.Environment)];
}
