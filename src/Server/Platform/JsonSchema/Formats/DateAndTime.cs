using System.Text;

namespace Castellan.Platform.JsonSchema.Formats;

/// <summary>RFC 3339, sections 5.6 and 5.7: a point in time, a day, and a time of day with its offset.</summary>
internal static class DateAndTime
{
    /// <summary>Bytes of a time; those beyond could only be digits of a second that no clock has.</summary>
    private const int LengthMax = 64;

    private const int MinutesOfDay = 24 * 60;

    /// <summary>What the rest of the program can read as a time is one.</summary>
    public static bool IsDateTime(ReadOnlySpan<byte> text)
    {
        if (text.Length > LengthMax || !Ascii.IsValid(text)) return false;
        Span<char> chars = stackalloc char[LengthMax];
        return Rfc3339.TryParse(chars[..Encoding.ASCII.GetChars(text, chars)], out _);
    }

    public static bool IsDate(ReadOnlySpan<byte> text)
    {
        if (text is not [_, _, _, _, (byte)'-', _, _, (byte)'-', _, _]) return false;
        var (year, month, day) = (Number(text[..4]), Number(text[5..7]), Number(text[8..]));
        return year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
    }

    public static bool IsTime(ReadOnlySpan<byte> text)
    {
        if (text is not [_, _, (byte)':', _, _, (byte)':', _, _, _, ..] || text.Length > LengthMax) return false;
        var (hour, minute, second) = (Number(text[..2]), Number(text[3..5]), Number(text[6..8]));
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 60) return false;
        var rest = text[8..];
        if (rest[0] == (byte)'.')
        {
            var digits = rest[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9');
            if (digits < 1) return false;
            rest = rest[(digits + 1)..];
        }
        if (OffsetMinutes(rest) is not { } offset) return false;
        // A leap second ends a day of UTC.
        return second < 60 || ((hour * 60) + minute - offset + (2 * MinutesOfDay)) % MinutesOfDay == MinutesOfDay - 1;
    }

    private static int? OffsetMinutes(ReadOnlySpan<byte> text)
    {
        if (text is [(byte)'Z' or (byte)'z']) return 0;
        if (text is not [(byte)'+' or (byte)'-', _, _, (byte)':', _, _]) return null;
        var (hours, minutes) = (Number(text[1..3]), Number(text[4..]));
        if (hours is < 0 or > 23 || minutes is < 0 or > 59) return null;
        return ((hours * 60) + minutes) * (text[0] == (byte)'-' ? -1 : 1);
    }

    /// <summary>-1 for what is no number.</summary>
    private static int Number(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return -1;
            number = (number * 10) + (digit - '0');
        }
        return number;
    }
}
