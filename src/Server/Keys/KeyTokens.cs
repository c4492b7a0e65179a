using Castellan.Platform.Crypto;

namespace Castellan.Keys;

/// <summary>
/// The forms of keys: <c>cas_pk_sandbox_...</c> for browsers, <c>cas_sk_live_...</c> and <c>cas_rk_live_...</c> for
/// servers. What follows the prefix is of <see cref="OpaqueToken"/>.
/// </summary>
internal static class KeyTokens
{
    private const string Publishable = "cas_pk_";
    private const string Secret = "cas_sk_";
    private const string Restricted = "cas_rk_";

    public static string Prefix(KeyType kind, string environment) => kind switch
    {
        KeyType.Publishable => $"{Publishable}{environment}_",
        KeyType.Secret => $"{Secret}{environment}_",
        _ => $"{Restricted}{environment}_",
    };

    /// <summary>True for what only servers may show.</summary>
    public static bool IsForServers(string token) =>
        token.StartsWith(Secret, StringComparison.Ordinal) || token.StartsWith(Restricted, StringComparison.Ordinal);

    /// <summary>False for typing errors and fakes, without asking the database.</summary>
    public static bool IsWellFormed(string token) =>
        (IsForServers(token) || token.StartsWith(Publishable, StringComparison.Ordinal))
        && token.LastIndexOf('_') is var end && OpaqueToken.IsWellFormed(token, token[..(end + 1)]);
}
