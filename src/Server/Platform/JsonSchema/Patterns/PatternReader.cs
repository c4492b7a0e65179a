using System.Text;

namespace Castellan.Platform.JsonSchema.Patterns;

/// <summary>
/// A pattern in .NET's language, or what is wrong with it. <paramref name="Map"/>, where there is one, is how texts
/// must be written for it; <paramref name="MayBacktrack"/> where it needs the engine that does.
/// </summary>
internal sealed record PatternRead(string Translated, AstralMap? Map, bool MayBacktrack)
{
    public PatternFault? Fault { get; init; }
}

/// <summary>Why a pattern cannot be used, in words for the author of the schema.</summary>
internal sealed record PatternFault(string Code, string Detail, string Fix);

/// <summary>
/// Reads a regular expression of ECMA-262 with its flag u (section 22.2.1), as JSON Schema asks (core, section 6.4),
/// and writes it for .NET. Strict as that flag is: an escape that means nothing is an error.
/// </summary>
internal sealed class PatternReader
{
    private const int DepthMax = 50;
    private const int TranslatedMax = 100_000;
    private const string Syntax = @"^$\.*+?()[]{}|/";
    private const string Word = "[0-9A-Za-z_]";

    private readonly PatternSource source;
    private readonly PatternGroups groups;
    private readonly StringBuilder output = new();
    private readonly List<(int At, CharSet Set)> sets = [];
    private bool mayBacktrack;
    private int depth;
    private int capture;

    private PatternReader(string pattern)
    {
        source = new PatternSource(pattern);
        groups = PatternGroups.Of(pattern);
    }

    public static PatternRead Read(string pattern)
    {
        if (pattern.Length > SchemaLimits.PatternLength)
        {
            return Faulty(new PatternFault("pattern_too_long",
                $"The pattern has {pattern.Length} characters, and {SchemaLimits.PatternLength} are allowed.",
                "Shorten it."));
        }
        return new PatternReader(pattern).Run();
    }

    /// <summary>Whether a text is a pattern of ECMA-262, also where it cannot be run here.</summary>
    public static bool IsSyntax(ReadOnlySpan<byte> utf8) =>
        new PatternReader(Encoding.UTF8.GetString(utf8)).Run().Fault?.Code is null or PatternSource.Unsupported;

    private PatternRead Run()
    {
        var size = Disjunction();
        if (!source.IsAtEnd) source.Fail("A ')' closes nothing.", @"Write '\)' for the character, or remove it.");
        if (source.Fault is { } fault) return Faulty(fault);
        var map = groups.AreReferred ? null : AstralMap.Of([.. sets.Select(set => set.Set.Astral)]);
        var isTold = map is not null || groups.AreReferred;
        var translated = isTold ? Rendered(map) : "";
        if (!isTold || translated.Length > TranslatedMax)
            return Faulty(new PatternFault(PatternSource.Unsupported, "The pattern is too large.", "Simplify it."));
        return new PatternRead(translated, map, mayBacktrack || size > SchemaLimits.PatternUnfolded);
    }

    private static PatternRead Faulty(PatternFault fault) => new("", null, MayBacktrack: false) { Fault = fault };

    /// <summary>Puts in the sets, which cannot be written before all of them are known.</summary>
    private string Rendered(AstralMap? map)
    {
        var rendered = new StringBuilder();
        var done = 0;
        foreach (var (at, set) in sets)
        {
            rendered.Append(output, done, at - done).Append(set.Expression(map));
            done = at;
        }
        return rendered.Append(output, done, output.Length - done).ToString();
    }

    private int Emit(CharSet set)
    {
        sets.Add((output.Length, set));
        return 1;
    }

    /// <summary>Each part returns its size with its repetitions written out.</summary>
    private long Disjunction()
    {
        if (++depth > DepthMax)
            source.Refuse($"The pattern has more than {DepthMax} groups inside each other.", "Simplify it.");
        var size = Alternative();
        while (source.Take('|'))
        {
            output.Append('|');
            size += Alternative();
        }
        depth--;
        return size;
    }

    private long Alternative()
    {
        long size = 0;
        while (!source.IsAtEnd && source.Next is not ('|' or ')')) size += Term();
        return size;
    }

    private long Term()
    {
        switch (source.Next)
        {
            case '^' or '$':
                output.Append(source.Read() == '^' ? @"\A" : @"\z");
                return 1;
            case '(' when source.TakeAny("(?=", "(?!", "(?<=", "(?<!") is { } look:
                mayBacktrack = true;
                return Group(look);
            case '\\' when source.TakeAny(@"\b", @"\B") is { } boundary:
                mayBacktrack = true;
                var (inside, outside) = boundary == @"\b" ? ("!", "=") : ("=", "!");
                output.Append($"(?:(?<={Word})(?{inside}{Word})|(?<!{Word})(?{outside}{Word}))");
                return 1;
            default:
                return Quantified(Atom());
        }
    }

    private long Atom()
    {
        switch (source.Next)
        {
            case '.':
                source.Read();
                var dot = new CharSet { IsNegated = true };
                dot.Add(CharSet.LineEnds);
                return Emit(dot);
            case '(':
                return CapturingOrNot();
            case '[':
                source.Read();
                return Emit(new PatternClass(source).Read());
            case '\\':
                source.Read();
                return Escape();
            case '*' or '+' or '?' or '{':
                return source.Fail("A repetition repeats nothing.", "Put what it repeats before it.");
            case '}' or ']':
                var mark = (char)source.Next;
                return source.Fail($"A '{mark}' closes nothing.", $@"Write '\{mark}' for the character.");
            default:
                return Literal(source.Read());
        }
    }

    private long CapturingOrNot()
    {
        if (source.TakeAny("(?:") is not null) return Group("(?:");
        if (source.TakeAny("(?<") is not null) source.GroupName();
        else if (source.TakeAny("(?") is not null)
        {
            return source.Fail("A group begins with '(?' and no known letter.",
                "Write '(?:' for a group without a number.");
        }
        else source.Read();
        capture++;
        return Group(groups.AreReferred ? $"(?<g{capture}>" : "(?:");
    }

    private long Group(string opening)
    {
        output.Append(opening);
        var size = Disjunction();
        if (!source.Take(')')) return source.Fail("A group is not closed.", "Add ')'.");
        output.Append(')');
        return size;
    }

    private long Quantified(long size)
    {
        var (text, most) = source.Quantifier();
        if (text is null) return size;
        output.Append(text);
        return Math.Min(size * Math.Max(most, 1), int.MaxValue);
    }

    private long Escape()
    {
        var next = source.Next;
        if (next is 'k' or (>= '1' and <= '9')) return Reference();
        if (next is 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P')
        {
            var set = new CharSet();
            source.ClassEscape(set);
            return Emit(set);
        }
        return Literal(source.CharacterEscape(Syntax));
    }

    private long Reference()
    {
        var isNamed = source.Take('k');
        var number = isNamed ? groups.Number(source.ReferenceName()) : source.Decimal();
        if (number < 1 || number > groups.Count)
            return source.Fail("A reference names no group.", "Correct its number or name.");
        mayBacktrack = true;
        // ECMA-262: a group that has not taken part matches the empty text.
        output.Append($@"(?(g{number})\k<g{number}>|)");
        return 1;
    }

    private int Literal(int point)
    {
        if (point is >= 0 and <= 0xFFFF and not (>= 0xD800 and <= 0xDFFF))
        {
            output.Append(CharSet.Unit(point));
            return 1;
        }
        // Half a pair is in no text, so its set is empty.
        var set = new CharSet();
        set.Add(point, point);
        return Emit(set);
    }
}
