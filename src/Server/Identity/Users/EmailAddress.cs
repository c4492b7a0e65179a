using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Identity;

/// <summary>
/// Addresses are checked conservatively and proven by mail: one <c>@</c>, a domain with a dot in ASCII (punycode where
/// it is not), no white space, at most 254 characters (RFC 5321 section 4.5.3.1).
/// </summary>
internal static class EmailAddress
{
    public const int LengthMax = 254;
    private const int LocalMax = 64;

    /// <summary>
    /// How addresses are compared: trimmed, A to Z in lower case. No other letter changes: Unicode's lower case makes
    /// one address of two, such as the Kelvin sign and k.
    /// </summary>
    public static string Key(string email) => AsciiCase.Lower(email.Trim());

    public static string Bind(Input input, string name)
    {
        var email = input.Text(name, LengthMax);
        if (email.Length > 0 && !IsValid(email))
        {
            input.Refuse(
                name, "not_an_email", $"'{name}' is not an e-mail address.", "Send one such as ada@example.com.");
        }
        return email;
    }

    public static bool IsValid(string email)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        if (at is < 1 or > LocalMax || email.Length > LengthMax || email.LastIndexOf('@') != at) return false;
        if (email.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c is '<' or '>' or '"' or ',' or ';' or '\\'))
            return false;
        return IsDomain(email.AsSpan(at + 1));
    }

    private static bool IsDomain(ReadOnlySpan<char> domain)
    {
        var labels = 0;
        foreach (var range in domain.Split('.'))
        {
            var label = domain[range];
            if (label.Length is 0 or > 63 || label[0] == '-' || label[^1] == '-') return false;
            foreach (var c in label)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c != '-') return false;
            }
            labels++;
        }
        return labels > 1;
    }
}
