using Castellan.Apps;
using Castellan.Kernel;

namespace Castellan.Identity.Pages;

/// <summary>One's own account: where deleting a whole identity happens, and nowhere else.</summary>
internal sealed class AccountPages(
    Visits visits, HostedCalls calls, PageWriter pages, PageGuard guard, AppDirectory apps)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{environment}/account", context => With(context, visit => Show(visit)));
        routes.MapPost("/{environment}/account/name", context => With(context, ChangeName));
        routes.MapPost("/{environment}/account/withdraw", context => With(context, Withdraw));
        routes.MapPost("/{environment}/account/sessions", context => With(context, EndSession));
        routes.MapPost("/{environment}/account/everywhere", context => With(context, EndEverything));
        routes.MapPost("/{environment}/account/password", context => With(context, ChangePassword));
        routes.MapPost("/{environment}/account/delete", context => With(context, Delete));
    }

    private async Task With(HttpContext context, Func<Visit, Task> page)
    {
        if (await visits.Begin(context) is not { } visit) return;
        if (visit.Visitor.User is null) visit.Go($"/{visit.Environment}/sign-in");
        else await page(visit);
    }

    private async Task ChangeName(Visit visit)
    {
        var outcome = await calls.Invoke(
            visit.Http, visit.Visitor.Caller, "me.update", new() { ["name"] = visit.Field("name") ?? "" });
        await Show(visit, outcome.Problem, "name", "Your name is saved.");
    }

    private async Task Withdraw(Visit visit)
    {
        var outcome = await calls.Invoke(
            visit.Http, visit.Visitor.Caller, "consents.withdraw", new() { ["app_id"] = visit.Field("app_id") });
        await Show(visit, InWords(outcome.Problem, "This app does not know who you are any more."), part: null,
            "The app no longer knows who you are, and you are signed out of it.");
    }

    private async Task EndSession(Visit visit)
    {
        var outcome = await calls.Invoke(
            visit.Http, visit.Visitor.Caller, "sessions.revoke", fields: null, "session", visit.Field("session"));
        await Show(visit, InWords(outcome.Problem, "This session does not exist or has ended."), part: null,
            "You are signed out there. Castellan’s own pages still know that browser: signing out everywhere ends that "
            + "too.", offersEverywhere: outcome.Done);
    }

    private async Task EndEverything(Visit visit)
    {
        var outcome = await calls.Invoke(visit.Http, visit.Visitor.Caller, "sessions.revoke_all");
        if (outcome.Problem is { } problem)
        {
            await Show(visit, problem);
            return;
        }
        guard.SignOut(visit.Http, visit.Environment);
        await pages.Message(
            visit.Http, visit.Environment, "You are signed out everywhere",
            "Out of every app and of Castellan’s own pages, on every device.", $"/{visit.Environment}/sign-in",
            "Sign in again");
    }

    private async Task ChangePassword(Visit visit)
    {
        var outcome = await calls.Invoke(visit.Http, visit.Visitor.Caller, "me.change_password", new()
        {
            ["current"] = visit.Field("current"),
            ["password"] = visit.Field("password"),
        });
        if (outcome.Problem is { } problem)
        {
            await Show(visit, problem, "password");
            return;
        }
        // The page that follows has a new session, so it is shown by a request of its own.
        guard.SignIn(visit.Http, visit.Environment, outcome.Value(PagesJson.Wire.HostedSession).Token!);
        await pages.Message(
            visit.Http, visit.Environment, "Your password is changed",
            "You were signed out of every app and every other browser.", $"/{visit.Environment}/account",
            "Your account");
    }

    private async Task Delete(Visit visit)
    {
        var proof = await calls.Invoke(visit.Http, visit.Visitor.Caller, "me.prove", new()
        {
            ["email"] = visit.Field("email"),
            ["password"] = visit.Field("password"),
        });
        var outcome = proof.Done ? await calls.Invoke(visit.Http, visit.Visitor.Caller, "me.delete") : proof;
        if (outcome.Problem is { } problem)
        {
            await Show(visit, problem, "delete");
            return;
        }
        guard.SignOut(visit.Http, visit.Environment);
        await pages.Message(
            visit.Http, visit.Environment, "Your account is deleted",
            "Your identity has ended in every app. Farewell.");
    }

    /// <summary>What was named is gone: in words that fit it.</summary>
    private static Problem? InWords(Problem? problem, string gone) =>
        problem?.Type == GateProblems.NotFound ? problem with { Detail = gone } : problem;

    private async Task Show(
        Visit visit, Problem? problem = null, string? part = null, string? done = null, bool offersEverywhere = false)
    {
        var caller = visit.Visitor.Caller;
        var user = await calls.Invoke(visit.Http, caller, "me.get");
        var sessions = await calls.Invoke(visit.Http, caller, "sessions.list");
        var consents = await calls.Invoke(visit.Http, caller, "consents.list");
        if ((user.Problem ?? sessions.Problem ?? consents.Problem) is { } failed)
        {
            await pages.Message(
                visit.Http, visit.Environment, "This did not work", PageWords.Of(failed, visit.Environment)[0].Text,
                status: failed.Type.Status);
            return;
        }
        var person = user.Value(IdentityJson.Wire.User);
        var shown = new List<SessionView>();
        foreach (var session in sessions.Value(IdentityJson.Wire.ListOfSession).Items)
        {
            var name = (await apps.Find(session.AppId))?.Name ?? session.AppId.Value;
            shown.Add(new SessionView(
                session.Id.Value, name, Devices.Shown(session.UserAgent), session.CreatedAt, session.LastUsedAt)
            {
                IsHere = session.Current,
            });
        }
        var known = new List<ConsentView>();
        foreach (var consent in consents.Value(PagesJson.Wire.ListOfConsent).Items)
        {
            var settings = await apps.FindSettings(consent.AppId, visit.Environment);
            var address = settings is { Origins: [var origin, ..] } ? origin : null;
            known.Add(new ConsentView(consent.AppId.Value, consent.AppName, address, consent.GrantedAt));
        }
        await pages.Form<AccountPage>(visit, problem, part, problem is null ? done : null, new()
        {
            [nameof(AccountPage.Person)] = new PersonView(person.Email, person.EmailVerified, person.Name),
            [nameof(AccountPage.Sessions)] = shown,
            [nameof(AccountPage.Consents)] = known,
            [nameof(AccountPage.Since)] = visit.Visitor.Session!.SignedInAt,
            [nameof(AccountPage.OffersEverywhere)] = offersEverywhere,
            [nameof(AccountPage.PasswordMin)] = PasswordLength.Min(visit.Environment),
        });
    }
}

/// <summary>A browser and a system by name, as far as people need to tell their devices apart.</summary>
internal static class Devices
{
    private static readonly (string Mark, string Name)[] Browsers =
        [("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];

    private static readonly (string Mark, string Name)[] Systems =
    [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    ];

    public static string Shown(string? userAgent)
    {
        if (userAgent is null) return "an unknown device";
        var browser = Find(Browsers, userAgent) ?? "a program";
        return Find(Systems, userAgent) is { } system ? $"{browser} on {system}" : browser;
    }

    private static string? Find((string Mark, string Name)[] known, string userAgent) =>
        Array.Find(known, entry => userAgent.Contains(entry.Mark, StringComparison.Ordinal)).Name;
}
