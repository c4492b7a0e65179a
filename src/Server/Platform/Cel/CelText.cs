using System.Globalization;
using System.Text;
using Castellan.Platform.Cel.Library;

namespace Castellan.Platform.Cel;

/// <summary>What texts are, how values read in messages, and when two keys of a map are one.</summary>
internal static class CelText
{
    private const int DescribedMax = 80;

    /// <summary>Every surrogate is half of a pair.</summary>
    public static bool IsUnicode(ReadOnlySpan<char> text)
    {
        var at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        while (at >= 0)
        {
            if (!char.IsHighSurrogate(text[at]) || at + 1 == text.Length || !char.IsLowSurrogate(text[at + 1]))
                return false;
            text = text[(at + 2)..];
            at = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        }
        return true;
    }

    /// <summary>Code points.</summary>
    public static int Length(string text)
    {
        var count = text.Length;
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0) return count;
        foreach (var unit in text) count -= char.IsLowSurrogate(unit) ? 1 : 0;
        return count;
    }

    /// <summary>By code points: what lies beyond U+FFFF comes last, though its surrogates do not.</summary>
    public static int Compare(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length) return left.Length.CompareTo(right.Length);
        var (a, b) = (left[same], right[same]);
        return char.IsSurrogate(a) == char.IsSurrogate(b) ? a.CompareTo(b) : char.IsSurrogate(a) ? 1 : -1;
    }

    /// <summary>For messages: scalars as literals, cut where they are long; of anything else the type.</summary>
    public static string Describe(CelValue value) => value.Kind switch
    {
        CelKind.Null => "null",
        CelKind.Bool => value.AsBool ? "true" : "false",
        CelKind.Int => value.AsInt.ToString(CultureInfo.InvariantCulture),
        CelKind.Uint => value.AsUint.ToString(CultureInfo.InvariantCulture) + "u",
        CelKind.Double => Numbers.Text(value.AsDouble),
        CelKind.String => $"'{Cut(value.AsString)}'",
        CelKind.Timestamp => Times.Text(value),
        CelKind.Duration => Durations.Text(value),
        CelKind.Type => value.AsType.ToString(),
        CelKind.Error => value.AsError.Message,
        _ => Types.Of(value).ToString(),
    };

    public static bool SameKey(CelValue x, CelValue y)
    {
        if (x.Kind == y.Kind)
        {
            return x.Kind switch
            {
                CelKind.String => x.AsString == y.AsString,
                CelKind.Double => x.AsDouble.Equals(y.AsDouble),
                _ => x.AsInt == y.AsInt,
            };
        }
        return Numbers.IsNumber(x) && Numbers.IsNumber(y) && Numbers.Compare(x, y) == 0;
    }

    public static int KeyHash(CelValue key) => key.Kind switch
    {
        CelKind.String => key.AsString.GetHashCode(StringComparison.Ordinal),
        CelKind.Int or CelKind.Uint or CelKind.Double => Numbers.KeyHash(key),
        _ => key.AsInt.GetHashCode(),
    };

    private static string Cut(string text)
    {
        if (text.Length <= DescribedMax) return text;
        var end = char.IsHighSurrogate(text[DescribedMax - 1]) ? DescribedMax - 1 : DescribedMax;
        return new StringBuilder().Append(text, 0, end).Append("...").ToString();
    }
}
