using System.Globalization;
using System.Text;

namespace Castellan.Tests.Platform.Json;

/// <summary>
/// JSON documents as text: doubles of any bits, names and texts from all of Unicode, each written in one of the ways
/// in which JSON lets it be written. With <see cref="WithFaults"/> some are broken on purpose.
/// </summary>
internal sealed class RandomJson(SeededNumbers numbers)
{
    private const string Blanks = " \t\r";
    private readonly StringBuilder text = new();

    private static readonly string[] Planted =
    [
        "01", "1.", ".5", "+1", "1e", "0x1", "NaN", "-Infinity", "1e400", "-1e309", "9007199254740992",
        "-9007199254740992", "18446744073709551616", "1e-400", "tru", "nul", "'a'", "\"\\ud800\"", "\"\\udc00\\ud800\"",
        "\"a\\u0000\"", "\"\u0001\"", "\"\\x\"", "\"\\u12\"", "[1,]", "{\"a\":1,}", "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}", "{\"\\ud83d\\ude00\":1,\"\U0001F600\":2}", "{\"\\ud800\":1}", "{\"a\" 1}", "[1 2]",
        "//x\n1", "/**/1", "\uFEFF1", "{a:1}", "\"", "[", "{\"a\":", "", "]", "\u00A01", "9007199254740991",
        "{\"__proto__\":1}", "-0", "-0.0", "1E+2", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
    ];

    public bool WithFaults { get; init; }

    public string Next()
    {
        text.Clear();
        Value(depth: 0);
        return text.ToString();
    }

    private void Value(int depth)
    {
        if (WithFaults && numbers.Below(12) == 0)
        {
            text.Append(Planted[numbers.Below(Planted.Length)]);
            return;
        }
        Space();
        switch (numbers.Below(depth < 5 ? 10 : 6))
        {
            case 0: text.Append("true"); break;
            case 1: text.Append(numbers.Below(2) == 0 ? "false" : "null"); break;
            case 2 or 3: Number(); break;
            case 4 or 5: Text(Runes()); break;
            case 6 or 7: List(depth); break;
            default: Members(depth); break;
        }
        Space();
    }

    private void List(int depth)
    {
        text.Append('[');
        for (var i = numbers.Below(5); i > 0; i--)
        {
            Value(depth + 1);
            if (i > 1) text.Append(',');
        }
        text.Append(']');
    }

    private void Members(int depth)
    {
        text.Append('{');
        // V8 takes __proto__ for what it is not; the planted one is for those who judge names only.
        var names = Enumerable.Range(0, numbers.Below(6)).Select(_ => Runes()).Where(n => n != "__proto__").Distinct();
        foreach (var (index, name) in names.Index())
        {
            if (index > 0) text.Append(',');
            Space();
            Text(name);
            Space();
            text.Append(':');
            Value(depth + 1);
        }
        text.Append('}');
    }

    private void Number()
    {
        var value = numbers.Below(3) switch
        {
            0 => numbers.Below(2_000_001) - 1_000_000,
            1 => (long)(numbers.Bits() >> 11) * (numbers.Below(2) == 0 ? 1.0 : -1.0) / Math.Pow(10, numbers.Below(25)),
            _ => BitConverter.UInt64BitsToDouble(numbers.Bits()),
        };
        if (!double.IsFinite(value)) value = double.Epsilon;
        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        // A whole number that no double holds exactly must be written as what it is.
        text.Append(Math.Abs(value) > 9_007_199_254_740_991 && !shortest.AsSpan().ContainsAny('.', 'E')
            ? value.ToString("E16", CultureInfo.InvariantCulture)
            : numbers.Below(4) == 0 ? value.ToString("E16", CultureInfo.InvariantCulture) : shortest);
    }

    private string Runes()
    {
        var runes = new StringBuilder();
        for (var i = numbers.Below(8); i > 0; i--)
        {
            runes.Append(new Rune(numbers.Below(7) switch
            {
                0 => 1 + numbers.Below(0x1F),
                1 => "\"\\/\b\f\n\r\t"[numbers.Below(8)],
                2 => 0x80 + numbers.Below(0xD800 - 0x80),
                // Where sorting by code units and by code points differ.
                3 => 0xE000 + numbers.Below(0x2000),
                4 => 0x10000 + numbers.Below(0x100000),
                _ => ' ' + numbers.Below(0x5F),
            }).ToString());
        }
        return runes.ToString();
    }

    private void Text(string value)
    {
        text.Append('"');
        var all = numbers.Below(6) == 0;
        foreach (var c in value)
        {
            var mustEscape = all || c is '"' or '\\' or < ' ';
            if (mustEscape && numbers.Below(2) == 0 && Short(c) is { } shortForm) text.Append(shortForm);
            else if (mustEscape || (numbers.Below(6) == 0 && !char.IsSurrogate(c)))
                text.Append("\\u").Append(((int)c).ToString(numbers.Below(2) == 0 ? "x4" : "X4"));
            else if (c == '/' && numbers.Below(2) == 0) text.Append("\\/");
            else text.Append(c);
        }
        text.Append('"');
    }

    private static string? Short(char c) => c switch
    {
        '"' => "\\\"",
        '\\' => "\\\\",
        '\b' => "\\b",
        '\f' => "\\f",
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        _ => null,
    };

    private void Space()
    {
        if (numbers.Below(5) == 0) text.Append(Blanks[numbers.Below(Blanks.Length)]);
    }
}
