using System.Globalization;

namespace Castellan.Platform.JsonSchema.Patterns;

/// <summary>
/// A pattern as it is read: code points, escapes, quantifiers. The first error is kept, and then the end is reached, so
/// that every reader stops.
/// </summary>
internal sealed class PatternSource(string text)
{
    public const string Unsupported = "pattern_unsupported";

    /// <summary>What <see cref="Next"/> is behind the last character.</summary>
    public const int End = -1;

    private readonly HashSet<string> names = [];
    private int at;

    public PatternFault? Fault { get; private set; }

    public bool IsAtEnd => at >= text.Length;

    /// <summary>The next UTF-16 unit.</summary>
    public int Next => IsAtEnd ? End : text[at];

    public int Following => at + 1 < text.Length ? text[at + 1] : End;

    public bool Take(char expected)
    {
        if (Next != expected) return false;
        at++;
        return true;
    }

    public string? TakeAny(params ReadOnlySpan<string> expected)
    {
        foreach (var one in expected)
        {
            if (string.CompareOrdinal(text, at, one, 0, one.Length) != 0) continue;
            at += one.Length;
            return one;
        }
        return null;
    }

    /// <summary>The next code point.</summary>
    public int Read()
    {
        if (IsAtEnd) return End;
        var isPair = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]);
        var point = isPair ? char.ConvertToUtf32(text[at], text[at + 1]) : text[at];
        at += isPair ? 2 : 1;
        return point;
    }

    /// <summary>The pattern is none of ECMA-262.</summary>
    public int Fail(string detail, string fix) => Stop("bad_pattern", detail, fix);

    /// <summary>It may be one, and is not run here.</summary>
    public int Refuse(string detail, string fix) => Stop(Unsupported, detail, fix);

    /// <summary>
    /// A quantifier, if one comes, and its greatest count; an open end counts as one more than its least.
    /// </summary>
    public (string? Text, int Most) Quantifier()
    {
        var begin = at;
        int most;
        if (Take('*') || Take('?')) most = 1;
        else if (Take('+')) most = 2;
        else if (Next == '{') most = Counts();
        else return (null, 1);
        Take('?');
        return Fault is null ? (text[begin..at], most) : (null, 1);
    }

    /// <summary>Adds what \d, \w, \s, \p or their opposites mean; the backslash is read.</summary>
    public void ClassEscape(CharSet set)
    {
        var letter = (char)Read();
        if (letter is 'p' or 'P')
        {
            Property(set, letter == 'P');
            return;
        }
        var ranges = char.ToLowerInvariant(letter) switch
        {
            'd' => CharSet.Digits,
            'w' => CharSet.WordChars,
            _ => CharSet.Spaces,
        };
        if (char.IsAsciiLetterUpper(letter)) set.AddOthers(ranges);
        else set.Add(ranges);
    }

    /// <summary>The character that an escape means; the backslash is read. Those of <paramref name="syntax"/> mean
    /// themselves.</summary>
    public int CharacterEscape(string syntax)
    {
        var letter = Read();
        switch (letter)
        {
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            case 'c' when Next is not End && char.IsAsciiLetter((char)Next): return Read() % 32;
            case '0' when Next is not (>= '0' and <= '9'): return 0;
            case 'x': return Hex(2);
            case 'u': return UnicodeEscape();
        }
        if (letter is > 0 and < 128 && syntax.Contains((char)letter, StringComparison.Ordinal)) return letter;
        return letter == End
            ? Fail("The pattern ends with a backslash.", @"Write '\\' for the character.")
            : Fail($"The escape '\\{char.ConvertFromUtf32(Math.Clamp(letter, 0, 0xD7FF))}' means nothing.",
                "Remove the backslash, or write the character as '\\u' with four hexadecimal digits.");
    }

    /// <summary>Reads the name of a group and its '&gt;'; a name twice is an error.</summary>
    public void GroupName()
    {
        var name = Name();
        if (Fault is null && !names.Add(name)) Fail($"Two groups have the name '{name}'.", "Give each its own.");
    }

    public string ReferenceName()
    {
        if (Take('<')) return Name();
        Fail(@"The escape '\k' names no group.", @"Write it as '\k<name>'.");
        return "";
    }

    /// <summary>At least one digit; greater numbers than an int holds become its greatest.</summary>
    public int Decimal()
    {
        long number = 0;
        while (Next is >= '0' and <= '9') number = Math.Min((number * 10) + (Read() - '0'), int.MaxValue);
        return (int)number;
    }

    private int Stop(string code, string detail, string fix)
    {
        var place = $"It is at character {Math.Max(at, 1)} of the pattern.";
        Fault ??= new PatternFault(code, $"{detail} {place}", fix);
        at = text.Length;
        return 0;
    }

    private int Counts()
    {
        const string Detail = "A '{' begins no repetition.";
        const string Fix = @"Write '{2}', '{2,}' or '{2,5}', or '\{' for the character.";
        at++;
        if (Next is not (>= '0' and <= '9')) return Fail(Detail, Fix);
        var (least, most) = (Decimal(), 0);
        if (!Take(',')) most = least;
        else most = Next is >= '0' and <= '9' ? Decimal() : Math.Min(least, int.MaxValue - 1) + 1;
        if (!Take('}')) return Fail(Detail, Fix);
        if (most < least) return Fail("A repetition has its counts the wrong way round.", "Swap them.");
        return Math.Max(most, least) <= SchemaLimits.PatternRepeat
            ? most
            : Refuse($"A repetition has a count above {SchemaLimits.PatternRepeat}.", "Use maxLength for long texts.");
    }

    private void Property(CharSet set, bool isNegated)
    {
        var end = text.IndexOf('}', Math.Min(at, text.Length));
        if (Next != '{' || end < 0 || !IsPropertyName(text.AsSpan(at + 1, end - at - 1)))
        {
            Fail(@"The escape '\p' names no property.", @"Write it as '\p{L}'.");
            return;
        }
        var name = text[(at + 1)..end];
        at = end + 1;
        if (UnicodeSets.Categories(name) is { } categories)
            set.Add(isNegated ? UnicodeSets.Except(categories) : categories);
        else if (UnicodeSets.Ranges(name) is not { } ranges)
        {
            Refuse($"The property '{name}' is not known here.",
                "Use a general category such as L, Lu, Nd or P, or write the ranges out.");
        }
        else if (isNegated) set.AddOthers(ranges);
        else set.Add(ranges);
    }

    private static bool IsPropertyName(ReadOnlySpan<char> name)
    {
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '=')) return false;
        }
        return name.Length > 0;
    }

    private string Name()
    {
        var end = text.IndexOf('>', Math.Min(at, text.Length));
        var name = end < 0 ? "" : text[at..end];
        var isName = name.Length > 0 && !char.IsDigit(name[0])
            && name.All(c => char.IsLetterOrDigit(c) || c is '_' or '$' || char.IsSurrogate(c));
        if (!isName)
        {
            Fail("A group has a name that is none.", "Begin it with a letter, and go on with letters and digits.");
            return "";
        }
        at = end + 1;
        return name;
    }

    private int UnicodeEscape()
    {
        if (Take('{'))
        {
            var end = text.IndexOf('}', Math.Min(at, text.Length));
            var digits = end < 0 ? default : text.AsSpan(at, end - at).TrimStart('0');
            if (end <= at || digits.Length > 6 || !IsHex(text.AsSpan(at, end - at))) return NoCode();
            var point = digits.Length == 0 ? 0 : int.Parse(digits, NumberStyles.AllowHexSpecifier);
            at = end + 1;
            return point <= 0x10FFFF ? point : NoCode();
        }
        var first = Hex(4);
        var isPair = first is >= 0xD800 and <= 0xDBFF && Next == '\\' && Following == 'u' && at + 6 <= text.Length
            && IsHex(text.AsSpan(at + 2, 4));
        if (!isPair) return first;
        var second = int.Parse(text.AsSpan(at + 2, 4), NumberStyles.AllowHexSpecifier);
        if (second is < 0xDC00 or > 0xDFFF) return first;
        at += 6;
        return char.ConvertToUtf32((char)first, (char)second);
    }

    private int Hex(int digits)
    {
        if (at + digits > text.Length || !IsHex(text.AsSpan(at, digits))) return NoCode();
        var value = int.Parse(text.AsSpan(at, digits), NumberStyles.AllowHexSpecifier);
        at += digits;
        return value;
    }

    private int NoCode() => Fail("An escape has too few hexadecimal digits.", @"Write '\u' with four of them.");

    private static bool IsHex(ReadOnlySpan<char> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit)) return false;
        }
        return true;
    }
}
