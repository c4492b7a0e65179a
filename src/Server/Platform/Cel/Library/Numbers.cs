using Castellan.Platform.Json;

namespace Castellan.Platform.Cel.Library;

/// <summary>Ints, uints and doubles on one line, as comparison across types wants them.</summary>
internal static class Numbers
{
    /// <summary>What a comparison says of a NaN: neither less, equal nor greater.</summary>
    public const int Unordered = int.MinValue;

    private const double TwoTo63 = 9223372036854775808.0;
    private const double TwoTo64 = 18446744073709551616.0;

    public static bool IsNumber(CelValue value) => value.Kind is CelKind.Int or CelKind.Uint or CelKind.Double;

    /// <summary>
    /// As the specification's tests want it: an int or uint beside a double is rounded to one, so that the largest
    /// int is not less than 2^63. Equality is exact.
    /// </summary>
    public static int Order(in CelValue x, in CelValue y) => (x.Kind, y.Kind) switch
    {
        (CelKind.Int, CelKind.Double) => Compare((double)x.AsInt, y.AsDouble),
        (CelKind.Uint, CelKind.Double) => Compare((double)x.AsUint, y.AsDouble),
        (CelKind.Double, CelKind.Int) => Compare(x.AsDouble, (double)y.AsInt),
        (CelKind.Double, CelKind.Uint) => Compare(x.AsDouble, (double)y.AsUint),
        _ => Compare(x, y),
    };

    /// <summary>Exact: no number is rounded to be compared.</summary>
    public static int Compare(in CelValue x, in CelValue y) => (x.Kind, y.Kind) switch
    {
        (CelKind.Int, CelKind.Int) => x.AsInt.CompareTo(y.AsInt),
        (CelKind.Uint, CelKind.Uint) => x.AsUint.CompareTo(y.AsUint),
        (CelKind.Double, CelKind.Double) => Compare(x.AsDouble, y.AsDouble),
        (CelKind.Int, CelKind.Uint) => x.AsInt < 0 ? -1 : ((ulong)x.AsInt).CompareTo(y.AsUint),
        (CelKind.Uint, CelKind.Int) => y.AsInt < 0 ? 1 : x.AsUint.CompareTo((ulong)y.AsInt),
        (CelKind.Int, _) => Compare(x.AsInt, y.AsDouble),
        (CelKind.Uint, _) => Compare(x.AsUint, y.AsDouble),
        (_, CelKind.Int) => Reverse(Compare(y.AsInt, x.AsDouble)),
        _ => Reverse(Compare(y.AsUint, x.AsDouble)),
    };

    /// <summary>Equal numbers have equal hashes, whatever their types.</summary>
    public static int KeyHash(in CelValue number)
    {
        if (number.Kind != CelKind.Double) return number.AsInt.GetHashCode();
        var value = number.AsDouble;
        if (value is >= -TwoTo63 and < TwoTo63) return ((long)value).GetHashCode();
        return value is >= 0 and < TwoTo64 ? ((long)(ulong)value).GetHashCode() : value.GetHashCode();
    }

    /// <summary>
    /// The shortest digits that read as this double, as ECMAScript writes them, with the sign of a zero.
    /// </summary>
    public static string Text(double value) => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "Infinity",
        double.NegativeInfinity => "-Infinity",
        0 when double.IsNegative(value) => "-0",
        _ => CanonicalJson.Number(value),
    };

    /// <summary>Cut towards zero; null where no int is near.</summary>
    public static long? ToInt(double value) => value is > -TwoTo63 and < TwoTo63 ? (long)value : null;

    public static ulong? ToUint(double value) => value is >= 0 and < TwoTo64 ? (ulong)value : null;

    private static int Reverse(int order) => order == Unordered ? order : -order;

    private static int Compare(double x, double y) =>
        x < y ? -1 : x > y ? 1 : double.IsNaN(x) || double.IsNaN(y) ? Unordered : 0;

    private static int Compare(long x, double y)
    {
        if (double.IsNaN(y)) return Unordered;
        if (y < -TwoTo63) return 1;
        if (y >= TwoTo63) return -1;
        var whole = (long)y;
        return x != whole ? x.CompareTo(whole) : -Math.Sign(y - whole);
    }

    private static int Compare(ulong x, double y)
    {
        if (double.IsNaN(y)) return Unordered;
        if (y < 0) return 1;
        if (y >= TwoTo64) return -1;
        var whole = (ulong)y;
        return x != whole ? x.CompareTo(whole) : -Math.Sign(y - whole);
    }
}
