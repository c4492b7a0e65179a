using Castellan.Installation;
using Castellan.Kernel;
using Microsoft.AspNetCore.Http.Features;

namespace Castellan.Identity.Pages;

/// <summary>Who is at a page: the browser's session, and its user where both are good.</summary>
internal sealed record Visitor(string Environment, string? Token, PageSession? Session, User? User)
{
    public EnvironmentScope Scope => new(Environment, App: null);

    /// <summary>As whom the page calls operations for a user who is signed in.</summary>
    public Caller Caller => Caller.OfAccountPage(Environment, User!.Id, User.Email) with { Credential = Browser };

    /// <summary>By what sessions know the browser, where it has signed in here before.</summary>
    public string? Browser { get; init; }
}

/// <summary>
/// One request to a page. <paramref name="Form"/> is set for posts, and only once the browser has proven that we showed
/// it.
/// </summary>
internal sealed record Visit(HttpContext Http, Visitor Visitor, SignInRequest? Request, IFormCollection? Form)
{
    public string Environment => Visitor.Environment;

    /// <summary>As whom the bearer of a mailed link calls operations: no app has a part in it.</summary>
    public Caller Bearer => OfPage(app: null);

    /// <summary>As whom forms before a sign-in call operations: nobody yet, on the way to an app.</summary>
    public Caller Stranger => OfPage(Request?.Client.App);

    /// <summary>The page of ours that a sign-in leads to where no app asked for it.</summary>
    public string? Place { get; init; }

    /// <summary>Where the way goes on after signing in.</summary>
    public string Next => Request?.Address ?? Place ?? $"/{Environment}/account";

    public string? Query(string name) => Http.Request.Query[name] is [{ Length: > 0 and <= 8192 } value] ? value : null;

    public string? Field(string name) => Form?[name] is [{ Length: > 0 } value] ? value : null;

    public void Go(string address) => Http.Response.Redirect(address);

    private Caller OfPage(AppId? app) => Caller.Capability(EmailLinkEndpoints.PagePurpose, Environment, app) with
    {
        Display = "somebody on Castellan's page",
    };
}

/// <summary>Finds out who visits.</summary>
internal sealed class VisitorReader(PageSessions sessions, PageGuard guard, SessionDirectory directory)
{
    public async ValueTask<Visitor> Read(HttpContext context, string environment)
    {
        var scope = new EnvironmentScope(environment, App: null);
        var token = guard.SessionToken(context, environment);
        if (await sessions.Use(scope, token, context.RequestAborted) is not { } session)
            return new Visitor(environment, Token: null, Session: null, User: null);
        return await directory.FindUser(scope, session.User) is { SuspendedAt: null } user
            ? new Visitor(environment, token, session, user) { Browser = guard.Browser(context, environment) }
            : new Visitor(environment, token, Session: null, User: null);
    }
}

/// <summary>
/// Begins each page: the environment of its path, the visitor, the way it is on, and the proof of its form.
/// </summary>
internal sealed class Visits(
    EnvironmentDirectory environments, VisitorReader visitors, SignInRequests requests, PageGuard guard,
    PageWriter pages)
{
    private const int FormBytes = 64 * 1024;

    /// <summary>Null: the request was refused and answered.</summary>
    public async ValueTask<Visit?> Begin(HttpContext context)
    {
        var environment = (string)context.Request.RouteValues["environment"]!;
        if (!environments.Exists(environment))
        {
            await pages.Message(
                context, EnvironmentDirectory.Live, "This page does not exist", "Check its address.", status: 404);
            return null;
        }
        var visitor = await visitors.Read(context, environment);
        if (!HttpMethods.IsPost(context.Request.Method))
        {
            var way = (string?)context.Request.Query[SignInRequests.Field] ?? guard.WayBack(context, environment);
            return new Visit(context, visitor, await requests.Read(environment, way), Form: null)
            {
                Place = guard.Place(context, environment),
            };
        }
        if (await ReadForm(context) is { } form && guard.IsOurs(context, environment, visitor.Session, form))
        {
            var request = await requests.Read(environment, form[SignInRequests.Field]);
            return new Visit(context, visitor, request, form) { Place = guard.Place(context, environment) };
        }
        await pages.Message(
            context, environment, "This form has expired",
            "The page was open for too long, or the form did not come from it. Nothing was done.",
            $"/{environment}/account", "Start again", status: 400);
        return null;
    }

    private static async ValueTask<IFormCollection?> ReadForm(HttpContext context)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = FormBytes;
        if (!context.Request.HasFormContentType) return null;
        try
        {
            return await context.Request.ReadFormAsync(context.RequestAborted);
        }
        catch (Exception error) when (error is InvalidDataException or InvalidOperationException or IOException)
        {
            return null;
        }
    }
}
