namespace Castellan.Tests.Records.Schemas;

/// <summary>Values as people type them, drawn by a seed.</summary>
internal static class Draws
{
    /// <summary>What records are sorted and searched by: several scripts, marks of patterns, and look-alikes.</summary>
    public static readonly string[] Surnames =
    [
        "Schmidt", "Schulz", "Schön", "schmitt", "Meyer", "Møller", "Nguyễn", "O'Brien", "García", "Łukasiewicz",
        "山田", "Иванова", "Ångström", "de la Cruz", "M%er", "S_hulz", "\u05DB\u05D4\u05DF", "Zoë", "zimmer", "İnce",
    ];

    public static readonly string[] FirstNames =
        ["Ana", "Anna", "Änne", "Bo", "Chloé", "Dmitri", "Ève", "ana", "Mei", "Óscar", "Zed", "花子"];

    public static readonly string[] Cities = ["Berlin", "Köln", "Oslo", "São Paulo", "東京", "New York", "Łódź"];

    public static readonly string[] Countries = ["DE", "NO", "BR", "JP", "US", "PL"];

    public static readonly string[] Words =
    [
        "refund", "Invoice", "login", "50% off", "a_b test", "Über-uns", "delivery", "reset", "API", "naïve",
        "🚀 launch", "back\\slash", "\"quoted\"", "line", "order", "Rabatt 100%",
        "under_score", "plan", "INVOICE", "demo",
    ];

    public static T One<T>(this SeededNumbers numbers, params IReadOnlyList<T> values) =>
        values[numbers.Below(values.Count)];

    public static bool Chance(this SeededNumbers numbers, int percent) => numbers.Below(100) < percent;

    /// <summary>The value, or nothing in so many of a hundred.</summary>
    public static T? OrNone<T>(this SeededNumbers numbers, int percent, T value)
        where T : class => numbers.Chance(percent) ? null : value;

    public static T? NumberOrNone<T>(this SeededNumbers numbers, int percent, T value)
        where T : struct => numbers.Chance(percent) ? null : value;

    /// <summary>Two or three words, so that many begin or end alike.</summary>
    public static string Phrase(this SeededNumbers numbers) => numbers.Chance(50)
        ? $"{numbers.One(Words)} {numbers.One(Words)}"
        : $"{numbers.One(Words)} {numbers.One(Words)} {numbers.One(Words)}";

    /// <summary>A whole hour within so many days on either side of noon, so that times are equal too.</summary>
    public static string Hour(this SeededNumbers numbers, int days) =>
        Text(SchemaWorld.Noon.AddHours(numbers.Below(days * 48) - (days * 24)));

    /// <summary>A day in the same range.</summary>
    public static string Day(this SeededNumbers numbers, int days) =>
        $"{SchemaWorld.Noon.AddDays(numbers.Below(days * 2) - days):yyyy-MM-dd}";

    /// <summary>Cents up to, and without, a bound, in steps that repeat.</summary>
    public static double Money(this SeededNumbers numbers, int bound) => numbers.Below(bound * 4) / 4.0;

    public static string Text(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}";
}
