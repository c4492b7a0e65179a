namespace Castellan.Platform.JsonSchema.Patterns;

/// <summary>
/// The groups of a pattern that have numbers, counted beforehand because a reference may stand before its group.
/// <paramref name="AreReferred"/> where some reference may be.
/// </summary>
internal sealed record PatternGroups(int Count, bool AreReferred, IReadOnlyDictionary<string, int> Names)
{
    public static PatternGroups Of(string pattern)
    {
        var names = new Dictionary<string, int>();
        var (count, areReferred, inClass) = (0, false, false);
        for (var i = 0; i < pattern.Length; i++)
        {
            var next = i + 1 < pattern.Length ? pattern[i + 1] : '\0';
            switch (pattern[i])
            {
                case '\\':
                    areReferred |= !inClass && next is 'k' or (>= '1' and <= '9');
                    i++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass && next != '?':
                    count++;
                    break;
                case '(' when !inClass && NameAt(pattern, i) is { } name:
                    count++;
                    names.TryAdd(name, count);
                    break;
            }
        }
        return new PatternGroups(count, areReferred, names);
    }

    /// <summary>0 where no group has the name.</summary>
    public int Number(string name) => Names.GetValueOrDefault(name);

    private static string? NameAt(string pattern, int at)
    {
        if (at + 3 >= pattern.Length || pattern[at + 2] != '<' || pattern[at + 3] is '=' or '!') return null;
        var end = pattern.IndexOf('>', at);
        return end < 0 ? null : pattern[(at + 3)..end];
    }
}
