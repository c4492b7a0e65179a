using System.Globalization;
using System.Text;
using Castellan.Platform;

namespace Castellan.Kernel;

/// <summary>What is an address here. <paramref name="Localhost"/> where the server itself is of this machine.</summary>
internal sealed record EmailRules(bool Localhost);

/// <summary>
/// Addresses, of users and operators alike, are checked conservatively and proven by mail: one <c>@</c>, a domain
/// with a dot in ASCII (punycode where it is not) or <c>localhost</c> where <see cref="EmailRules"/> say so, no
/// white space or other characters that are not seen, at most 254 characters (RFC 5321 section 4.5.3.1).
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

    public static string Bind(Input input, string name) => Checked(input, name, input.Text(name, LengthMax));

    /// <summary>For an address that may be left out.</summary>
    public static string? BindOrNull(Input input, string name) =>
        input.TextOrNull(name, LengthMax) is { } email ? Checked(input, name, email) : null;

    private static string Checked(Input input, string name, string email)
    {
        if (email.Length > 0 && !IsValid(email, input.Emails))
        {
            input.Refuse(name, "not_an_email",
                $"'{name}' is not an e-mail address with a whole domain.", "Send one such as ada@example.com.");
        }
        return email;
    }

    private static bool IsValid(string email, EmailRules rules)
    {
        var at = email.IndexOf('@', StringComparison.Ordinal);
        if (at is < 1 or > LocalMax || email.Length > LengthMax || email.LastIndexOf('@') != at) return false;
        if (!email.EnumerateRunes().All(IsVisible)) return false;
        var domain = email.AsSpan(at + 1);
        return IsDomain(domain) || (rules.Localhost && domain.Equals("localhost", StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsVisible(Rune rune) => !Rune.IsWhiteSpace(rune)
        && rune.Value is not ('<' or '>' or '"' or ',' or ';' or '\\')
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

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
