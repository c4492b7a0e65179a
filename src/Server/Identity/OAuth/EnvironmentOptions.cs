using System.Collections.Concurrent;
using Castellan.Platform.Crypto;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Server;

namespace Castellan.Identity.OAuth;

/// <summary>
/// One set of OpenIddict's options per environment, since each is an issuer with keys of its own. Stands in the place
/// of the framework's monitor: its current value is that of the request's environment, made again when its keys change.
/// </summary>
internal sealed class EnvironmentOptions(IOptionsFactory<OpenIddictServerOptions> factory)
    : IOptionsMonitor<OpenIddictServerOptions>
{
    private readonly ConcurrentDictionary<string, Made> made = new();

    private sealed record Made(string Keys, OpenIddictServerOptions Options);

    public OpenIddictServerOptions CurrentValue
    {
        get
        {
            var environment = OAuthEnvironment.Entered;
            var keys = string.Join(' ', environment.Keys.Select(key => key.Id));
            if (made.TryGetValue(environment.Name, out var known) && known.Keys == keys) return known.Options;
            return (made[environment.Name] = new Made(keys, factory.Create(Options.DefaultName))).Options;
        }
    }

    public OpenIddictServerOptions Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<OpenIddictServerOptions, string?> listener) => null;
}

/// <summary>
/// The part of the options that differs: issuer and keys. Codes are encrypted under a key that never leaves.
/// </summary>
internal sealed class EnvironmentCredentials(AccessTokens tokens, Secrets secrets)
    : IConfigureOptions<OpenIddictServerOptions>
{
    public void Configure(OpenIddictServerOptions options)
    {
        var environment = OAuthEnvironment.Entered;
        options.Issuer = new Uri(tokens.Issuer(environment.Name));
        foreach (var key in environment.Keys)
        {
            options.SigningCredentials.Add(new SigningCredentials(
                new ECDsaSecurityKey(key.CreateAlgorithm()) { KeyId = key.Id }, SecurityAlgorithms.EcdsaSha256));
        }
        options.EncryptionCredentials.Add(new EncryptingCredentials(
            new SymmetricSecurityKey(secrets.KeyFor($"oauth-code:{environment.Name}")) { KeyId = "codes" },
            SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512));
    }
}
