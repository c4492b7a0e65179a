using System.Text;

namespace Castellan.Platform.JsonSchema.Patterns;

/// <summary>
/// Lets an engine that sees UTF-16 units see code points. Those from U+10000 that no set of a pattern tells apart
/// become one unit of the range that a text otherwise only has in pairs; sets and texts are written with these units,
/// so that every set is one class of the engine. Not for patterns with references to groups, which tell all characters
/// apart.
/// </summary>
internal sealed class AstralMap
{
    private const int First = 0x10000;
    private const int FirstUnit = 0xD800;
    private const int UnitsMax = 0x800;

    private readonly int[] starts;
    private readonly char[] units;

    private AstralMap(int[] starts, char[] units) => (this.starts, this.units) = (starts, units);

    /// <summary>
    /// Of the ranges of each set, in order and apart; null where they tell more apart than there are units.
    /// </summary>
    public static AstralMap? Of(IReadOnlyList<IReadOnlyList<(int From, int To)>> sets)
    {
        var edges = new SortedSet<int> { First };
        foreach (var (from, to) in sets.SelectMany(set => set))
        {
            edges.Add(from);
            edges.Add(to + 1);
        }
        int[] begins = [.. edges];
        var members = begins.Select(_ => new StringBuilder()).ToArray();
        for (var set = 0; set < sets.Count; set++)
        {
            foreach (var (from, to) in sets[set])
            {
                for (var i = Array.BinarySearch(begins, from); begins[i] <= to; i++) members[i].Append(set).Append(' ');
            }
        }
        var known = new Dictionary<string, char>();
        var chosen = new char[begins.Length];
        for (var i = 0; i < begins.Length; i++)
        {
            var key = members[i].ToString();
            if (!known.TryGetValue(key, out chosen[i])) known[key] = chosen[i] = (char)(FirstUnit + known.Count);
        }
        return known.Count <= UnitsMax ? new AstralMap(begins, chosen) : null;
    }

    /// <summary>The units of a set, from which this was made.</summary>
    public IEnumerable<char> Units(IEnumerable<(int From, int To)> set)
    {
        var all = new SortedSet<char>();
        foreach (var (from, to) in set)
        {
            for (var i = Array.BinarySearch(starts, from); starts[i] <= to; i++) all.Add(units[i]);
        }
        return all;
    }

    /// <summary>Writes a text, which is well formed, with these units, in place; returns its new length.</summary>
    public int Rewrite(Span<char> text)
    {
        var read = text.IndexOfAnyInRange('\ud800', '\udfff');
        if (read < 0) return text.Length;
        var written = read;
        for (; read < text.Length; read++)
        {
            text[written++] = char.IsHighSurrogate(text[read])
                ? Unit(char.ConvertToUtf32(text[read], text[++read]))
                : text[read];
        }
        return written;
    }

    private char Unit(int point)
    {
        var at = Array.BinarySearch(starts, point);
        return units[at < 0 ? ~at - 1 : at];
    }
}
