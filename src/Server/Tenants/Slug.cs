using System.Security.Cryptography;
using System.Text;
using Castellan.Kernel;

namespace Castellan.Tenants;

/// <summary>A tenant's readable name in addresses: 3 to 40 lower-case letters, digits and inner hyphens.</summary>
internal static class Slug
{
    private const int Min = 3;
    private const int Max = 40;
    private const int SuffixLength = 6;
    private const string Alphabet = "abcdefghijkmnpqrstuvwxyz23456789";

    public static string? OrNull(Input input)
    {
        var slug = input.TextOrNull("slug", Max);
        if (slug is null || IsValid(slug)) return slug;
        input.Refuse("slug", "not_a_slug", "'slug' must have 3 to 40 lower-case letters, digits or inner hyphens.",
            "Send a slug such as acme-berlin.");
        return null;
    }

    /// <summary>
    /// What a name looks like as a slug; a name without any Latin letter or digit becomes <c>tenant</c>.
    /// </summary>
    public static string From(string name)
    {
        var slug = new StringBuilder(Max);
        foreach (var c in name.ToLowerInvariant())
        {
            if (slug.Length == Max) break;
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        }
        var text = slug.ToString().Trim('-');
        return text.Length >= Min ? text : text.Length == 0 ? "tenant" : $"tenant-{text}";
    }

    /// <summary>Another one beside it, for a slug that is taken.</summary>
    public static string Beside(string slug)
    {
        var head = slug.Length > Max - SuffixLength - 1 ? slug[..(Max - SuffixLength - 1)].TrimEnd('-') : slug;
        return $"{head}-{RandomNumberGenerator.GetString(Alphabet, SuffixLength)}";
    }

    private static bool IsValid(string slug) =>
        slug.Length is >= Min and <= Max && slug[0] != '-' && slug[^1] != '-'
        && slug.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
