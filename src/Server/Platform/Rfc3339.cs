using System.Globalization;

namespace Castellan.Platform;

/// <summary>
/// RFC 3339 section 5.6, in full: letters of either case, any number of fractional digits (those beyond ticks of 100 ns
/// are cut off), any offset, and the leap second, which becomes the second after it. The BCL's parser knows neither the
/// leap second nor offsets beyond 14 hours, and takes times without an offset.
/// </summary>
internal static class Rfc3339
{
    /// <summary>Characters: 20 for the shortest, and room for more digits than any clock has.</summary>
    private const int LengthMax = 40;

    private const int FractionAt = 19;
    private const string Written = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>Bytes of a time as it is written.</summary>
    public const int Length = 24;

    /// <summary>UTC with milliseconds, as times are written everywhere.</summary>
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString(Written, CultureInfo.InvariantCulture);

    /// <summary>
    /// The same in UTF-8, without a string and without a format to interpret: a page of records has tens of times.
    /// </summary>
    public static ReadOnlySpan<byte> Format(DateTimeOffset time, Span<byte> buffer)
    {
        buffer = buffer[..Length];
        var utc = time.UtcDateTime;
        var (year, month, day) = utc;
        var ofDay = (int)(utc.Ticks % TimeSpan.TicksPerDay / TimeSpan.TicksPerMillisecond);
        var (seconds, milliseconds) = int.DivRem(ofDay, 1000);
        var (minutes, second) = int.DivRem(seconds, 60);
        var (hour, minute) = int.DivRem(minutes, 60);
        Two(buffer, 0, year / 100);
        Two(buffer, 2, year % 100);
        buffer[4] = (byte)'-';
        Two(buffer, 5, month);
        buffer[7] = (byte)'-';
        Two(buffer, 8, day);
        buffer[10] = (byte)'T';
        Two(buffer, 11, hour);
        buffer[13] = (byte)':';
        Two(buffer, 14, minute);
        buffer[16] = (byte)':';
        Two(buffer, 17, second);
        buffer[19] = (byte)'.';
        Two(buffer, 20, milliseconds / 10);
        buffer[22] = (byte)('0' + (milliseconds % 10));
        buffer[23] = (byte)'Z';
        return buffer;
    }

    public static bool TryParse(ReadOnlySpan<char> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length is <= FractionAt or > LengthMax) return false;
        var form = text[..FractionAt];
        if (form is not [_, _, _, _, '-', _, _, '-', _, _, 'T' or 't', _, _, ':', _, _, ':', _, _]) return false;
        var (year, month, day) = (Number(form[..4]), Number(form[5..7]), Number(form[8..10]));
        var (hour, minute, second) = (Number(form[11..13]), Number(form[14..16]), Number(form[17..]));
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        if (hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 60) return false;

        var rest = text[FractionAt..];
        if (!TryTakeFraction(ref rest, out var fraction) || !TryReadOffset(rest, out var offset)) return false;
        var isLeap = second == 60;
        var ticks = new DateTime(year, month, day, hour, minute, isLeap ? 59 : second).Ticks - offset;
        if (isLeap)
        {
            if (!MayHaveLeapSecond(ticks)) return false;
            ticks += TimeSpan.TicksPerSecond;
        }
        ticks += fraction;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks) return false;
        time = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    /// <summary>Two digits.</summary>
    private static void Two(Span<byte> buffer, int at, int number)
    {
        buffer[at + 1] = (byte)('0' + (number % 10));
        buffer[at] = (byte)('0' + (number / 10));
    }

    /// <summary>-1 for what is no number.</summary>
    private static int Number(ReadOnlySpan<char> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit)) return -1;
            number = (number * 10) + (digit - '0');
        }
        return number;
    }

    private static bool TryTakeFraction(ref ReadOnlySpan<char> rest, out long ticks)
    {
        ticks = 0;
        if (rest[0] != '.') return true;
        rest = rest[1..];
        var length = rest.IndexOfAnyExceptInRange('0', '9');
        if (length < 1) return false;
        var unit = TimeSpan.TicksPerSecond;
        foreach (var digit in rest[..length]) ticks += (digit - '0') * (unit /= 10);
        rest = rest[length..];
        return true;
    }

    private static bool TryReadOffset(ReadOnlySpan<char> text, out long ticks)
    {
        ticks = 0;
        if (text is ['Z' or 'z']) return true;
        if (text is not ['+' or '-', _, _, ':', _, _]) return false;
        var (hours, minutes) = (Number(text[1..3]), Number(text[4..]));
        if (hours is < 0 or > 23 || minutes is < 0 or > 59) return false;
        ticks = ((hours * 60) + minutes) * TimeSpan.TicksPerMinute * (text[0] == '-' ? -1 : 1);
        return true;
    }

    /// <summary>Appendix D: leap seconds end June or December, in UTC.</summary>
    private static bool MayHaveLeapSecond(long ticksOfSecondBefore)
    {
        if (ticksOfSecondBefore < 0 || ticksOfSecondBefore > DateTime.MaxValue.Ticks) return false;
        var last = new DateTime(ticksOfSecondBefore);
        return last is { Month: 6, Day: 30 } or { Month: 12, Day: 31 } && last.TimeOfDay == new TimeSpan(23, 59, 59);
    }
}
