using Castellan.Apps;
using Castellan.Installation;
using Castellan.Installation.Environments;
using Castellan.Keys;

namespace Castellan.Identity.OAuth;

/// <summary>
/// An app as an OAuth client of one environment: <paramref name="ClientId"/> is its publishable key. Public, because
/// what runs in a browser keeps no secret. <paramref name="IsFrozen"/> where it, or its environment, takes no sign-in.
/// </summary>
internal sealed record OAuthClient(
    AppId App, string ClientId, string Name, bool IsFrozen, AppEnvironment Settings)
{
    public IReadOnlyList<string> RedirectUris => Settings.RedirectUris;

    /// <summary>
    /// Where a sign-out may lead: the redirect addresses, and the start page of each registered origin.
    /// </summary>
    public IEnumerable<string> SignOutUris =>
        RedirectUris.Concat(Settings.Origins).Concat(Settings.Origins.Select(origin => origin + "/"));
}

/// <summary>Finds clients from memory. A retired app, and a prototype outside of sandbox, is no client.</summary>
internal sealed class OAuthClients(AppDirectory apps, KeyResolver keys, EnvironmentDirectory environments)
{
    public async ValueTask<OAuthClient?> FindByKey(string environment, string clientId) =>
        await keys.FindPublishable(clientId) is { } key && key.Environment == environment
            ? await Find(environment, key.AppId, clientId)
            : null;

    public ValueTask<OAuthClient?> Find(string environment, AppId app) => Find(environment, app, clientId: null);

    private async ValueTask<OAuthClient?> Find(string environment, AppId id, string? clientId)
    {
        if (await apps.Find(id) is not { State: not AppState.Retired } app) return null;
        if (app.State is AppState.Prototype && environment != EnvironmentDirectory.Sandbox) return null;
        if (await apps.FindSettings(id, environment) is not { } settings) return null;
        if ((clientId ?? settings.PublishableKey) is not { } key) return null;
        var isFrozen = app.State is AppState.Frozen
            || await environments.StateOf(environment) is not EnvironmentState.Active;
        return new OAuthClient(id, key, app.Name, isFrozen, settings);
    }
}
