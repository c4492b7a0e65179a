using System.Text.Json.Nodes;

namespace Castellan.AdminUi;

/// <summary>
/// Where an operator lets a command line in: the code is typed, or came with the link; the page shows who asks, and the
/// operator decides.
/// </summary>
internal sealed class DevicePages(AdminRoutes map)
{
    private const string Here = "/admin/device";

    public void Map(IEndpointRouteBuilder routes)
    {
        // The address that the command line shows: short, because it may be typed.
        routes.MapGet("/device", context =>
        {
            context.Response.Redirect(Here + context.Request.QueryString);
            return Task.CompletedTask;
        });
        map.Get(routes, Here, call => Show(call, call.Query("code"), problem: null));
        map.Post(routes, Here + "/approve", call =>
            Decide(call, "operators.devices.approve", "is signed in as you. Go back to it."));
        map.Post(routes, Here + "/deny", call =>
            Decide(call, "operators.devices.deny", "is refused."));
    }

    private static async Task Show(AdminCall call, string? code, Kernel.Problem? problem)
    {
        var found = code is null
            ? null
            : await call.Invoke("operators.devices.find", body: new JsonObject { ["user_code"] = code });
        var content = new JsonObject
        {
            ["code"] = code,
            ["device"] = found is { Refused: false } ? found.Value : null,
            ["own_address"] = call.Http.Connection.RemoteIpAddress?.ToString(),
        };
        await call.Show<DevicePage>(content, problem ?? found?.Problem);
    }

    private static async Task Decide(AdminCall call, string operation, string then)
    {
        var answer = await call.Invoke(operation, body: call.Body("user_code"));
        if (answer.Problem is { } problem) await Show(call, code: null, problem);
        else await call.Done($"'{answer.Value.Text("name")}' {then}", Here);
    }
}
