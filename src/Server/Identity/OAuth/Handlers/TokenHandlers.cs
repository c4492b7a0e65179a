using System.Security.Claims;
using Castellan.Identity.Pages;
using Castellan.Kernel;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Castellan.Identity.OAuth.Handlers;

/// <summary>
/// Our refresh tokens, read for OpenIddict: whose they are. Nothing changes here; the rotation comes after it has
/// checked the client, and ends the session of a token that comes a second time.
/// </summary>
internal sealed class ReadRefreshToken(RefreshTokens tokens, Sessions sessions, OAuthClients clients, TimeProvider time)
    : IOpenIddictServerHandler<ValidateTokenContext>
{
    public const string Prefix = "cas_rt_";

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (!context.Token.StartsWith(Prefix, StringComparison.Ordinal) || (context.ValidTokenTypes.Count > 0
            && !context.ValidTokenTypes.Contains(TokenTypeIdentifiers.RefreshToken)))
        {
            return;
        }
        var environment = OAuthEnvironment.Current;
        var scope = new EnvironmentScope(environment, App: null);
        if (tokens.Read(environment, context.Token) is not var (id, generation)
            || await sessions.Find(scope, id) is not { } session || !session.IsLive(time.GetUtcNow())
            || await ClientOf(session, context.Request?.ClientId) is not { } client
            || (context.EndpointType is not OpenIddictServerEndpointType.Token && generation != session.Generation))
        {
            context.Reject(Errors.InvalidToken, "The refresh token is no longer valid.");
            return;
        }
        context.Principal = Principals.Of(session.UserId, signedInAt: null, Principals.AllScopes)
            .SetClaim(Principals.SessionClaim, session.Id.Value)
            .SetTokenType(TokenTypeIdentifiers.RefreshToken)
            .SetPresenters(client.ClientId)
            .SetExpirationDate(session.ExpiresAt);
    }

    /// <summary>
    /// The client as it names itself, where the session is its app's; else under the app's current key.
    /// </summary>
    private async ValueTask<OAuthClient?> ClientOf(Session session, string? clientId)
    {
        var asking = clientId is null ? null : await clients.FindByKey(session.Environment, clientId);
        return asking?.App == session.AppId ? asking : await clients.Find(session.Environment, session.AppId);
    }
}

/// <summary>
/// A good signature is not enough where OpenIddict validates our access tokens (introspection, userinfo): the session
/// must live and its user be active.
/// </summary>
internal sealed class SessionLives(Sessions sessions, SessionDirectory directory, TimeProvider time)
    : IOpenIddictServerHandler<ValidateTokenContext>
{
    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (context.Principal is not { } principal || principal.GetTokenType() is not TokenTypeIdentifiers.AccessToken)
            return;
        var scope = new EnvironmentScope(OAuthEnvironment.Current, App: null);
        // By a token that was lent an agent calls the API, and finds out nothing here.
        if (principal.GetClaim(AccessTokens.DelegationClaim) is not null
            || !SessionId.TryParse(principal.GetClaim(Principals.SessionClaim), out var id)
            || await sessions.Find(scope, id) is not { } session || !session.IsLive(time.GetUtcNow())
            || await directory.FindUser(scope, session.UserId) is not { SuspendedAt: null })
        {
            context.Reject(Errors.InvalidToken, "The session has ended.");
        }
    }
}

/// <summary>
/// Where OpenIddict would ask its store for a token that <see cref="ReadRefreshToken"/> has read already.
/// </summary>
internal sealed class NotReadYet : IOpenIddictServerHandlerFilter<ValidateTokenContext>
{
    public ValueTask<bool> IsActiveAsync(ValidateTokenContext context) => new(context.Principal is null);
}

/// <summary>
/// At the token endpoint, once everything about the request is checked: the operation that opens the session, or that
/// moves it on, makes the tokens.
/// </summary>
internal sealed class TokensFromOperations(HostedCalls calls, OAuthClients clients, Keys.KeyResolver keys)
    : IOpenIddictServerHandler<ProcessSignInContext>
{
    private const string Property = "castellan.tokens";

    public static SessionTokens Made(OpenIddictServerTransaction transaction) =>
        transaction.GetProperty<SessionTokens>(Property)!;

    public async ValueTask HandleAsync(ProcessSignInContext context)
    {
        if (context.EndpointType is not OpenIddictServerEndpointType.Token) return;
        var environment = OAuthEnvironment.Current;
        if (await clients.FindByKey(environment, context.ClientId!) is not { } client
            || await keys.FindPublishable(client.ClientId) is not { } key)
        {
            context.Reject(Errors.InvalidClient, "The client is not known here.");
            return;
        }
        var principal = context.Principal!;
        var http = context.Transaction.GetHttpRequest()!.HttpContext;
        // With its credential, so that what bounds the key is asked too.
        var caller = Caller.OfApp(environment, client.App, key.Id) with { Credential = key.Id.Value };
        var outcome = context.Request.IsRefreshTokenGrantType()
            ? await calls.Invoke(
                http, caller, "sessions.refresh", new() { ["refresh_token"] = context.Request.RefreshToken })
            : await calls.Invoke(http, caller, CodeExchange.OperationName, CodeExchange.Fields(principal));
        if (outcome.Problem is { } problem)
        {
            context.Reject(ErrorOf(problem), problem.Detail ?? problem.Type.Title);
            return;
        }
        var made = outcome.Value(IdentityJson.Wire.SessionTokens);
        context.Transaction.SetProperty(Property, made);
        Principals.Describe(principal, made.User);
        // Always, also without offline_access: the session is the app's, and lasts as long as sessions do.
        context.GenerateRefreshToken = context.IncludeRefreshToken = true;
    }

    private static string ErrorOf(Problem problem) => problem.Type.Status switch
    {
        401 or 409 or 422 => Errors.InvalidGrant,
        429 or >= 500 => Errors.TemporarilyUnavailable,
        _ => Errors.UnauthorizedClient,
    };
}

