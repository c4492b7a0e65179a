namespace Castellan.Identity.Pages;

/// <summary>Where mailed links lead, and where they are asked for.</summary>
internal sealed class RecoveryPages(Visits visits, HostedCalls calls, PageWriter pages, PageGuard guard)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{environment}/verify", ShowVerify);
        routes.MapPost("/{environment}/verify", Verify);
        routes.MapGet("/{environment}/forgot", ShowForgot);
        routes.MapPost("/{environment}/forgot", Forgot);
        routes.MapGet("/{environment}/reset", ShowReset);
        routes.MapPost("/{environment}/reset", Reset);
    }

    private async Task ShowVerify(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        await pages.Form<VerifyPage>(visit, parameters: WithToken(visit.Query("token")));
    }

    private async Task Verify(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        var outcome = await calls.Invoke(
            context, visit.Bearer, "users.verify_email", new() { ["token"] = visit.Field("token") });
        if (outcome.Problem is { } problem)
        {
            await pages.Form<VerifyPage>(visit, problem, parameters: WithToken(visit.Field("token")));
            return;
        }
        await pages.Message(
            context, visit.Environment, "Your address is confirmed", "Thank you. That was all.", GoOn(visit),
            visit.Request is { } request ? $"Continue to {request.Client.Name}" : "Go on");
    }

    private async Task ShowForgot(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        await pages.Form<ForgotPage>(visit);
    }

    private async Task Forgot(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        var outcome = await calls.Invoke(
            context, visit.Bearer, "users.request_reset", new() { ["email"] = visit.Field("email") });
        if (outcome.Problem is { } problem)
        {
            await pages.Form<ForgotPage>(visit, problem);
            return;
        }
        guard.RememberWay(context, visit.Environment, visit.Request);
        await pages.Message(
            context, visit.Environment, "Check your mail",
            "If the address has an account, a mail with a link is on its way. The link works for 30 minutes.");
    }

    private async Task ShowReset(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        await pages.Form<ResetPage>(visit, parameters: WithToken(visit.Query("token"), visit.Environment));
    }

    private async Task Reset(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        var outcome = await calls.Invoke(context, visit.Bearer, "users.reset_password", new()
        {
            ["token"] = visit.Field("token"),
            ["password"] = visit.Field("password"),
        });
        if (outcome.Problem is { } problem)
        {
            await pages.Form<ResetPage>(
                visit, problem, parameters: WithToken(visit.Field("token"), visit.Environment));
            return;
        }
        guard.SignOut(context, visit.Environment);
        await pages.Message(
            context, visit.Environment, "Your password is set",
            "You were signed out everywhere. Sign in with the new one.",
            SignInAddress(visit), "Sign in");
    }

    /// <summary>A browser that is signed in goes straight on; in live it signs in first.</summary>
    private static string GoOn(Visit visit) => visit.Visitor.User is not null ? visit.Next : SignInAddress(visit);

    private static string SignInAddress(Visit visit) => visit.Request is { } request
        ? $"/{visit.Environment}/sign-in?{SignInRequests.Field}={Uri.EscapeDataString(request.Text)}"
        : $"/{visit.Environment}/sign-in";

    private static Dictionary<string, object?> WithToken(string? token) => new() { ["Token"] = token ?? "" };

    private static Dictionary<string, object?> WithToken(string? token, string environment) =>
        new() { ["Token"] = token ?? "", [nameof(ResetPage.PasswordMin)] = PasswordLength.Min(environment) };
}
