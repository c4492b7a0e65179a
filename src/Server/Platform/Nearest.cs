namespace Castellan.Platform;

/// <summary>The name that someone probably meant.</summary>
internal static class Nearest
{
    private const int LengthMax = 64;
    private const int NamesMax = 1_000;
    private const int ListedMax = 8;

    /// <summary>"Did you mean ...?", or the few names that there are, or nothing.</summary>
    public static string? Hint(string name, IReadOnlyCollection<string> names, string what)
    {
        if (To(name, names) is { } nearest) return $"Did you mean '{nearest}'?";
        if (names.Count is 0 or > ListedMax) return null;
        return $"Each {what} there is: {string.Join(", ", names.Order(StringComparer.Ordinal))}.";
    }

    /// <summary>"Did you mean ...?", or other words where no name is so near.</summary>
    public static string Fix(string name, IEnumerable<string> names, string otherwise) =>
        To(name, names) is { } nearest ? $"Did you mean '{nearest}'?" : otherwise;

    /// <summary>
    /// The name with the fewest changed letters, at most a third of them and at most three; the first of equals in the
    /// order of names. Null where none is so near, or where it is one of them.
    /// </summary>
    public static string? To(string name, IEnumerable<string> names)
    {
        if (name.Length is 0 or > LengthMax) return null;
        var (nearest, least) = ((string?)null, Math.Min(3, Math.Max(1, name.Length / 3)) + 1);
        foreach (var candidate in names.Take(NamesMax).Order(StringComparer.Ordinal))
        {
            if (Math.Abs(candidate.Length - name.Length) >= least || candidate.Length > LengthMax) continue;
            if (Distance(name, candidate) is var distance && distance < least) (nearest, least) = (candidate, distance);
        }
        return nearest == name ? null : nearest;
    }

    /// <summary>
    /// Letters to change, add, remove or swap with their neighbour (optimal string alignment); case does not count.
    /// </summary>
    public static int Distance(string left, string right)
    {
        var (older, old, current) = (new int[right.Length + 1], new int[right.Length + 1], new int[right.Length + 1]);
        for (var j = 0; j <= right.Length; j++) old[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = Same(left[i - 1], right[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(old[j] + 1, current[j - 1] + 1), old[j - 1] + cost);
                var isSwap = i > 1 && j > 1 && Same(left[i - 1], right[j - 2]) && Same(left[i - 2], right[j - 1]);
                if (isSwap) current[j] = Math.Min(current[j], older[j - 2] + 1);
            }
            (older, old, current) = (old, current, older);
        }
        return old[right.Length];
    }

    private static bool Same(char left, char right) => char.ToLowerInvariant(left) == char.ToLowerInvariant(right);
}
