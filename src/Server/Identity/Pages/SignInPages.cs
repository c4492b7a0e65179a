namespace Castellan.Identity.Pages;

/// <summary>Signing in, up and out.</summary>
internal sealed class SignInPages(Visits visits, HostedCalls calls, PageWriter pages, PageGuard guard)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{environment}/sign-in", ShowSignIn);
        routes.MapPost("/{environment}/sign-in", SignIn);
        routes.MapGet("/{environment}/sign-up", ShowSignUp);
        routes.MapPost("/{environment}/sign-up", SignUp);
        routes.MapGet("/{environment}/sign-out", ShowSignOut);
        routes.MapPost("/{environment}/sign-out", SignOut);
    }

    private async Task ShowSignIn(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        await pages.Form<SignInPage>(visit);
    }

    private async Task SignIn(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        var outcome = await calls.Invoke(context, visit.Stranger, "users.sign_in_hosted", new()
        {
            ["email"] = visit.Field("email"),
            ["password"] = visit.Field("password"),
            ["replaces"] = visit.Visitor.Token,
        });
        if (outcome.Problem is { } problem) await pages.Form<SignInPage>(visit, problem);
        else Enter(visit, outcome);
    }

    private async Task ShowSignUp(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        await pages.Form<SignUpPage>(visit, parameters: WithPasswordMin(visit));
    }

    private async Task SignUp(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        var outcome = await calls.Invoke(context, visit.Stranger, "users.sign_up_hosted", new()
        {
            ["email"] = visit.Field("email"),
            ["password"] = visit.Field("password"),
            ["name"] = visit.Field("name"),
        });
        if (outcome.Problem is { } problem)
        {
            await pages.Form<SignUpPage>(visit, problem, parameters: WithPasswordMin(visit));
        }
        else if (outcome.Value(PagesJson.Wire.HostedSession).Token is not null)
        {
            Enter(visit, outcome);
        }
        else
        {
            guard.RememberWay(context, visit.Environment, visit.Request);
            await pages.Message(
                context, visit.Environment, "Check your mail",
                "We have sent a mail to the address that you entered. Follow the link in it, then sign in.");
        }
    }

    private async Task ShowSignOut(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        if (visit.Visitor.User is not { } user) visit.Go($"/{visit.Environment}/sign-in");
        else await pages.Form<SignOutPage>(visit, parameters: new() { [nameof(SignOutPage.Email)] = user.Email });
    }

    private async Task SignOut(HttpContext context)
    {
        if (await visits.Begin(context) is not { } visit) return;
        await calls.SignOut(context, visit.Visitor, session: null);
        guard.SignOut(context, visit.Environment);
        if (visit.Request is { } request)
            visit.Go($"/{visit.Environment}/sign-in?{SignInRequests.Field}={Uri.EscapeDataString(request.Text)}");
        else await pages.Message(
            context, visit.Environment, "You are signed out",
            "On Castellan's pages, in this browser. Apps that you use stay signed in until you sign out there.",
            $"/{visit.Environment}/sign-in", "Sign in again");
    }

    private void Enter(Visit visit, Outcome outcome)
    {
        guard.SignIn(visit.Http, visit.Environment, outcome.Value(PagesJson.Wire.HostedSession).Token!);
        guard.ForgetWay(visit.Http, visit.Environment);
        visit.Go(visit.Next);
    }

    private static Dictionary<string, object?> WithPasswordMin(Visit visit) =>
        new() { [nameof(SignUpPage.PasswordMin)] = PasswordLength.Min(visit.Environment) };
}
