using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Castellan.Kernel;
using Castellan.Platform.Crypto;

namespace Castellan.Identity;

/// <summary>
/// The form of refresh tokens: <c>cas_rt_live_{session}.{generation}.{mac}</c>. The mac is HMAC-SHA256 under a key of
/// the installation, so a successor is the same however often it is made, nothing of it is stored, and a fake costs no
/// query.
/// </summary>
internal sealed class RefreshTokens(Secrets secrets)
{
    private readonly byte[] key = secrets.KeyFor("refresh-token");

    public string Of(Session session) => Of(session.Environment, session.Id, session.Generation);

    /// <summary>
    /// Which session and generation it belongs to, or null where it is no token of ours in this environment.
    /// </summary>
    public (SessionId Session, long Generation)? Read(string environment, string token)
    {
        var prefix = Prefix(environment);
        if (!token.StartsWith(prefix, StringComparison.Ordinal)) return null;
        var parts = token[prefix.Length..].Split('.');
        if (parts.Length != 3 || !SessionId.TryParse($"{SessionKind.Prefix}_{parts[0]}", out var session)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var generation))
        {
            return null;
        }
        var expected = Of(environment, session, generation);
        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(token))
            ? (session, generation)
            : null;
    }

    private string Of(string environment, SessionId session, long generation)
    {
        var body = $"{Prefix(environment)}{session.Value[(SessionKind.Prefix.Length + 1)..]}.{generation}";
        return $"{body}.{Base64Url.EncodeToString(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(body)))}";
    }

    private static string Prefix(string environment) => $"cas_rt_{environment}_";
}
