using System.Globalization;

namespace Castellan.Platform.Cel.Library;

/// <summary>Durations in nanoseconds of 64 bits; their text has units as in <c>1h30m</c> and <c>1.5s</c>.</summary>
internal static class Durations
{
    public const long NanosPerSecond = 1_000_000_000;

    /// <summary>More digits than any duration has.</summary>
    private const int DigitsMax = 30;

    private static readonly (string Unit, long Nanos)[] Units =
    [
        ("ns", 1), ("us", 1_000), ("\u00B5s", 1_000), ("\u03BCs", 1_000), ("ms", 1_000_000), ("s", NanosPerSecond),
        ("m", 60 * NanosPerSecond), ("h", 3600 * NanosPerSecond),
    ];

    private static readonly CelValue OutOfRange =
        CelValue.Fail("The duration is out of range: at most some 292 years.");

    public static CelValue Of(Int128 nanos) =>
        nanos >= long.MinValue && nanos <= long.MaxValue ? CelValue.OfDuration((long)nanos) : OutOfRange;

    /// <summary>The duration, or an error.</summary>
    public static CelValue Parse(string text)
    {
        var rest = text.AsSpan();
        var isNegative = rest is ['-', ..];
        if (rest is ['-' or '+', ..]) rest = rest[1..];
        if (rest is "0") return CelValue.OfDuration(0);
        Int128 sum = 0;
        do
        {
            if (!TryTake(ref rest, out var nanos))
                return CelValue.Fail($"'{Cut(text)}' is no duration.", "Write '24h', '90m', '1h30m' or '1.5s'.");
            sum += nanos;
            // A sum of so many parts that it could overflow is out of range long before.
            if (sum > long.MaxValue) return OutOfRange;
        }
        while (!rest.IsEmpty);
        return Of(isNegative ? -sum : sum);
    }

    /// <summary>In seconds, with as many digits as it takes.</summary>
    public static string Text(in CelValue duration)
    {
        var nanos = (Int128)duration.AsNanos;
        var size = Int128.Abs(nanos);
        var fraction = ((long)(size % NanosPerSecond)).ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        var sign = nanos < 0 ? "-" : "";
        return $"{sign}{(long)(size / NanosPerSecond)}{(fraction.Length == 0 ? "" : ".")}{fraction}s";
    }

    /// <summary>All of it in that unit; the milliseconds are those beyond the last whole second.</summary>
    public static CelValue Part(string accessor, in CelValue duration) => accessor switch
    {
        "getHours" => CelValue.Of(duration.AsNanos / (3600 * NanosPerSecond)),
        "getMinutes" => CelValue.Of(duration.AsNanos / (60 * NanosPerSecond)),
        "getSeconds" => CelValue.Of(duration.AsNanos / NanosPerSecond),
        "getMilliseconds" => CelValue.Of(duration.AsNanos % NanosPerSecond / 1_000_000),
        _ => CelValue.Fail($"A duration has no {accessor}()."),
    };

    private static bool TryTake(ref ReadOnlySpan<char> text, out Int128 nanos)
    {
        nanos = 0;
        var whole = Digits(text);
        var fraction = text[whole..] is ['.', ..] ? Digits(text[(whole + 1)..]) : -1;
        if (whole + Math.Max(fraction, 0) is 0 or > DigitsMax) return false;
        var number = text[..whole];
        var part = fraction > 0 ? text.Slice(whole + 1, fraction) : default;
        text = text[(whole + 1 + fraction)..];
        var letters = 0;
        while (letters < text.Length && char.IsLetter(text[letters])) letters++;
        foreach (var (unit, size) in Units)
        {
            if (!text[..letters].SequenceEqual(unit)) continue;
            text = text[letters..];
            nanos = Scaled(number, part, size);
            return true;
        }
        return false;
    }

    private static Int128 Scaled(ReadOnlySpan<char> number, ReadOnlySpan<char> part, long size)
    {
        Int128 value = 0;
        // Saturates: with 30 digits the product would not fit.
        foreach (var digit in number) value = Int128.Min((value * 10) + (digit - '0'), long.MaxValue);
        value *= size;
        Int128 unit = size;
        foreach (var digit in part)
        {
            // What is smaller than a nanosecond is cut off.
            value += (digit - '0') * unit / 10;
            unit /= 10;
        }
        return value;
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }

    private static string Cut(string text) => text.Length <= 40 ? text : text[..(char.IsHighSurrogate(text[39])
        ? 39 : 40)];
}
