using System.Globalization;
using System.Text;

namespace Castellan.Platform.Cel.Library;

/// <summary>Code points of a regular expression's class, as ranges without surrogates.</summary>
internal sealed class CodePointSet
{
    private const int Last = 0x10FFFF;
    private const int FirstBeyond = 0x10000;

    private readonly List<(int From, int To)> ranges = [];

    public static CodePointSet Of(params (int From, int To)[] ranges)
    {
        var set = new CodePointSet();
        foreach (var (from, to) in ranges) set.Add(from, to);
        return set;
    }

    public void Add(int from, int to) => ranges.Add((from, to));

    public void Add(CodePointSet other) => ranges.AddRange(other.ranges);

    public CodePointSet Complement()
    {
        var (result, next) = (new CodePointSet(), 0);
        foreach (var (from, to) in Merged())
        {
            if (from > next) result.Add(next, from - 1);
            next = Math.Max(next, to + 1);
        }
        if (next <= Last) result.Add(next, Last);
        return result;
    }

    /// <summary>As a group of the base library's syntax, whose classes are of UTF-16 units.</summary>
    public void Write(StringBuilder output)
    {
        var alternatives = new List<string>();
        var plain = new StringBuilder();
        foreach (var (from, to) in Merged())
        {
            Plain(plain, from, Math.Min(to, 0xD7FF));
            Plain(plain, Math.Max(from, 0xE000), Math.Min(to, 0xFFFF));
            if (to >= FirstBeyond) Pairs(alternatives, Math.Max(from, FirstBeyond), to);
        }
        if (plain.Length > 0) alternatives.Insert(0, $"[{plain}]");
        // A class of everything, negated, matches nothing.
        output.Append("(?:").Append(alternatives.Count == 0 ? @"[^\s\S]" : string.Join('|', alternatives)).Append(')');
    }

    private IEnumerable<(int From, int To)> Merged() => ranges.OrderBy(range => range.From);

    private static void Plain(StringBuilder output, int from, int to)
    {
        if (from <= to) output.Append($"{Unit(from)}-{Unit(to)}");
    }

    private static void Pairs(List<string> output, int from, int to)
    {
        var (first, last) = (char.ConvertFromUtf32(from), char.ConvertFromUtf32(to));
        if (first[0] == last[0])
        {
            output.Add($"{Unit(first[0])}[{Unit(first[1])}-{Unit(last[1])}]");
            return;
        }
        output.Add($@"{Unit(first[0])}[{Unit(first[1])}-\uDFFF]");
        if (last[0] - first[0] > 1) output.Add($@"[{Unit(first[0] + 1)}-{Unit(last[0] - 1)}][\uDC00-\uDFFF]");
        output.Add($@"{Unit(last[0])}[\uDC00-{Unit(last[1])}]");
    }

    private static string Unit(int unit) => "\\u" + unit.ToString("X4", CultureInfo.InvariantCulture);
}
