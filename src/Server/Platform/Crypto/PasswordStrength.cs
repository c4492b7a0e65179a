namespace Castellan.Platform.Crypto;

/// <summary>Why a long password is guessed soon all the same.</summary>
internal enum PasswordWeakness
{
    /// <summary>It is in every list, but for what stands around it.</summary>
    Common,

    /// <summary>A short piece again and again, or counting on.</summary>
    Predictable,

    /// <summary>Little more than what is known of the person.</summary>
    Personal,
}

/// <summary>
/// Judges what a list cannot: composition is free, but what a guesser would derive is none. Source: NIST SP 800-63B-4
/// section 3.1.1.2, "context-specific words" and "repetitive or sequential characters".
/// </summary>
internal static class PasswordStrength
{
    /// <summary>Letters and digits that must remain where what is derived is left out.</summary>
    private const int RestMin = 6;

    /// <summary>Shorter words, such as initials, stand in many others.</summary>
    private const int WordMin = 3;

    private const string Product = "castellan";

    /// <summary>Null for a good one. <paramref name="personal"/> are the person's names and addresses.</summary>
    public static PasswordWeakness? Of(string password, params ReadOnlySpan<string?> personal)
    {
        var text = password.ToLowerInvariant();
        if (Derived(text) is { } weakness) return weakness;
        var rest = text;
        foreach (var word in Words(personal).OrderByDescending(word => word.Length))
            rest = rest.Replace(word, " ", StringComparison.Ordinal);
        return rest != text && (Novelty(rest) < RestMin || Derived(rest.Trim()) is not null)
            ? PasswordWeakness.Personal
            : null;
    }

    private static PasswordWeakness? Derived(string text)
    {
        if (CommonPasswords.Contains(text)) return PasswordWeakness.Common;
        if (Novelty(text) < RestMin || Repeats(text)) return PasswordWeakness.Predictable;
        return DerivedCore(text, char.IsLetterOrDigit) ?? DerivedCore(text, char.IsLetter);
    }

    /// <summary>The same of what is left without the ends that hold nothing of a kind.</summary>
    private static PasswordWeakness? DerivedCore(string text, Func<char, bool> isInner)
    {
        var (start, end) = (0, text.Length);
        while (start < end && !isInner(text[start])) start++;
        while (end > start && !isInner(text[end - 1])) end--;
        var core = text[start..end];
        // What stands around it counts where there is enough of it.
        if (core.Length == text.Length || Novelty(text[..start]) + Novelty(text[end..]) >= RestMin) return null;
        return CommonPasswords.Contains(core) ? PasswordWeakness.Common
            : Repeats(core) ? PasswordWeakness.Predictable
            : null;
    }

    /// <summary>True where a piece of at most half the letters and digits makes up the whole.</summary>
    private static bool Repeats(string text)
    {
        var dense = string.Concat(text.Where(char.IsLetterOrDigit)).AsSpan();
        for (var piece = 1; piece <= dense.Length / 2; piece++)
        {
            if (dense[piece..].SequenceEqual(dense[..^piece])) return true;
        }
        return false;
    }

    /// <summary>Letters and digits that do not only go on from the one before, as in aaa, 123 or cba.</summary>
    private static int Novelty(string text)
    {
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsLetterOrDigit(text[i])) continue;
            if (i == 0 || Math.Abs(text[i] - text[i - 1]) > 1) count++;
        }
        return count;
    }

    private static IEnumerable<string> Words(ReadOnlySpan<string?> personal)
    {
        var words = new HashSet<string> { Product };
        foreach (var text in personal)
        {
            if (text is null) continue;
            var lower = text.ToLowerInvariant();
            var parts = lower.Split([' ', '.', '-', '_', '+', '@', '\''], StringSplitOptions.RemoveEmptyEntries);
            words.UnionWith([lower, string.Concat(parts), .. lower.Split('@'), .. parts]);
        }
        return words.Where(word => word.Length >= WordMin);
    }
}
