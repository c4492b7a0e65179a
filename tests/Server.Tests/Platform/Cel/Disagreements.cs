namespace Castellan.Tests.Platform.Cel;

/// <summary>An expression that two implementations answer differently, and why ours stays as it is.</summary>
internal sealed record Disagreement(string Source, string Ours, string Theirs, string Reason);

/// <summary>
/// All that is known. The random expressions leave these things out; a test asks for each, so that a row goes when
/// the other changes.
/// </summary>
internal static class Disagreements
{
    private const string Error = "error";

    public static IReadOnlyList<Disagreement> All { get; } =
    [
        new("int(timestamp(3))", Int("3"), Int("0"), "The specification counts seconds, the other milliseconds."),
        new("timestamp('1955-01-23T12:00:29.193862159Z').getMilliseconds()", Int("193"), Int("194"),
            "Before 1970 the other rounds up."),
        new("timestamp('1970-01-01T00:30:00Z').getDate('UTC')", Int("1"), Int("2"),
            "In a named zone the hour after midnight belongs to the next day there."),
        new("timestamp('x') == timestamp(0) || true", Error, Bool("true"),
            "A constant that cannot be read is refused by the check."),
        new("--(-9223372036854775807 - 1)", Error, Int("-9223372036854775808"),
            "Two signs are two operations; the first overflows."),
        new("double('x') == 1.0", Error, Bool("false"), "A text that is no number is an error."),
        new("int('')", Error, Int("0"), "A text that is no number is an error."),
        new("''.replace('', 'x')", Text("x"), Text(""), "Nothing lies before every character and at the end."),
        new("strings.quote('\\x00').size()", Int("3"), Int("4"),
            "The extension names the escapes; this is none of them."),
        new("string(-0.0)", Text("-0"), Text("0"), "The sign belongs to the value."),
        new("string(duration('1.5s'))", Text("1.5s"), Text("1.500s"), "As few digits as it takes."),
        new("'\U0001F600'.charAt(0) == '\U0001F600'", Bool("true"), Bool("false"),
            "Strings are code points, not UTF-16 units."),
        new("'\U0001F600a'.indexOf('a')", Int("1"), Int("2"), "Strings are code points, not UTF-16 units."),
        new("'\\uFFFD' < '\U0001F600'", Bool("true"), Bool("false"), "Strings are ordered by code points."),
        new("18446744073709551615u / 1u", Uint("18446744073709551615"), Error, "Nothing overflows."),
        new("(-9223372036854775808) % (-1)", Error, Int("0"), "Its quotient overflows."),
    ];

    private static string Int(string value) => $$"""{"int64Value":"{{value}}"}""";

    private static string Uint(string value) => $$"""{"uint64Value":"{{value}}"}""";

    private static string Bool(string value) => $$"""{"boolValue":{{value}}}""";

    private static string Text(string value) => $$"""{"stringValue":"{{value}}"}""";
}
