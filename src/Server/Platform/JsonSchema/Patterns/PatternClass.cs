namespace Castellan.Platform.JsonSchema.Patterns;

/// <summary>A class in brackets (ECMA-262, section 22.2.1, ClassContents), from behind its '['.</summary>
internal sealed class PatternClass(PatternSource source)
{
    private const string Syntax = @"^$\.*+?()[]{}|/-";
    private const int NoCharacter = -1;

    private readonly CharSet set = new();

    public CharSet Read()
    {
        set.IsNegated = source.Take('^');
        while (!source.IsAtEnd && source.Next != ']')
        {
            var from = Part();
            if (source.Next != '-' || source.Following is ']' or PatternSource.End)
            {
                if (from != NoCharacter) set.Add(from, from);
                continue;
            }
            source.Read();
            AddRange(from, Part());
        }
        if (!source.Take(']')) source.Fail("A class is not closed.", "Add ']'.");
        return set;
    }

    private void AddRange(int from, int to)
    {
        if (from == NoCharacter || to == NoCharacter)
            source.Fail("A range in a class begins or ends with a class.", @"Write '\-' for the character '-'.");
        else if (from > to) source.Fail("A range in a class runs backwards.", "Swap its ends.");
        else set.Add(from, to);
    }

    /// <summary>A character; or a class, which is added and is none.</summary>
    private int Part()
    {
        if (!source.Take('\\')) return source.Read();
        if (source.Next is 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P')
        {
            source.ClassEscape(set);
            return NoCharacter;
        }
        return source.Take('b') ? '\b' : source.CharacterEscape(Syntax);
    }
}
