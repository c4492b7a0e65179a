using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Castellan.Platform.Cel.Library;

/// <summary>
/// Reads RE2's syntax and writes the base library's. Classes are of code points and letters of escapes are ASCII, as
/// in RE2; whether a match is greedy does not matter to a yes or no. What RE2 has and this has not: names of scripts,
/// \C, and word boundaries that know only ASCII (they know all of Unicode here).
/// </summary>
internal sealed class PatternReader
{
    private const int RepeatMax = 1000;
    private const int SizeMax = 2_000;
    private const int DepthMax = 50;

    /// <summary>Characters of the other syntax: some ten classes of all letters of Unicode.</summary>
    private const int OutputMax = 100_000;

    private static readonly CodePointSet Everything = new CodePointSet().Complement();
    private static readonly CodePointSet AllButLines = CodePointSet.Of(('\n', '\n')).Complement();

    private readonly string pattern;
    private readonly StringBuilder output = new();
    private int at;
    private int depth;
    private string? wrong;

    private PatternReader(string pattern) => this.pattern = pattern;

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Flags(bool IgnoresCase, bool IsMultiline, bool DotMatchesLine);

    private bool IsEnd => at >= pattern.Length || wrong is not null;

    public static (string? Translated, string? Wrong) Translate(string pattern)
    {
        var reader = new PatternReader(pattern);
        var flags = default(Flags);
        reader.Alternatives(ref flags);
        if (reader.wrong is null && reader.at < pattern.Length) reader.Refuse("a ')' too many.");
        return reader.wrong is null ? (reader.output.ToString(), null) : (null, reader.wrong);
    }

    private void Refuse(string message) => wrong ??= message;

    /// <summary>Returns how many atoms it is when its repetitions are written out.</summary>
    private int Alternatives(ref Flags flags)
    {
        if (++depth > DepthMax) Refuse("nested too deep.");
        var size = 0;
        while (!IsEnd && pattern[at] != ')')
        {
            if (pattern[at] == '|')
            {
                output.Append('|');
                at++;
                continue;
            }
            size += Repeated(ref flags);
            if (size > SizeMax || output.Length > OutputMax) Refuse("it is too large.");
        }
        depth--;
        return size;
    }

    private int Repeated(ref Flags flags)
    {
        var start = output.Length;
        var size = Atom(ref flags);
        if (IsEnd || !TryRepetition(out var text, out var times)) return size;
        output.Insert(start, "(?:").Append(')').Append(text);
        if (!IsEnd && pattern[at] == '?') at++;
        if (!IsEnd && TryRepetition(out _, out _)) Refuse("a repetition of a repetition.");
        return size * times;
    }

    /// <summary>A '{' that begins no repetition is a character.</summary>
    private bool TryRepetition(out string text, out int times)
    {
        (text, times) = ("", 1);
        if (pattern[at] is '*' or '+' or '?')
        {
            text = pattern[at++].ToString();
            return true;
        }
        if (pattern[at] != '{') return false;
        var end = pattern.IndexOf('}', at);
        if (end < 0) return false;
        var bounds = pattern[(at + 1)..end].Split(',');
        if (bounds.Length > 2 || !IsCount(bounds[0])) return false;
        if (bounds is [_, { Length: > 0 } second] && !IsCount(second)) return false;
        var least = int.Parse(bounds[0], CultureInfo.InvariantCulture);
        var most = bounds is [_, { Length: > 0 } upper] ? int.Parse(upper, CultureInfo.InvariantCulture) : least;
        if (least > most || most > RepeatMax) Refuse($"repetitions go from few to many, up to {RepeatMax}.");
        (text, times) = (pattern[at..(end + 1)], Math.Max(most, 1));
        at = end + 1;
        return true;
    }

    private static bool IsCount(string text) => text.Length is > 0 and <= 5 && text.All(char.IsAsciiDigit);

    private int Atom(ref Flags flags)
    {
        var c = pattern[at];
        switch (c)
        {
            case '(':
                return Group(ref flags);
            case '[':
                at++;
                Put(Class(), flags);
                return 1;
            case '.':
                at++;
                Put(flags.DotMatchesLine ? Everything : AllButLines, default);
                return 1;
            case '^':
                at++;
                output.Append(flags.IsMultiline ? "(?m:^)" : @"\A");
                return 1;
            case '$':
                at++;
                output.Append(flags.IsMultiline ? "(?m:$)" : @"\z");
                return 1;
            case '*' or '+' or '?':
                Refuse($"nothing stands before '{c}' that it could repeat.");
                return 0;
            case '\\':
                return Escape(flags);
            default:
                Put(CodePoint(), flags);
                return 1;
        }
    }

    private int CodePoint()
    {
        var rune = Rune.GetRuneAt(pattern, at);
        at += rune.Utf16SequenceLength;
        return rune.Value;
    }

