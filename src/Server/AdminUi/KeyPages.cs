using System.Globalization;
using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>An app's keys beside what its page does: made with bounds, rotated, stopped and started again.</summary>
internal sealed class KeyPages(AdminRoutes map)
{
    private const string All = "/admin/apps/{app}/keys";
    private const string One = All + "/{key}";

    public void Map(IEndpointRouteBuilder routes)
    {
        map.Get(routes, All + "/new", call => call.Show<KeyFormPage>());
        map.Post(routes, All + "/new", Create);
        map.Get(routes, One + "/rotate", call => call.Show<KeyRotatePage>());
        map.Post(routes, One + "/rotate", Rotate);
        map.Get(routes, One + "/disable", call => ConfirmDisable(call, problem: null));
        map.Post(routes, One + "/disable", Disable);
        map.Get(routes, One + "/enable", ConfirmEnable);
        map.Post(routes, One + "/enable", Enable);
    }

    private static string Page(AdminCall call) => $"/admin/apps/{call.Route("app")}";

    private static async Task Create(AdminCall call)
    {
        var body = call.Body("name", "kind", "description", "tenant_id", "owner_id")
            .Lines(call, "permissions").Lines(call, "ip_ranges").Lines(call, "origins")
            .Number(call, "rate_per_minute");
        // A secret key holds everything where nothing is named.
        if (body["permissions"]!.AsArray().Count == 0) body.Remove("permissions");
        if (call.Field("days") is { Length: > 0 } days) body["expires_at"] = Expiry.In(call.Now, days);
        var answer = await call.Invoke("keys.create", Environment(call), body: body);
        // Not redirected: the secret is shown here, once, and nowhere else.
        if (answer.Problem is { } problem) await call.Show<KeyFormPage>(problem: problem);
        else await call.Show<KeyShownPage>(answer.Value);
    }

    private static async Task Rotate(AdminCall call)
    {
        var body = new JsonObject().Number(call, "overlap_minutes");
        var answer = await call.Invoke("keys.rotate", Key(call), body: body);
        if (answer.Problem is { } problem) await call.Show<KeyRotatePage>(problem: problem);
        else await call.Show<KeyShownPage>(answer.Value);
    }

    private static Task ConfirmDisable(AdminCall call, Problem? problem) => call.Show<ConfirmPage>(
        new Confirmation(
            "Disable the key?",
            $"Whoever uses {call.Route("key")} is refused from the next request on, until it is enabled again.",
            "Disable", Page(call))
        {
            AsksReason = true,
        }, problem);

    private static async Task Disable(AdminCall call)
    {
        var answer = await call.Invoke("keys.disable", Key(call), body: call.Body("reason"));
        if (answer.Problem is { } problem) await ConfirmDisable(call, problem);
        else await call.Done("The key is disabled.", Page(call));
    }

    private static Task ConfirmEnable(AdminCall call) => call.Show<ConfirmPage>(new Confirmation(
        "Enable the key?", $"{call.Route("key")} is taken again from the next request on.", "Enable", Page(call)));

    private static async Task Enable(AdminCall call)
    {
        var answer = await call.Invoke("keys.enable", Key(call));
        if (answer.Problem is { } problem) await call.Show<ProblemPage>(problem: problem);
        else await call.Done("The key is enabled.", Page(call));
    }

    private static (string, string?)[] Environment(AdminCall call) =>
        [("app", call.Route("app")), ("environment", call.Environment)];

    private static (string, string?)[] Key(AdminCall call) => [.. Environment(call), ("key", call.Route("key"))];
}

/// <summary>When a key ends that is made in a form.</summary>
internal static class Expiry
{
    /// <summary>A century; later times would leave the calendar.</summary>
    private const int DaysMax = 36_500;

    /// <summary>What is no number of days stays as it is: the operation refuses it, and says why.</summary>
    public static string In(DateTimeOffset now, string days) =>
        int.TryParse(days, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count is > 0 and <= DaysMax
            ? now.AddDays(count).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)
            : days;
}