/// <summary>Access and refresh tokens are ours. Of all tokens only the code is an entry in the store.</summary>
internal sealed class WriteOurTokens : IOpenIddictServerHandler<GenerateTokenContext>
{
    public ValueTask HandleAsync(GenerateTokenContext context)
    {
        if (context.TokenType is TokenTypeIdentifiers.IdentityToken)
        {
            Detach(context);
            var session = context.Principal.GetAuthorizationId() ?? context.Principal.GetClaim(Principals.SessionClaim);
            context.Principal.SetClaim(Principals.SessionClaim, session).SetAuthorizationId(null);
        }
        else if (context.TokenType is TokenTypeIdentifiers.AccessToken or TokenTypeIdentifiers.RefreshToken)
        {
            Detach(context);
            var made = TokensFromOperations.Made(context.Transaction);
            var isAccess = context.TokenType is TokenTypeIdentifiers.AccessToken;
            context.Token = isAccess ? made.AccessToken : made.RefreshToken;
        }
        return default;
    }

    private static void Detach(GenerateTokenContext context) =>
        context.CreateTokenEntry = context.PersistTokenPayload = context.IsReferenceToken = false;
}

/// <summary>In the place of RevokeToken: revoking either token ends its session (RFC 7009 section 2.1).</summary>
internal sealed class EndSession(CodeExchange exchange) : IOpenIddictServerHandler<HandleRevocationRequestContext>
{
    public async ValueTask HandleAsync(HandleRevocationRequestContext context)
    {
        if (SessionId.TryParse(context.GenericTokenPrincipal?.GetClaim(Principals.SessionClaim), out var session))
        {
            var scope = new EnvironmentScope(OAuthEnvironment.Current, App: null);
            await exchange.End(scope, session, "The app revoked its token.");
        }
    }
}

/// <summary>Fills the answer of userinfo, as far as the token's scopes go. It is for OpenID Connect alone.</summary>
internal sealed class DescribeUser(SessionDirectory directory) : IOpenIddictServerHandler<HandleUserInfoRequestContext>
{
    public async ValueTask HandleAsync(HandleUserInfoRequestContext context)
    {
        var principal = context.AccessTokenPrincipal;
        if (!UserId.TryParse(principal.GetClaim(Claims.Subject), out var id)
            || await directory.FindUser(new EnvironmentScope(OAuthEnvironment.Current, App: null), id) is not { } user)
        {
            context.Reject(Errors.InvalidToken, "The session has ended.");
            return;
        }
        context.Email = user.Email;
        context.EmailVerified = user.EmailVerified;
        if (user.Name is not null) context.Claims["name"] = user.Name;
    }
}

/// <summary>What OpenIddict carries of a user between its steps.</summary>
internal static class Principals
{
    /// <summary>OpenID Connect Back-Channel Logout section 2.1 names the claim.</summary>
    public const string SessionClaim = "sid";

    /// <summary>The browser that an authorization code was given to. It goes into no token.</summary>
    public const string BrowserClaim = "castellan_browser";

    public static readonly string[] AllScopes = [Scopes.OpenId, Scopes.Profile, Scopes.Email, Scopes.OfflineAccess];

    public static ClaimsPrincipal Of(UserId user, DateTimeOffset? signedInAt, IEnumerable<string> scopes) =>
        new ClaimsPrincipal(new ClaimsIdentity("Castellan", Claims.Name, Claims.Role))
            .SetClaim(Claims.Subject, user.Value)
            .SetClaim(Claims.AuthenticationTime, signedInAt?.ToUnixTimeSeconds())
            .SetScopes(scopes)
            .SetDestinations(Destination);

    /// <summary>Adds what the identity token says of the user: today's values, also at a refresh.</summary>
    public static void Describe(ClaimsPrincipal principal, User user)
    {
        if (principal.HasScope(Scopes.Email))
        {
            principal.SetClaim(Claims.Email, user.Email).SetClaim(Claims.EmailVerified, user.EmailVerified);
        }
        if (principal.HasScope(Scopes.Profile)) principal.SetClaim(Claims.Name, user.Name);
        principal.SetDestinations(Destination);
    }

    private static string[] Destination(Claim claim) =>
        claim.Type is Claims.AuthenticationTime or Claims.Email or Claims.EmailVerified or Claims.Name
            ? [Destinations.IdentityToken]
            : [];
}