    private void Put(int codePoint, Flags flags) => Put(CodePointSet.Of((codePoint, codePoint)), flags);

    private void Put(CodePointSet set, Flags flags)
    {
        if (flags.IgnoresCase) output.Append("(?i:");
        set.Write(output);
        if (flags.IgnoresCase) output.Append(')');
    }

    private int Group(ref Flags flags)
    {
        at++;
        var inner = flags;
        if (pattern.AsSpan(at).StartsWith("?"))
        {
            at++;
            if (!GroupStart(ref inner, out var isOnlyFlags)) return 0;
            if (isOnlyFlags)
            {
                flags = inner;
                return 0;
            }
        }
        output.Append("(?:");
        var size = Alternatives(ref inner);
        output.Append(')');
        if (IsEnd) Refuse("a ')' is missing.");
        at++;
        return Math.Max(size, 1);
    }

    private bool GroupStart(ref Flags flags, out bool isOnlyFlags)
    {
        isOnlyFlags = false;
        var rest = pattern.AsSpan(at);
        if (rest.StartsWith("P<") || (rest.StartsWith("<") && !rest.StartsWith("<=") && !rest.StartsWith("<!")))
        {
            var end = pattern.IndexOf('>', at);
            var start = rest[0] == 'P' ? at + 2 : at + 1;
            if (end <= start || !pattern[start..end].All(c => c == '_' || char.IsAsciiLetterOrDigit(c)))
            {
                Refuse("a group's name is wrong.");
                return false;
            }
            at = end + 1;
            return true;
        }
        var on = true;
        while (at < pattern.Length)
        {
            var c = pattern[at++];
            if (c is ':' or ')')
            {
                isOnlyFlags = c == ')';
                return true;
            }
            if (c == '-' && on) on = false;
            else if (c == 'i') flags = flags with { IgnoresCase = on };
            else if (c == 'm') flags = flags with { IsMultiline = on };
            else if (c == 's') flags = flags with { DotMatchesLine = on };
            else if (c != 'U') break;
        }
        Refuse("there is no such group; neither looking ahead nor looking back exists.");
        return false;
    }

    private int Escape(Flags flags)
    {
        if (at + 1 >= pattern.Length)
        {
            Refuse("a '\\' at the end.");
            return 0;
        }
        switch (pattern[at + 1])
        {
            case 'A' or 'z' or 'b' or 'B':
                output.Append(pattern, at, 2);
                at += 2;
                return 1;
            case 'Q':
                return Quoted(flags);
        }
        var escapes = new PatternEscapes(pattern, at);
        var set = escapes.Read();
        if (set is null) Refuse(escapes.Wrong!);
        else Put(set, flags);
        at = escapes.At;
        return 1;
    }

    private int Quoted(Flags flags)
    {
        at += 2;
        var end = pattern.IndexOf("\\E", at, StringComparison.Ordinal);
        var stop = end < 0 ? pattern.Length : end;
        var size = stop - at;
        while (at < stop) Put(CodePoint(), flags);
        at = end < 0 ? stop : stop + 2;
        return size;
    }

    /// <summary>Behind the opening bracket.</summary>
    private CodePointSet Class()
    {
        var set = new CodePointSet();
        var isNegated = !IsEnd && pattern[at] == '^';
        if (isNegated) at++;
        var isFirst = true;
        while (!IsEnd && (isFirst || pattern[at] != ']'))
        {
            isFirst = false;
            var item = ClassItem(out var from);
            set.Add(item);
            if (from < 0 || !pattern.AsSpan(at).StartsWith("-") || pattern.AsSpan(at).StartsWith("-]")) continue;
            at++;
            if (IsEnd) break;
            ClassItem(out var to);
            if (to < from) Refuse("a range goes backwards.");
            else set.Add(from, to);
        }
        if (IsEnd) Refuse("a ']' is missing.");
        at++;
        return isNegated ? set.Complement() : set;
    }

    /// <param name="single">The one code point that it is, or -1 for a class of its own.</param>
    private CodePointSet ClassItem(out int single)
    {
        single = -1;
        if (pattern.AsSpan(at).StartsWith("[:")
            && pattern.IndexOf(":]", at, StringComparison.Ordinal) is > 0 and var end)
        {
            var named = PatternEscapes.Named(pattern[(at + 2)..end]);
            if (named is null) Refuse("there is no such class.");
            at = end + 2;
            return named ?? new();
        }
        if (pattern[at] != '\\')
        {
            single = CodePoint();
            return CodePointSet.Of((single, single));
        }
        var escapes = new PatternEscapes(pattern, at);
        var set = escapes.Read();
        if (set is null) Refuse(escapes.Wrong!);
        at = escapes.At;
        single = escapes.Single;
        return set ?? new();
    }
}
