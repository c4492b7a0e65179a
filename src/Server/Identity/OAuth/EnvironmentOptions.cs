using System.Collections.Concurrent;
using Castellan.Kernel.Http;
using Castellan.Platform.Crypto;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace Castellan.Identity.OAuth;

/// <summary>
/// One set of OpenIddict's options per environment, since each is an issuer with keys of its own. Stands in the place of
/// the framework's monitor: its current value is that of the request's environment.
/// </summary>
internal sealed class EnvironmentOptions(IOptionsFactory<OpenIddictServerOptions> factory)
    : IOptionsMonitor<OpenIddictServerOptions>
{
    private readonly ConcurrentDictionary<string, OpenIddictServerOptions> built = new();

    public OpenIddictServerOptions CurrentValue =>
        built.GetOrAdd(OAuthEnvironment.Current, _ => factory.Create(Options.DefaultName));

    public OpenIddictServerOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<OpenIddictServerOptions, string?> listener) => null;

    /// <summary>The environment's keys have changed.</summary>
    public void Forget(string environment) => built.TryRemove(environment, out _);
}
