using System.Globalization;

namespace Castellan.Platform.Cel.Library;

/// <summary>
/// Doubles with a given number of digits, rounded from all the digits that they have, a half to the even one (the
/// base library rounds a half away from zero).
/// </summary>
internal static class Decimals
{
    /// <summary>Digits behind the point that the smallest double has.</summary>
    private const string AllDigits = "F1074";

    public static string Fixed(double value, int precision)
    {
        var (whole, fraction) = Digits(value);
        var digits = Rounded(whole + fraction, whole.Length + precision, out var carried);
        var point = whole.Length + (carried ? 1 : 0);
        return Sign(value) + digits[..point] + (precision == 0 ? "" : "." + digits[point..]);
    }

    public static string Scientific(double value, int precision)
    {
        var (whole, fraction) = Digits(value);
        var all = whole + fraction;
        var first = all.AsSpan().IndexOfAnyExcept('0');
        var exponent = first < 0 ? 0 : whole.Length - 1 - first;
        var digits = Rounded(all[Math.Max(first, 0)..], 1 + precision, out var carried);
        if (carried) (digits, exponent) = (digits[..^1], exponent + 1);
        var mantissa = digits[..1] + (precision == 0 ? "" : "." + digits[1..]);
        var size = Math.Abs(exponent).ToString("D2", CultureInfo.InvariantCulture);
        return $"{Sign(value)}{mantissa}e{(exponent < 0 ? '-' : '+')}{size}";
    }

    private static string Sign(double value) => double.IsNegative(value) ? "-" : "";

    private static (string Whole, string Fraction) Digits(double value)
    {
        var text = Math.Abs(value).ToString(AllDigits, CultureInfo.InvariantCulture);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return (text[..point], text[(point + 1)..]);
    }

    /// <summary>The first <paramref name="count"/> digits, one more where a nine was carried over the front.</summary>
    private static string Rounded(string digits, int count, out bool carried)
    {
        carried = false;
        var kept = digits.PadRight(count, '0')[..count].ToCharArray();
        var rest = count < digits.Length ? digits.AsSpan(count) : default;
        if (!RoundsUp(kept, rest)) return new(kept);
        var at = count - 1;
        while (at >= 0 && kept[at] == '9') kept[at--] = '0';
        if (at >= 0)
        {
            kept[at]++;
            return new(kept);
        }
        carried = true;
        return "1" + new string(kept);
    }

    private static bool RoundsUp(ReadOnlySpan<char> kept, ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] < '5') return false;
        if (rest[0] > '5' || rest[1..].IndexOfAnyExcept('0') >= 0) return true;
        return kept.Length > 0 && (kept[^1] - '0') % 2 == 1;
    }
}
