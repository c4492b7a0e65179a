using System.Collections.Concurrent;
using System.Globalization;

namespace Castellan.Platform.Cel.Library;

/// <summary>One escape of RE2 that stands for code points, inside a class or outside.</summary>
internal sealed class PatternEscapes(string pattern, int start)
{
    private static readonly CodePointSet Digits = CodePointSet.Of(('0', '9'));
    private static readonly CodePointSet Words = CodePointSet.Of(('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z'));
    private static readonly CodePointSet Blanks = CodePointSet.Of(('\t', '\n'), ('\f', '\r'), (' ', ' '));

    /// <summary>At most one for each of the 30 categories and their 7 groups.</summary>
    private static readonly ConcurrentDictionary<string, CodePointSet?> Categories = new(StringComparer.Ordinal);

    private static readonly string[] CategoryNames =
        ["Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Co",
         "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc", "Sk", "So", "Cn"];

    /// <summary>Behind the escape, once it is read.</summary>
    public int At { get; private set; } = start;

    /// <summary>The code point, where it stands for one.</summary>
    public int Single { get; private set; } = -1;

    public string? Wrong { get; private set; }

    /// <summary>Null with <see cref="Wrong"/>.</summary>
    public CodePointSet? Read()
    {
        if (At + 1 >= pattern.Length) return Refuse("a '\\' at the end.");
        var c = pattern[At + 1];
        At += 2;
        switch (c)
        {
            case 'd': return Digits;
            case 'D': return Digits.Complement();
            case 'w': return Words;
            case 'W': return Words.Complement();
            case 's': return Blanks;
            case 'S': return Blanks.Complement();
            case 'p' or 'P': return Category(isNegated: c == 'P');
            case 'x': return Hexadecimal();
            case >= '0' and <= '7': return Octal();
        }
        var plain = c switch
        {
            'a' => 7,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            _ when char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c) => c,
            _ => -1,
        };
        return plain < 0 ? Refuse($"there is no '\\{c}'.") : One(plain);
    }

    /// <summary>A class of POSIX, as in <c>[:alpha:]</c>, perhaps negated; null if there is none of the name.</summary>
    public static CodePointSet? Named(string name)
    {
        if (name.StartsWith('^')) return Named(name[1..])?.Complement();
        return name switch
        {
            "alnum" => CodePointSet.Of(('0', '9'), ('A', 'Z'), ('a', 'z')),
            "alpha" => CodePointSet.Of(('A', 'Z'), ('a', 'z')),
            "ascii" => CodePointSet.Of((0, 0x7F)),
            "blank" => CodePointSet.Of(('\t', '\t'), (' ', ' ')),
            "cntrl" => CodePointSet.Of((0, 0x1F), (0x7F, 0x7F)),
            "digit" => Digits,
            "graph" => CodePointSet.Of(('!', '~')),
            "lower" => CodePointSet.Of(('a', 'z')),
            "print" => CodePointSet.Of((' ', '~')),
            "punct" => CodePointSet.Of(('!', '/'), (':', '@'), ('[', '`'), ('{', '~')),
            "space" => CodePointSet.Of(('\t', '\r'), (' ', ' ')),
            "upper" => CodePointSet.Of(('A', 'Z')),
            "word" => Words,
            "xdigit" => CodePointSet.Of(('0', '9'), ('A', 'F'), ('a', 'f')),
            _ => null,
        };
    }

    private CodePointSet? Refuse(string message)
    {
        Wrong = message;
        return null;
    }

    private CodePointSet? One(int codePoint)
    {
        if (codePoint is > 0x10FFFF or (>= 0xD800 and <= 0xDFFF)) return Refuse("no such code point.");
        Single = codePoint;
        return CodePointSet.Of((codePoint, codePoint));
    }

    private CodePointSet? Hexadecimal()
    {
        var (from, to) = (At, At + 2);
        var isBraced = pattern.AsSpan(At).StartsWith("{");
        if (isBraced) (from, to) = (At + 1, pattern.IndexOf('}', At));
        if (to < from || to > pattern.Length || to - from > 6
            || !int.TryParse(pattern.AsSpan(from, to - from), NumberStyles.AllowHexSpecifier, null, out var value))
            return Refuse("'\\x' needs two digits, or some in braces.");
        At = isBraced ? to + 1 : to;
        return One(value);
    }

    private CodePointSet? Octal()
    {
        var (value, digits) = (0, 0);
        At--;
        while (digits < 3 && At < pattern.Length && pattern[At] is >= '0' and <= '7')
        {
            value = (value * 8) + (pattern[At++] - '0');
            digits++;
        }
        // A single digit would be a reference to a group, which a linear engine cannot have.
        return digits == 1 && value != 0 ? Refuse("there are no references to groups.") : One(value);
    }

    private CodePointSet? Category(bool isNegated)
    {
        if (At >= pattern.Length) return Refuse("'\\p' needs a name.");
        var end = pattern[At] == '{' ? pattern.IndexOf('}', At) : At + 1;
        if (end < 0) return Refuse("'\\p{' is not closed.");
        var name = pattern[At] == '{' ? pattern[(At + 1)..end] : pattern[At..end];
        At = pattern[At] == '{' ? end + 1 : end;
        if (name.StartsWith('^')) (name, isNegated) = (name[1..], !isNegated);
        if (name.Length is 0 or > 2 || !Array.Exists(CategoryNames, c => c.StartsWith(name, StringComparison.Ordinal)))
            return Refuse($"'\\p{{{name}}}' is no category of Unicode, as in '\\p{{Lu}}'.");
        var set = Categories.GetOrAdd(name, Collect)!;
        return isNegated ? set.Complement() : set;
    }

    private static string Category(int codePoint) => CategoryNames[(int)CharUnicodeInfo.GetUnicodeCategory(codePoint)];

    private static CodePointSet Collect(string name)
    {
        var (set, from) = (new CodePointSet(), -1);
        for (var codePoint = 0; codePoint <= 0x10FFFF + 1; codePoint++)
        {
            var belongs = codePoint <= 0x10FFFF && Category(codePoint).StartsWith(name, StringComparison.Ordinal);
            if (belongs && from < 0) from = codePoint;
            if (belongs || from < 0) continue;
            set.Add(from, codePoint - 1);
            from = -1;
        }
        return set;
    }
}
