namespace Castellan.Platform.JsonSchema.Values;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class Nearest
{
    private const int LengthMax = 64;
    private const int NamesMax = 1_000;

    /// <summary>
    /// The name with the fewest changed letters, at most a third of them and at most three; null where none is so near.
    /// </summary>
    public static string? To(string name, IEnumerable<string> names)
    {
        if (name.Length is 0 or > LengthMax) return null;
        string? nearest = null;
        var least = Math.Min(3, Math.Max(1, name.Length / 3)) + 1;
        foreach (var candidate in names.Take(NamesMax))
        {
            if (Math.Abs(candidate.Length - name.Length) >= least || candidate.Length > LengthMax) continue;
            var distance = Distance(name, candidate);
            if (distance < least) (nearest, least) = (candidate, distance);
        }
        return nearest;
    }

    /// <summary>
    /// Letters to change, add, remove or swap with their neighbour (optimal string alignment); case does not count.
    /// </summary>
    private static int Distance(string left, string right)
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
