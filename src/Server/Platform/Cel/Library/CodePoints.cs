namespace Castellan.Platform.Cel.Library;

/// <summary>Places in a text, in code points and in UTF-16 units.</summary>
internal static class CodePoints
{
    /// <summary>
    /// The unit where code point <paramref name="index"/> begins, the end included; -1 where there is none.
    /// </summary>
    public static int UnitAt(string text, long index)
    {
        if (index < 0 || index > text.Length) return -1;
        if (text.AsSpan().IndexOfAnyInRange('\uD800', '\uDFFF') < 0) return (int)index;
        var unit = 0;
        for (; index > 0 && unit < text.Length; index--) unit += char.IsHighSurrogate(text[unit]) ? 2 : 1;
        return index > 0 ? -1 : unit;
    }

    /// <summary>The code points before <paramref name="unit"/>.</summary>
    public static long Before(string text, int unit)
    {
        var count = 0L;
        foreach (var c in text.AsSpan(0, unit)) count += char.IsLowSurrogate(c) ? 0 : 1;
        return count;
    }
}
