using Castellan.Identity.Pages;
using Microsoft.AspNetCore.Authentication;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace Castellan.Identity.OAuth;

/// <summary>
/// OpenID Connect RP-Initiated Logout 1.0. An id token of the signed-in user is word enough; otherwise the user is
/// asked, so that no foreign page can sign people out.
/// </summary>
internal sealed class EndSessionPage(VisitorReader visitors, HostedCalls calls, PageGuard guard)
{
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;
    private static readonly string[] Methods = ["GET", "POST"];

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods("/{environment}/oauth/logout", Methods, SignOut);

    private async Task SignOut(HttpContext context)
    {
        var environment = OAuthEnvironment.Current;
        var visitor = await visitors.Read(context, environment);
        if (visitor.User is { } user)
        {
            var hint = (await context.AuthenticateAsync(Scheme)).Principal;
            if (hint?.GetClaim(OpenIddictConstants.Claims.Subject) != user.Id.Value)
            {
                context.Response.Redirect($"/{environment}/sign-out");
                return;
            }
            var named = SessionId.TryParse(hint.GetClaim(Handlers.Principals.SessionClaim), out var session);
            await calls.SignOut(context, visitor, named ? session : null);
            guard.SignOut(context, environment);
        }
        // To where the app registered that a sign-out may lead, which has been checked; else to our own page.
        await context.SignOutAsync(Scheme, new AuthenticationProperties { RedirectUri = $"/{environment}/sign-in" });
    }
}
