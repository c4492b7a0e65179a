using Castellan.Installation;

namespace Castellan.Identity.OAuth;

/// <summary>The environments as OAuth issuers: which one a request is for, and what stands ready for it.</summary>
internal sealed class OAuthIssuers(EnvironmentDirectory environments, SigningKeys keys, EnvironmentOptions options)
{
    /// <summary>RFC 8414 section 3.1 puts the issuer's path behind the well-known one.</summary>
    private const string Inserted = "/.well-known/oauth-authorization-server/";

    /// <summary>The environment whose OAuth endpoints the path belongs to, or null.</summary>
    public string? Match(string path)
    {
        if (path.StartsWith(Inserted, StringComparison.Ordinal))
            return environments.Exists(path[Inserted.Length..]) ? path[Inserted.Length..] : null;
        var end = path.IndexOf('/', startIndex: Math.Min(1, path.Length));
        if (end < 0) return null;
        var rest = path.AsSpan(end);
        return rest.StartsWith("/oauth/") || rest.StartsWith("/.well-known/")
            ? environments.Names.FirstOrDefault(name => path.AsSpan(1, end - 1).SequenceEqual(name))
            : null;
    }

    /// <summary>
    /// Whether a path that belongs to no environment would still be routed to these endpoints: routes ignore case, and
    /// issuers do not.
    /// </summary>
    public static bool Resembles(string path)
    {
        var end = path.IndexOf('/', startIndex: Math.Min(1, path.Length));
        if (end < 0) return false;
        var rest = path.AsSpan(end);
        return rest.StartsWith("/oauth/", StringComparison.OrdinalIgnoreCase)
            || rest.StartsWith("/.well-known/", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The path as OpenIddict knows it: below the issuer.</summary>
    public static string Inside(string environment, string path) =>
        path.StartsWith(Inserted, StringComparison.Ordinal)
            ? $"/{environment}/.well-known/oauth-authorization-server"
            : path;

    public async ValueTask<OAuthEnvironment> Prepare(string environment)
    {
        var current = await keys.Current(environment);
        var published = await keys.Published(environment);
        return new OAuthEnvironment(environment, [current, .. published.Where(key => key.Id != current.Id)]);
    }

    /// <summary>Builds what an environment's first request would build. A first key is made by who needs it.</summary>
    public async Task WarmUp()
    {
        foreach (var environment in environments.Names)
        {
            if ((await keys.Published(environment)).Count == 0) continue;
            OAuthEnvironment.Enter(await Prepare(environment));
            _ = options.CurrentValue;
        }
    }
}
