using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Castellan.Cli;

/// <summary>Times as people type them: <c>90s</c>, <c>15m</c>, <c>1h</c>, <c>2d</c>, <c>1w</c>, or RFC 3339.</summary>
internal static class Times
{
    /// <summary>An option whose lengths count back from now.</summary>
    public static Option<DateTimeOffset?> Past(string name, string description) => Option(name, description, sign: -1);

    /// <summary>An option whose lengths count on from now.</summary>
    public static Option<DateTimeOffset?> Future(string name, string description) => Option(name, description, sign: 1);

    public static bool TryParse(string text, int sign, DateTimeOffset now, out DateTimeOffset time)
    {
        time = default;
        if (text.Length > 1 && Unit(text[^1]) is { } unit
            && int.TryParse(text.AsSpan(..^1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            // A length beyond the calendar is a mistyped one.
            if (count * unit.TotalDays > 36_500) return false;
            time = now + (sign * count * unit);
            return true;
        }
        // RFC 3339 needs an offset: a time without one would mean another moment on every machine.
        return DateTimeOffset.TryParseExact(
            text, ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out time) && HasOffset(text);
    }

    /// <summary>What was given until a time, unless somebody ended it before: active, ended or expired.</summary>
    public static string State(DateTimeOffset? ended, DateTimeOffset? end, DateTimeOffset now) =>
        ended is not null ? "ended" : end <= now ? "expired" : "active";

    private static Option<DateTimeOffset?> Option(string name, string description, int sign) => new(name)
    {
        Description = description,
        HelpName = "1h|2d|RFC 3339",
        CustomParser = result => Parse(result, name, sign),
    };

    private static DateTimeOffset? Parse(ArgumentResult result, string name, int sign)
    {
        var text = result.Tokens[0].Value;
        if (TryParse(text, sign, TimeProvider.System.GetUtcNow(), out var time)) return time;
        result.AddError($"'{text}' is no time for {name}. Write 90s, 15m, 1h, 2d, 1w, or 2026-01-31T09:30:00Z.");
        return null;
    }

    private static TimeSpan? Unit(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        'w' => TimeSpan.FromDays(7),
        _ => null,
    };

    private static bool HasOffset(string text) => text[^1] is 'Z' or 'z' || text[^6] is '+' or '-';
}
