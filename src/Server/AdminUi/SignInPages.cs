using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>Coming in by password or one-time link, and leaving.</summary>
internal sealed class SignInPages(AdminRoutes map, Gate gate, AdminServices services)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        map.GetOpen(routes, "/admin/sign-in", call => call.Show<SignInPage>(Next(call.Query("next"))));
        map.PostOpen(routes, "/admin/sign-in", SignIn);
        map.Post(routes, "/admin/sign-out", SignOut);
        map.GetOpen(routes, "/setup", call => Setup(call, call.Query("token") ?? "", problem: null));
        map.PostOpen(routes, "/setup", Claim);
    }

    private static async Task SignIn(AdminCall call)
    {
        var answer = await call.InvokeAs(
            Caller.Nobody, "operators.sign_in", body: call.Body("email").Secret(call, "password"));
        var next = Next(call.Field("next"));
        if (answer.Problem is { } problem) await call.Show<SignInPage>(next, problem);
        else await Enter(call, answer.Value, next);
    }

    private static async Task SignOut(AdminCall call)
    {
        await call.Invoke("operators.sign_out");
        call.Cookies.EndSession(call.Http);
        await call.Done("You are signed out.", "/admin/sign-in");
    }

    private async Task Setup(AdminCall call, string token, Problem? problem)
    {
        if (await Bearer(call, token) is not { } bearer)
        {
            await call.Show<LinkEndedPage>(status: StatusCodes.Status410Gone);
            return;
        }
        var claim = await call.InvokeAs(bearer, "operators.claim.get");
        if (claim.Refused) await call.Show<LinkEndedPage>(status: claim.Problem!.Type.Status);
        else await call.Show<SetupPage>(new JsonObject { ["token"] = token, ["claim"] = claim.Value }, problem);
    }

    private async Task Claim(AdminCall call)
    {
        var token = call.Field("token");
        if (await Bearer(call, token) is not { } bearer)
        {
            await call.Show<LinkEndedPage>(status: StatusCodes.Status410Gone);
            return;
        }
        var body = call.Body("name", "email").Secret(call, "password");
        var answer = await call.InvokeAs(bearer, "operators.claim", body: body);
        if (answer.Problem is { } problem) await Setup(call, token, problem);
        else await Enter(call, answer.Value, "/admin");
    }

    private async ValueTask<Caller?> Bearer(AdminCall call, string token)
    {
        var request = PageRequest.Empty(RequestId.New(services.Time.GetUtcNow()));
        var (caller, _) = await gate.Resolve(new Presented(token, null, null, request), call.Http.RequestAborted);
        return caller is { Kind: CallerKind.Capability } ? caller : null;
    }

    private static Task Enter(AdminCall call, JsonObject signedIn, string next)
    {
        call.Cookies.SetSession(call.Http, signedIn.Text("token"), signedIn.Time("expires_at")!.Value);
        return call.Redirect(next);
    }

    /// <summary>Only a page of ours: never an address that a link carries in.</summary>
    private static string Next(string? path) =>
        path is not null && (path == "/admin" || path.StartsWith("/admin/", StringComparison.Ordinal))
        && path.All(c => c is > ' ' and < '\x7f' and not '\\')
            ? path
            : "/admin";
}
