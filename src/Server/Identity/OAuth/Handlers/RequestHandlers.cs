using Castellan.Kernel.Http;
using Microsoft.AspNetCore;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Castellan.Identity.OAuth.Handlers;

/// <summary>
/// In the place of ResolveRequestUri: the base comes from configuration, and the Host header is never read.
/// </summary>
internal sealed class BaseFromConfiguration(PublicAddress address) : IOpenIddictServerHandler<ProcessRequestContext>
{
    public ValueTask HandleAsync(ProcessRequestContext context)
    {
        var request = context.Transaction.GetHttpRequest()!;
        context.BaseUri = context.Options.Issuer;
        context.RequestUri = new Uri(
            address.Base, request.Path.ToUriComponent() + request.QueryString.ToUriComponent());
        return default;
    }
}

/// <summary>
/// OpenIddict shows every refused request on a page of its own. By RFC 6749 section 4.1.2.1 the client hears of it
/// where client and redirect address are good.
/// </summary>
internal sealed class RedirectRefusals(OAuthClients clients)
    : IOpenIddictServerHandler<ApplyAuthorizationResponseContext>
{
    private static readonly string Validation = typeof(ValidateAuthorizationRequestContext).FullName!;

    public async ValueTask HandleAsync(ApplyAuthorizationResponseContext context)
    {
        if (context.RedirectUri is not null || context.Request is not { ClientId: { } key, RedirectUri: { } uri })
            return;
        var validation = context.Transaction.GetProperty<ValidateAuthorizationRequestContext>(Validation);
        if (validation is not { IsRejected: true }) return;
        if (await clients.FindByKey(OAuthEnvironment.Current, key) is not { } client
            || !client.RedirectUris.Contains(uri))
            return;
        context.RedirectUri = uri;
        context.ResponseMode = ResponseModes.Query;
        context.Response.State = context.Request.State;
    }
}

/// <summary>Errors link to no documentation but ours.</summary>
internal sealed class NoErrorUri<TContext>(Func<TContext, OpenIddictResponse> response)
    : IOpenIddictServerHandler<TContext>
    where TContext : BaseContext
{
    public ValueTask HandleAsync(TContext context)
    {
        response(context).ErrorUri = null;
        return default;
    }
}

/// <summary>
/// Discovery says what is true: clients have no secret, except that introspection takes the app's secret key.
/// </summary>
internal sealed class TrueMetadata(IEnumerable<ITokenGrant> grants)
    : IOpenIddictServerHandler<HandleConfigurationRequestContext>
{
    public ValueTask HandleAsync(HandleConfigurationRequestContext context)
    {
        foreach (var grant in grants) context.GrantTypes.Add(grant.GrantType);
        context.TokenEndpointAuthenticationMethods.Remove(ClientAuthenticationMethods.ClientSecretBasic);
        context.RevocationEndpointAuthenticationMethods.Remove(ClientAuthenticationMethods.ClientSecretBasic);
        context.IntrospectionEndpointAuthenticationMethods.Add(ClientAuthenticationMethods.ClientSecretBasic);
        return default;
    }
}
