using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using OpenIddict.Abstractions;

namespace Castellan.Identity.OAuth.Stores;

/// <summary>Apps as OpenIddict's applications: read only, from memory, in the environment of the request.</summary>
internal sealed class ClientStore(OAuthClients clients) : RefusingApplicationStore<OAuthClient>
{
    public override ValueTask<OAuthClient?> FindByClientIdAsync(string identifier, CancellationToken ct) =>
        clients.FindByKey(OAuthEnvironment.Current, identifier);

    public override async ValueTask<OAuthClient?> FindByIdAsync(string identifier, CancellationToken ct) =>
        AppId.TryParse(identifier, out var id) ? await clients.Find(OAuthEnvironment.Current, id) : null;

    /// <summary>
    /// None: a sign-out that names where to go also names the client, or shows the id token that does.
    /// </summary>
    public override async IAsyncEnumerable<OAuthClient> FindByPostLogoutRedirectUriAsync(
        string uri, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        yield break;
    }

    public override ValueTask<string?> GetIdAsync(OAuthClient application, CancellationToken ct) =>
        new(application.App.Value);

    public override ValueTask<string?> GetClientIdAsync(OAuthClient application, CancellationToken ct) =>
        new(application.ClientId);

    public override ValueTask<string?> GetClientTypeAsync(OAuthClient application, CancellationToken ct) =>
        new(OpenIddictConstants.ClientTypes.Public);

    public override ValueTask<string?> GetApplicationTypeAsync(OAuthClient application, CancellationToken ct) =>
        new(OpenIddictConstants.ApplicationTypes.Web);

    public override ValueTask<ImmutableArray<string>> GetRedirectUrisAsync(
        OAuthClient application, CancellationToken ct) =>
        new([.. application.RedirectUris]);

    public override ValueTask<ImmutableArray<string>> GetPostLogoutRedirectUrisAsync(
        OAuthClient application, CancellationToken ct) => new([.. application.SignOutUris]);

    public override ValueTask<ImmutableArray<string>> GetRequirementsAsync(
        OAuthClient application, CancellationToken ct) =>
        new([OpenIddictConstants.Requirements.Features.ProofKeyForCodeExchange]);

    public override ValueTask<ImmutableDictionary<string, string>> GetSettingsAsync(
        OAuthClient application, CancellationToken ct) => new(ImmutableDictionary<string, string>.Empty);
}

/// <summary>Scopes are named in the options; none is a row.</summary>
internal sealed class NoScope;

/// <summary>An unknown scope is asked for here and is not found.</summary>
internal sealed class ScopeStore : RefusingScopeStore<NoScope>
{
    public override async IAsyncEnumerable<NoScope> FindByNamesAsync(
        ImmutableArray<string> names, [EnumeratorCancellation] CancellationToken ct)
    {
        await Task.CompletedTask;
        yield break;
    }
}
