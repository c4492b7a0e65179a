using Castellan.Apps;
using Castellan.Identity.Pages;
using Castellan.Kernel;
using Castellan.Platform.Pages;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Castellan.Identity.OAuth;

/// <summary>
/// What the authorize and sign-out endpoints do once OpenIddict has checked client, addresses and PKCE: send the browser to
/// the page that is missing (sign-in, consent), or give the code out.
/// </summary>
internal sealed class AuthorizePage(
    OAuthClients clients, VisitorReader visitors, SignInRequests requests, ConsentStore consents, PageRenderer renderer,
    TimeProvider time)
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;
    private static readonly string[] Methods = ["GET", "POST"];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/{environment}/oauth/authorize", Methods, Authorize);
        routes.MapMethods("/{environment}/oauth/logout", Methods, SignOut);
    }

    private async Task Authorize(HttpContext context)
    {
        if (await ShowRefusal(context)) return;
        var environment = OAuthEnvironment.Current;
        var scope = new EnvironmentScope(environment, App: null);
        var request = context.GetOpenIddictServerRequest()!;
        if (HttpMethods.IsPost(context.Request.Method))
        {
            // Without its cookie, which no foreign form brings: once more, as the navigation that it is.
            context.Response.Redirect(AddressOf(context, request), permanent: false, preserveMethod: false);
            return;
        }
        var client = await clients.FindByKey(environment, request.ClientId!);
        if (client is not { State: not AppState.Frozen })
        {
            await Refuse(context, Errors.AccessDenied, $"The app is frozen. {client?.StateReason}".TrimEnd());
            return;
        }
        var visitor = await visitors.Read(context, environment);
        if (visitor.User is null || MustSignInAgain(request, visitor.Session!))
        {
            if (request.HasPromptValue(PromptValues.None)) await Refuse(context, Errors.LoginRequired, "Nobody is signed in.");
            else Go(context, environment, PageFor(request), AddressOf(context, request, afterSignIn: true));
            return;
        }
        if (await consents.Find(scope, visitor.User.Id, client.App, ct: context.RequestAborted) is null
            || request.HasPromptValue(PromptValues.Consent))
        {
            if (request.HasPromptValue(PromptValues.None))
                await Refuse(context, Errors.ConsentRequired, "The user has not agreed yet.");
            else
                Go(context, environment, "consent", AddressOf(context, request, afterConsent: true));
            return;
        }
        var principal = Handlers.Principals
            .Of(visitor.User.Id, visitor.Session!.SignedInAt, request.GetScopes())
            .SetAuthorizationId(SessionId.New(time.GetUtcNow()).Value);
        await context.SignInAsync(Scheme, principal);
    }

    /// <summary>
    /// OpenID Connect RP-Initiated Logout. An id token of the signed-in user is word enough; otherwise the user is asked,
    /// so that no foreign page can sign people out.
    /// </summary>
    private async Task SignOut(HttpContext context)
    {
        if (await ShowRefusal(context)) return;
        var environment = OAuthEnvironment.Current;
        var visitor = await visitors.Read(context, environment);
        var hint = (await context.AuthenticateAsync(Scheme)).Principal;
        if (visitor.User is null)
        {
            await context.SignOutAsync(Scheme, new AuthenticationProperties { RedirectUri = $"/{environment}/sign-in" });
            return;
        }
        if (hint?.GetClaim(Claims.Subject) != visitor.User.Id.Value)
        {
            context.Response.Redirect($"/{environment}/sign-out");
            return;
        }
        SessionId? session = SessionId.TryParse(hint.GetClaim(Handlers.Principals.SessionClaim), out var id) ? id : null;
        await visitors.SignOut(context, visitor, session);
        await context.SignOutAsync(Scheme, new AuthenticationProperties { RedirectUri = $"/{environment}/sign-in" });
    }

    private bool MustSignInAgain(OpenIddictRequest request, PageSession session) =>
        request.HasPromptValue(PromptValues.Login)
        || (request.MaxAge is { } seconds && time.GetUtcNow() - session.SignedInAt > TimeSpan.FromSeconds(seconds));

    private static string PageFor(OpenIddictRequest request) =>
        request.HasPromptValue(PromptValues.Create) ? "sign-up" : "sign-in";

    /// <summary>
    /// The request's own address. What the pages on its way fulfil is left out, or they would come again without end.
    /// </summary>
    private static string AddressOf(
        HttpContext context, OpenIddictRequest request, bool afterSignIn = false, bool afterConsent = false)
    {
        var parameters = request.GetParameters().Where(parameter =>
            !((afterSignIn && parameter.Key is Parameters.MaxAge)
                || ((afterSignIn || afterConsent) && parameter.Key is Parameters.Prompt)));
        return context.Request.Path + QueryString.Create(
            parameters.Select(parameter => KeyValuePair.Create(parameter.Key, (string?)parameter.Value)));
    }

    private void Go(HttpContext context, string environment, string page, string address)
    {
        var text = Uri.EscapeDataString(requests.Sign(environment, address));
        context.Response.Redirect($"/{environment}/{page}?{SignInRequests.Field}={text}");
    }

    private static Task Refuse(HttpContext context, string error, string description) => context.ForbidAsync(
        Scheme,
        new AuthenticationProperties(new Dictionary<string, string?>
        {
            [OpenIddictServerAspNetCoreConstants.Properties.Error] = error,
            [OpenIddictServerAspNetCoreConstants.Properties.ErrorDescription] = description,
        }));

    /// <summary>What may not be sent to the client, because client or address are wrong, is said on a page of ours.</summary>
    private async ValueTask<bool> ShowRefusal(HttpContext context)
    {
        if (context.GetOpenIddictServerResponse() is not { Error: not null } response) return false;
        await renderer.Write<MessagePage>(context, new Dictionary<string, object?>
        {
            ["Title"] = "The app asked wrongly",
            ["Text"] = "The app that sent you here made a mistake, so nothing was done. Its makers can mend it.",
            ["Detail"] = $"{response.Error}: {response.ErrorDescription}",
        }, status: 400);
        return true;
    }
}
