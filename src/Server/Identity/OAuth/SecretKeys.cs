using System.Text;
using Castellan.Kernel.Http;
using Castellan.Keys;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Castellan.Identity.OAuth;

/// <summary>
/// Servers introspect with their app's secret key, as RFC 7662 section 2.1 wants (Basic, or Bearer). OpenIddict knows
/// apps as public clients, so the key is judged here, before it, and stands for its app from there on.
/// </summary>
internal sealed class SecretKeys(KeyResolver keys, OAuthClients clients)
{
    /// <summary>False: the request was refused and answered.</summary>
    public async ValueTask<bool> Use(HttpContext context, string environment)
    {
        var request = context.Request;
        if (request.Headers.Authorization.Count == 0 || !request.HasFormContentType
            || !request.Path.Value!.EndsWith("/oauth/introspect", StringComparison.Ordinal))
        {
            return true;
        }
        var secret = SecretOf(HttpGateRequest.One(request.Headers.Authorization));
        // A browser has no business with a secret key.
        if (secret is null || request.Headers.Origin.Count > 0
            || await keys.FindSecret(secret, context.Connection.RemoteIpAddress) is not { } key
            || key.Environment != environment
            || await clients.Find(environment, key.AppId) is not { } client)
        {
            context.Response.Headers.WWWAuthenticate = "Basic";
            return await OAuthBranch.Refuse(context, 401, Errors.InvalidClient, "The secret key is not valid here.");
        }
        request.Headers.Remove("Authorization");
        var fields = request.Form.ToDictionary(StringComparer.Ordinal);
        fields["client_id"] = client.ClientId;
        request.Form = new FormCollection(fields);
        return true;
    }

    private static string? SecretOf(string? authorization)
    {
        const string Bearer = "Bearer ";
        const string Basic = "Basic ";
        if (authorization is null) return null;
        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return authorization[Bearer.Length..].Trim();
        if (!authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase)) return null;
        var bytes = new byte[authorization.Length];
        if (!Convert.TryFromBase64String(authorization[Basic.Length..].Trim(), bytes, out var length)) return null;
        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : Uri.UnescapeDataString(pair[(colon + 1)..]);
    }
}
