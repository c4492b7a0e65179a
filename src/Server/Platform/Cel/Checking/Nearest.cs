namespace Castellan.Platform.Cel.Checking;

/// <summary>The name that someone probably meant.</summary>
internal static class Nearest
{
    private const int LengthMax = 64;
    private const int ListedMax = 8;

    /// <summary>"Did you mean ...?", or the few names that there are, or nothing.</summary>
    public static string? Hint(string name, IReadOnlyCollection<string> names, string what)
    {
        if (Of(name, names) is { } nearest) return $"Did you mean '{nearest}'?";
        if (names.Count is 0 or > ListedMax) return null;
        return $"Each {what} there is: {string.Join(", ", names.Order(StringComparer.Ordinal))}.";
    }

    /// <summary>At most a third of its letters away; the first of equals in the order of names.</summary>
    public static string? Of(string name, IEnumerable<string> names)
    {
        if (name.Length > LengthMax) return null;
        var (best, bestDistance) = ((string?)null, Math.Max(1, name.Length / 3) + 1);
        foreach (var candidate in names.Where(c => c.Length <= LengthMax).Order(StringComparer.Ordinal))
        {
            var distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance < bestDistance) (best, bestDistance) = (candidate, distance);
        }
        return best;
    }

    // Levenshtein, with two neighbours that changed places counted once.
    private static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var change = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(change, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }
        return rows[a.Length, b.Length];
    }
}
