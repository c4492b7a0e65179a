using System.Text.Json;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Sql;

namespace Castellan.Tests.Platform.Cel.Sql;

/// <summary>Values that are often equal, often neighbours, and often at an edge.</summary>
internal sealed class RandomValues(SeededNumbers random, bool hasNul)
{
    private const long TwoTo53 = 1L << 53;

    public static readonly string[] Texts =
    [
        "", "a", "ab", "abc", "b", "A", "aB", "é", "aé", "ß", "İ", "\uFFFD", "\uE000", "\uD7FF", "😀", "a😀", "😀a",
        "\U0010FFFF", "a\U0010FFFF", "%", "_", "a%", "a_c", "'", "\"", "\\", "$1", "n0", "p1", " a", "a\n", "\u0001",
        "1", "true", "null", "aa", "aaa", "baa",
    ];

    public static readonly string[] TextsWithNul = ["\0", "a\0", "a\0b", "\0a", "a\0😀", "\0\0"];

    public static readonly long[] Ints =
    [
        0, 1, -1, 2, 3, 5, -7, TwoTo53, TwoTo53 + 1, TwoTo53 - 1, -TwoTo53, -TwoTo53 - 1, long.MaxValue,
        long.MaxValue - 1, long.MinValue, long.MinValue + 1, 1L << 62,
    ];

    public static readonly double[] Doubles =
    [
        0.0, -0.0, 1, -1, 2, 3, 0.5, 1.5, -1.5, 2.5, 0.1, 0.30000000000000004, 0.3, double.Epsilon, -double.Epsilon,
        2.2250738585072014e-308, double.MaxValue, double.MinValue, TwoTo53, TwoTo53 + 2.0, -9007199254740992.0,
        9223372036854775808.0, -9223372036854775808.0, 1e300, 123456.789, 1e-7,
    ];

    /// <summary>
    /// Milliseconds: the least and greatest that the language knows, 1970, and a second or less around.
    /// </summary>
    public static readonly long[] Times =
        [-62_135_596_800_000, 253_402_300_799_999, 0, 1, -1, 999, 1_000, 1_700_000_000_000, 1_700_000_000_001];

    private static readonly string[] JsonNumbers =
    [
        "0", "-0", "-0.0", "1", "1.0", "1e0", "2", "3", "-1", "1.5", "0.1", "0.10", "1e2", "1E+2", "0.1e1", "5e-324",
        "1e-400", "-1e-400", "2e-324", "1.7976931348623157e308", "9007199254740991", "9007199254740993",
        "9223372036854775807", "123456789012345678901234567890", "0.30000000000000004", "0.1000000000000000055",
        "3.0000000000000000000001", "0.5",
    ];

    private static readonly string[] Keys = ["a", "b", "tags", "n", "", "a.b", "é", "0"];

    public T Of<T>(IReadOnlyList<T> choices) => choices[random.Below(choices.Count)];

    public string Text() => hasNul && random.Below(6) == 0 ? Of(TextsWithNul) : Of(Texts);

    /// <summary>What a column of a kind holds; JSON as its text.</summary>
    public object Stored(SqlColumnKind kind) => kind switch
    {
        SqlColumnKind.Text => Text(),
        SqlColumnKind.Int64 => Of(Ints),
        SqlColumnKind.Double => Of(Doubles),
        SqlColumnKind.Bool => random.Below(2) == 0,
        SqlColumnKind.TimestampMs => Of(Times),
        _ => random.Below(4) == 0 ? Json(3) : Object(3),
    };

    /// <summary>What a request may bring, NULs on every engine.</summary>
    public CelValue Brought(CelKind kind) => kind switch
    {
        CelKind.String => CelValue.Of(random.Below(10) == 0 ? Of(TextsWithNul) : Of(Texts)),
        CelKind.Int => CelValue.Of(Of(Ints)),
        CelKind.Uint => CelValue.Of(random.Below(3) == 0 ? ulong.MaxValue : (ulong)Math.Abs((decimal)Of(Ints))),
        CelKind.Double => CelValue.Of(random.Below(8) switch
        {
            0 => double.NaN,
            1 => random.Below(2) == 0 ? double.PositiveInfinity : double.NegativeInfinity,
            _ => Of(Doubles),
        }),
        CelKind.Bool => CelValue.Of(random.Below(2) == 0),
        CelKind.Timestamp => Time(),
        CelKind.Duration => CelValue.OfDuration(random.Below(1_000)),
        CelKind.Bytes => CelValue.Of("a"u8.ToArray()),
        _ => CelValue.Null,
    };

    public CelValue Anything() =>
        random.Below(25) == 0 ? CelValue.Fail("Nobody knows.") : Brought((CelKind)random.Below((int)CelKind.List));

    private CelValue Time()
    {
        var ms = Of(Times);
        var nanos = random.Below(3) == 0 ? random.Below(1_000_000) : 0;
        var seconds = Math.DivRem(ms, 1_000, out var rest);
        if (rest < 0) (seconds, rest) = (seconds - 1, rest + 1_000);
        return CelValue.OfTimestamp(seconds, ((int)rest * 1_000_000) + nanos);
    }

    private string Json(int depth) => random.Below(depth > 0 ? 9 : 6) switch
    {
        0 => "null",
        1 => random.Below(2) == 0 ? "true" : "false",
        2 or 3 => JsonSerializer.Serialize(Text()),
        4 or 5 => Of(JsonNumbers),
        6 => $"[{string.Join(',', Enumerable.Range(0, random.Below(4)).Select(_ => Json(depth - 1)))}]",
        _ => Object(depth),
    };

    private string Object(int depth)
    {
        var members = Keys.Where(_ => random.Below(2) == 0).Select(key => $"{Key(key)}:{Json(depth - 1)}");
        return $"{{{string.Join(',', members)}}}";
    }

    /// <summary>Sometimes every letter is written as an escape.</summary>
    private string Key(string key) => random.Below(4) == 0
        ? $"\"{string.Concat(key.Select(c => $"\\u{(int)c:x4}"))}\""
        : $"\"{key}\"";
}
