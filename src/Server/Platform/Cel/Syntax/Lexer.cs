namespace Castellan.Platform.Cel.Syntax;

/// <summary>
/// The lexis of the specification (langdef.md, Syntax). Signs of other languages are read as what they stand for
/// there, after an error that says what to write, so that the parser can go on.
/// </summary>
internal sealed class Lexer(string source, List<CelError> errors)
{
    // The longest first.
    private static readonly string[] Signs =
        ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "?", ":", "+", "-", "*", "/", "%", "(", ")", "[", "]",
         "{", "}", ",", "."];

    private static readonly (string Sign, string Meant, string Message, string Hint)[] Mistakes =
    [
        ("===", "==", "There is no '==='.", "Write '=='."),
        ("!==", "!=", "There is no '!=='.", "Write '!='."),
        ("<>", "!=", "There is no '<>'.", "Write '!='."),
        ("=>", ">=", "There is no '=>'.", "Write '>=' to compare."),
        ("=<", "<=", "There is no '=<'.", "Write '<=' to compare."),
        (":=", "==", "Expressions do not assign.", "Write '==' to compare."),
        ("+=", "+", "Expressions do not assign.", "Write '+' to add."),
        ("-=", "-", "Expressions do not assign.", "Write '-' to subtract."),
        ("?.", ".", "There is no '?.'.", "Ask with has(a.b) whether a field is set."),
        ("**", "*", "There is no '**'.", "Multiply with '*'."),
    ];

    private readonly List<Token> tokens = [];
    private readonly LiteralReader literals = new(source);
    private int at;
    private int line = 1;
    private int column = 1;
    private int counted;
    private bool broken;

    /// <summary>All tokens with an End behind them; null where the source cannot be read on.</summary>
    public List<Token>? Read()
    {
        while (!broken && SkipBlanks()) Next();
        if (broken) return null;
        tokens.Add(new(TokenKind.End, "", Here()));
        return tokens;
    }

    private CelPosition Here()
    {
        foreach (var unit in source.AsSpan(counted, at - counted)) column += char.IsLowSurrogate(unit) ? 0 : 1;
        counted = at;
        return new(line, column);
    }

    /// <summary>False at the end.</summary>
    private bool SkipBlanks()
    {
        while (at < source.Length)
        {
            if (source[at] is ' ' or '\t' or '\f')
                at++;
            else if (source[at] is '\r' or '\n')
                NewLine();
            else if (source.AsSpan(at).StartsWith("//"))
                at = source.AsSpan(at).IndexOfAny('\r', '\n') is >= 0 and var length ? at + length : source.Length;
            else
                return true;
        }
        return false;
    }

    private void NewLine()
    {
        at += source.AsSpan(at).StartsWith("\r\n") ? 2 : 1;
        (line, column, counted) = (line + 1, 1, at);
    }

    private void Next()
    {
        var c = source[at];
        if (LiteralReader.StringPrefix(source.AsSpan(at)) is { } prefix)
            Text(prefix);
        else if (char.IsAsciiDigit(c) || (c == '.' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1])))
            Number();
        else if (c == '_' || char.IsAsciiLetter(c))
            Add(TokenKind.Ident, NameLength());
        else if (c == '`')
            Quoted();
        else
            Sign(c);
    }

    private int NameLength()
    {
        var end = at;
        while (end < source.Length && (source[end] == '_' || char.IsAsciiLetterOrDigit(source[end]))) end++;
        return end - at;
    }

    private void Add(TokenKind kind, int length, CelValue value = default)
    {
        tokens.Add(new(kind, source.Substring(at, length), Here(), value));
        at += length;
    }

    private void Number()
    {
        var (length, value) = literals.Number(at);
        var end = at + length;
        if (end < source.Length && (source[end] == '_' || char.IsAsciiLetter(source[end])))
        {
            Stop($"'{source[end]}' cannot follow a number.", "Put an operator or white space between them.");
            return;
        }
        if (value.IsError && length > 0 && value.AsError.Hint != LiteralReader.OnlyNegative)
            errors.Add(CelError.At(Here(), value.AsError.Message, value.AsError.Hint));
        Add(TokenKind.Literal, length, value);
    }

    private void Text(LiteralReader.Prefix prefix)
    {
        var (length, value, wrongAt) = literals.Text(at, prefix);
        var (first, here) = (at, Here());
        if (value.IsError)
        {
            PassTo(wrongAt);
            errors.Add(CelError.At(Here(), value.AsError.Message, value.AsError.Hint));
            broken = length == 0;
            value = CelValue.OfKnown("");
        }
        PassTo(first + length);
        tokens.Add(new(TokenKind.Literal, source.Substring(first, length), here, value));
    }

    private void PassTo(int end)
    {
        while (at < end)
        {
            if (source[at] is '\r' or '\n') NewLine();
            else at++;
        }
    }

    private void Quoted()
    {
        var end = source.AsSpan(at + 1).IndexOfAny('`', '\r', '\n');
        if (end <= 0 || source[at + 1 + end] != '`')
        {
            Stop("A '`' is not closed.", "Backticks stand around a field's name: record.`due-date`.");
            return;
        }
        var name = source.Substring(at + 1, end);
        if (name.AsSpan().IndexOfAnyExcept(LiteralReader.QuotedNameCharacters) >= 0)
            errors.Add(CelError.At(
                Here(), $"'{name}' cannot be a name.", "In backticks: letters, digits and _ . - / and blanks."));
        tokens.Add(new(TokenKind.QuotedIdent, name, Here()));
        at += end + 2;
    }

    private void Sign(char c)
    {
        var rest = source.AsSpan(at);
        foreach (var (sign, meant, message, hint) in Mistakes)
        {
            if (!rest.StartsWith(sign)) continue;
            Mistaken(sign.Length, meant, message, hint);
            return;
        }
        foreach (var sign in Signs)
        {
            if (!rest.StartsWith(sign)) continue;
            Add(TokenKind.Sign, sign.Length);
            return;
        }
        switch (c)
        {
            case '=':
                Mistaken(1, "==", "'=' does not compare, and expressions do not assign.", "Write '=='.");
                break;
            case '&':
                Mistaken(1, "&&", "There is no '&'.", "Write '&&'.");
                break;
            case '|':
                Mistaken(1, "||", "There is no '|'.", "Write '||'.");
                break;
            case ';':
                Stop("An expression has no ';'.", "Join conditions with '&&' or '||'.");
                break;
            case '\u201C' or '\u201D' or '\u2018' or '\u2019':
                Stop($"'{c}' does not quote.", "Write straight quotes: 'text' or \"text\".");
                break;
            default:
                var length = char.IsHighSurrogate(c) && at + 1 < source.Length ? 2 : 1;
                Stop($"'{source.Substring(at, length)}' means nothing here.", null);
                break;
        }
    }

    private void Mistaken(int length, string meant, string message, string hint)
    {
        errors.Add(CelError.At(Here(), message, hint));
        tokens.Add(new(TokenKind.Sign, meant, Here()));
        at += length;
    }

    private void Stop(string message, string? hint)
    {
        errors.Add(CelError.At(Here(), message, hint));
        broken = true;
    }
}
