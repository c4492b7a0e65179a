namespace Castellan.AdminUi;

/// <summary>The operator's own name, address and password.</summary>
internal sealed class OwnAccountPages(AdminRoutes map)
{
    private const string Here = "/admin/account";

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, Here, Show);
        map.Post(routes, Here, Rename);
        map.Get(routes, Here + "/email", call => call.Show<OwnEmailPage>());
        map.Post(routes, Here + "/email", ChangeEmail);
        map.Get(routes, Here + "/password", call => call.Show<OwnPasswordPage>());
        map.Post(routes, Here + "/password", ChangePassword);
    }

    private static Task Show(AdminCall call) => Show(call, problem: null);

    private static async Task Show(AdminCall call, Kernel.Problem? problem)
    {
        var me = await call.Invoke("operators.me");
        await call.Show<OwnAccountPage>(me.Value, problem ?? me.Problem);
    }

    private static async Task Rename(AdminCall call)
    {
        var answer = await call.Invoke("operators.update_me", body: call.Body("name"));
        if (answer.Problem is { } problem) await Show(call, problem);
        else await call.Done("Your name is saved.", Here);
    }

    private static async Task ChangeEmail(AdminCall call)
    {
        var answer = await call.Invoke(
            "operators.change_email", body: call.Body("email").Secret(call, "password"));
        if (answer.Problem is { } problem) await call.Show<OwnEmailPage>(problem: problem);
        else await call.Done($"You sign in with {answer.Value.Text("email")} now.", Here);
    }

    private static async Task ChangePassword(AdminCall call)
    {
        var answer = await call.Invoke(
            "operators.change_password",
            body: new System.Text.Json.Nodes.JsonObject().Secret(call, "current").Secret(call, "password"));
        if (answer.Problem is { } problem) await call.Show<OwnPasswordPage>(problem: problem);
        else await call.Done("Your password is changed. Your other sessions have ended.", Here);
    }
}
