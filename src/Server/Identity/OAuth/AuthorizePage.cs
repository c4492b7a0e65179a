using Castellan.Identity.Pages;
using Castellan.Kernel;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Castellan.Identity.OAuth;

/// <summary>
/// What the authorize endpoint does once OpenIddict has checked client, address and PKCE: send the browser to the page
/// that is missing (sign-in, consent), or give the code out.
/// </summary>
internal sealed class AuthorizePage(
    OAuthClients clients, VisitorReader visitors, SignInRequests requests, ConsentStore consents, TimeProvider time)
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;
    private static readonly string[] Methods = ["GET", "POST"];

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/{environment}/oauth/authorize", Methods, Authorize);

    private async Task Authorize(HttpContext context)
    {
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
        if (client is not { IsFrozen: false })
        {
            await Refuse(context, Errors.AccessDenied, "The app is frozen.");
            return;
        }
        var visitor = await visitors.Read(context, environment);
        if (visitor.User is null || MustSignInAgain(request, visitor.Session!))
        {
            if (request.HasPromptValue(PromptValues.None))
                await Refuse(context, Errors.LoginRequired, "Nobody is signed in.");
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
            .SetAuthorizationId(SessionId.New(time.GetUtcNow()).Value)
            .SetClaim(Handlers.Principals.BrowserClaim, visitor.Browser);
        await context.SignInAsync(Scheme, principal);
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
}
