using System.Globalization;

namespace Castellan.Platform.Cel.Library;

/// <summary>Times from year 1 to year 9999, in seconds since 1970 and nanoseconds.</summary>
internal static class Times
{
    private const long SecondsMin = -62_135_596_800;
    private const long SecondsMax = 253_402_300_799;
    private const int YearsOfCycle = 400;
    private const long SecondsOfCycle = 146_097L * 86_400;
    private const int ZoneLengthMax = 64;
    private const long TicksOfEpoch = 621_355_968_000_000_000;

    private static readonly CelValue OutOfRange = CelValue.Fail("The time is out of range: years 1 to 9999.");

    /// <summary>The time, or an error where it is beyond the years 1 to 9999.</summary>
    public static CelValue Of(Int128 seconds, int nanos = 0) =>
        seconds >= SecondsMin && seconds <= SecondsMax ? CelValue.OfTimestamp((long)seconds, nanos) : OutOfRange;

    /// <summary>RFC 3339.</summary>
    public static CelValue Parse(string text)
    {
        if (!Rfc3339.TryParse(text, out var time))
            return CelValue.Fail("The text is no time of the years 1 to 9999.", "Write '2030-01-31T12:00:00Z'.");
        var value = CelValue.Of(time);
        return CelValue.OfTimestamp(value.Seconds, value.Nanos + BeyondTicks(text));
    }

    public static string Text(in CelValue time)
    {
        var digits = time.Nanos.ToString("D9", CultureInfo.InvariantCulture).TrimEnd('0');
        var fraction = digits.Length == 0 ? "" : "." + digits;
        return Clock(time.Seconds).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + fraction + "Z";
    }

    public static CelValue Add(in CelValue time, Int128 nanos)
    {
        var sum = Nanos(time) + nanos;
        var seconds = sum / Durations.NanosPerSecond;
        var rest = (int)(sum % Durations.NanosPerSecond);
        return rest < 0 ? Of(seconds - 1, rest + (int)Durations.NanosPerSecond) : Of(seconds, rest);
    }

    public static CelValue Between(in CelValue later, in CelValue earlier) =>
        Durations.Of(Nanos(later) - Nanos(earlier));

    public static int Compare(in CelValue x, in CelValue y)
    {
        var order = x.Seconds.CompareTo(y.Seconds);
        return order != 0 ? order : x.Nanos.CompareTo(y.Nanos);
    }

    /// <summary>
    /// One of the accessors of the specification, in <paramref name="zone"/>: an IANA name, or an offset as in
    /// <c>+02:00</c> or <c>02:00</c>.
    /// </summary>
    public static CelValue Part(string accessor, in CelValue time, string? zone)
    {
        long offset = 0;
        if (zone is not null && !TryOffset(zone, Clock(time.Seconds), out offset))
            return CelValue.Fail("There is no such time zone.", "Write 'Europe/Berlin' or '+02:00'.");
        // A zone may lead into the years 0 and 10000; the calendar is the same 400 years away.
        var local = time.Seconds + offset;
        var cycles = local < SecondsMin ? 1 : local > SecondsMax ? -1 : 0;
        var clock = Clock(local + (cycles * SecondsOfCycle));
        return CelValue.Of((long)(accessor switch
        {
            "getFullYear" => clock.Year - (cycles * YearsOfCycle),
            "getMonth" => clock.Month - 1,
            "getDate" => clock.Day,
            "getDayOfMonth" => clock.Day - 1,
            "getDayOfWeek" => (int)clock.DayOfWeek,
            "getDayOfYear" => clock.DayOfYear - 1,
            "getHours" => clock.Hour,
            "getMinutes" => clock.Minute,
            "getSeconds" => clock.Second,
            _ => time.Nanos / 1_000_000,
        }));
    }

    private static Int128 Nanos(in CelValue time) => ((Int128)time.Seconds * Durations.NanosPerSecond) + time.Nanos;

    private static DateTime Clock(long seconds) =>
        new(TicksOfEpoch + (seconds * TimeSpan.TicksPerSecond), DateTimeKind.Utc);

    /// <summary>The eighth and ninth digit of the fraction: less than the 100 ns that a DateTime knows.</summary>
    private static int BeyondTicks(string text)
    {
        var point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0) return 0;
        var (tens, ones) = (Digit(point + 8), Digit(point + 9));
        return tens < 0 ? 0 : (tens * 10) + Math.Max(ones, 0);

        int Digit(int at) => at < text.Length && char.IsAsciiDigit(text[at]) && Reaches(at) ? text[at] - '0' : -1;
        bool Reaches(int at) => text.AsSpan(point + 1, at - point).IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static bool TryOffset(string zone, DateTime utc, out long seconds)
    {
        seconds = 0;
        if (zone.Length is 0 or > ZoneLengthMax) return false;
        var sign = zone[0] == '-' ? -1 : 1;
        var digits = zone[0] is '+' or '-' ? zone.AsSpan(1) : zone;
        if (digits is [>= '0' and <= '9', >= '0' and <= '9', ':', >= '0' and <= '9', >= '0' and <= '9'])
        {
            var (hours, minutes) = (int.Parse(digits[..2]), int.Parse(digits[3..]));
            seconds = sign * ((hours * 3600L) + (minutes * 60L));
            return hours <= 23 && minutes <= 59;
        }
        // Names become paths of the zone files, so nothing else than their characters goes there.
        if (!zone.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '_' or '-' or '+')) return false;
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found)) return false;
        seconds = (long)found.GetUtcOffset(utc).TotalSeconds;
        return true;
    }
}
