using System.Globalization;
using System.Text;

namespace Castellan.Platform.JsonSchema.Patterns;

/// <summary>
/// A set of code points that becomes an expression of .NET, whose engine sees UTF-16 units: a class, where the text is
/// written with an <see cref="AstralMap"/>; otherwise a class for what one unit holds, and alternatives of pairs for
/// what two do. Halves of pairs are never matched alone.
/// </summary>
internal sealed class CharSet
{
    private const int FirstAstral = 0x10000;
    private const int Last = 0x10FFFF;
    private const string Halves = @"\ud800-\udfff";

    private readonly StringBuilder units = new();
    private readonly List<(int From, int To)> pairs = [];

    /// <summary>ECMA-262, LineTerminator: what a dot does not match.</summary>
    public static (int From, int To)[] LineEnds { get; } = [('\n', '\n'), ('\r', '\r'), (0x2028, 0x2029)];

    /// <summary>ECMA-262, the class escape \d.</summary>
    public static (int From, int To)[] Digits { get; } = [('0', '9')];

    /// <summary>\w.</summary>
    public static (int From, int To)[] WordChars { get; } = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];

    /// <summary>\s: WhiteSpace and LineTerminator.</summary>
    public static (int From, int To)[] Spaces { get; } =
    [
        (9, 13), (' ', ' '), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F),
        (0x205F, 0x205F), (0x3000, 0x3000), (0xFEFF, 0xFEFF),
    ];

    public void Add(int from, int to)
    {
        AddUnits(from, Math.Min(to, 0xD7FF));
        AddUnits(Math.Max(from, 0xE000), Math.Min(to, 0xFFFF));
        if (to >= FirstAstral) pairs.Add((Math.Max(from, FirstAstral), to));
    }

    public void Add(IEnumerable<(int From, int To)> ranges)
    {
        foreach (var (from, to) in ranges) Add(from, to);
    }

    /// <summary>Everything but <paramref name="ranges"/>, which are in order and apart.</summary>
    public void AddOthers(IEnumerable<(int From, int To)> ranges)
    {
        var next = 0;
        foreach (var (from, to) in ranges)
        {
            if (next < from) Add(next, from - 1);
            next = to + 1;
        }
        if (next <= Last) Add(next, Last);
    }

    public void Add(IEnumerable<UnicodeCategory> categories)
    {
        foreach (var category in categories)
        {
            if (category == UnicodeCategory.Surrogate) continue;
            units.Append(@"\p{").Append(UnicodeSets.ShortName(category)).Append('}');
            pairs.AddRange(UnicodeSets.AstralRanges(category));
        }
    }

    /// <summary>Whether the set is of all that was not added.</summary>
    public bool IsNegated { get; set; }

    /// <summary>What was added from U+10000, in order and apart.</summary>
    public IReadOnlyList<(int From, int To)> Astral => Merged();

    /// <summary>The expression, which may be repeated as it stands.</summary>
    public string Expression(AstralMap? map) => map is null ? InPairs() : InUnits(map);

    private string InUnits(AstralMap map)
    {
        var all = new StringBuilder().Append(units);
        foreach (var unit in map.Units(Merged())) all.Append(Unit(unit));
        if (all.Length == 0) return IsNegated ? @"[\s\S]" : @"[^\s\S]";
        return IsNegated ? $"[^{all}]" : $"[{all}]";
    }

    private string InPairs()
    {
        var merged = Merged();
        if (IsNegated) merged = [.. Complement(merged)];
        var one = IsNegated ? $"[^{units}{Halves}]" : units.Length > 0 ? $"[{units}]" : null;
        if (merged.Count == 0) return one ?? @"[^\s\S]";
        var two = string.Join('|', Pairs(merged));
        return one is null ? $"(?:{two})" : $"(?:{one}|{two})";
    }

    /// <summary>A unit as a class or an expression may hold it.</summary>
    public static string Unit(int unit) => unit < 128 && char.IsAsciiLetterOrDigit((char)unit)
        ? ((char)unit).ToString()
        : @"\u" + unit.ToString("x4", CultureInfo.InvariantCulture);

    private void AddUnits(int from, int to)
    {
        if (from > to) return;
        units.Append(Unit(from));
        if (to > from) units.Append('-').Append(Unit(to));
    }

    private List<(int From, int To)> Merged()
    {
        var merged = new List<(int From, int To)>();
        foreach (var range in pairs.OrderBy(r => r.From))
        {
            if (merged.Count > 0 && range.From <= merged[^1].To + 1)
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, range.To));
            else merged.Add(range);
        }
        return merged;
    }

    private static IEnumerable<(int From, int To)> Complement(List<(int From, int To)> ranges)
    {
        var next = FirstAstral;
        foreach (var (from, to) in ranges)
        {
            if (next < from) yield return (next, from - 1);
            next = to + 1;
        }
        if (next <= Last) yield return (next, Last);
    }

    /// <summary>One alternative for each first half, or for neighbours that take every second half.</summary>
    private static IEnumerable<string> Pairs(List<(int From, int To)> ranges)
    {
        var bySecond = new SortedDictionary<int, StringBuilder>();
        var whole = new List<(int From, int To)>();
        foreach (var (from, to) in ranges)
        {
            for (var (high, point) = (High(from), from); point <= to; high++)
            {
                var end = Math.Min(to, PointOf(high) + 0x3FF);
                if (point == PointOf(high) && end == PointOf(high) + 0x3FF) AddWhole(whole, high);
                else AddSecond(bySecond, high, Low(point), Low(end));
                point = end + 1;
            }
        }
        foreach (var (from, to) in whole) yield return $@"[{Unit(from)}-{Unit(to)}][\udc00-\udfff]";
        foreach (var (high, lows) in bySecond) yield return $"{Unit(high)}[{lows}]";
    }

    private static void AddWhole(List<(int From, int To)> whole, int high)
    {
        if (whole.Count > 0 && whole[^1].To == high - 1) whole[^1] = (whole[^1].From, high);
        else whole.Add((high, high));
    }

    private static void AddSecond(SortedDictionary<int, StringBuilder> bySecond, int high, int from, int to)
    {
        if (!bySecond.TryGetValue(high, out var lows)) bySecond[high] = lows = new StringBuilder();
        lows.Append(Unit(from));
        if (to > from) lows.Append('-').Append(Unit(to));
    }

    private static int High(int point) => 0xD800 + ((point - FirstAstral) >> 10);

    private static int Low(int point) => 0xDC00 + ((point - FirstAstral) & 0x3FF);

    private static int PointOf(int high) => FirstAstral + ((high - 0xD800) << 10);
}
