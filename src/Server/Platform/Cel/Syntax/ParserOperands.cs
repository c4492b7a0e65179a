namespace Castellan.Platform.Cel.Syntax;

/// <summary>Signs before an operand, operands, and what follows them: fields, calls, indexes, macros.</summary>
internal sealed partial class Parser
{
    private static readonly HashSet<string> Reserved = new(StringComparer.Ordinal)
    {
        "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    };

    private Tree Unary()
    {
        var signs = new List<Token>();
        while (Current.Is("!") || Current.Is("-") || IsNotWord()) signs.Add(Take());
        if (signs.Count > limits.Depth) Fail(signs[0].At, $"More than {limits.Depth} signs in a row.");
        // The last minus before a number belongs to it: only so is the least int one.
        var isNegative = signs.Count > 0 && signs[^1].Is("-") && IsNumber(Current);
        if (isNegative) signs.RemoveAt(signs.Count - 1);
        var operand = Member(isNegative);
        for (var i = signs.Count - 1; i >= 0; i--)
        {
            var function = signs[i].Is("!") ? CelOperators.Not : CelOperators.Negate;
            operand = Node(new CelCall(signs[i].At, function, null, [operand.Expr]), operand.Depth);
        }
        return operand;
    }

    /// <summary><c>not</c> before an operand: said, and read as an exclamation mark.</summary>
    private bool IsNotWord()
    {
        var isWord = Current.Kind == TokenKind.Ident;
        if (!isWord || !Current.Text.Equals("not", StringComparison.OrdinalIgnoreCase)) return false;
        var next = tokens[at + 1];
        if (!next.Is("(") && !next.Is("!") && next.Kind is not (TokenKind.Ident or TokenKind.Literal)) return false;
        if (next.Kind == TokenKind.Ident && next.Text is "in") return false;
        errors.Add(CelError.At(Current.At, $"There is no operator '{Current.Text}'.", "Write '!'."));
        tokens[at] = new(TokenKind.Sign, "!", Current.At);
        return true;
    }

    private static bool IsNumber(Token token) => token.Kind == TokenKind.Literal
        && token.Value.Kind is CelKind.Int or CelKind.Double or CelKind.Error;

    private Tree Member(bool isNegative)
    {
        var operand = Primary(isNegative);
        while (true)
        {
            if (Current.Is(".")) operand = Selection(operand);
            else if (Current.Is("[")) operand = Indexing(operand);
            else if (Current.Is("{") && operand.Expr is CelIdent or CelSelect) return NoObjects();
            else return operand;
        }
    }

    private Tree NoObjects()
    {
        Fail(Current.At, "Expressions do not make objects.", "A map is written {'key': value}.");
        return Node(new CelLiteral(Current.At, CelValue.Null));
    }

    private Tree Indexing(Tree operand)
    {
        var opened = Take();
        var index = Expression();
        Expect("]", opened.At);
        return Node(
            new CelCall(opened.At, CelOperators.Index, null, [operand.Expr, index.Expr]),
            Math.Max(operand.Depth, index.Depth));
    }

    private Tree Selection(Tree operand)
    {
        Take();
        var name = Current;
        if (name.Kind is not (TokenKind.Ident or TokenKind.QuotedIdent))
        {
            Unexpected("the name of a field or a method behind '.'");
            return operand;
        }
        Take();
        if (!Current.Is("(") || name.Kind == TokenKind.QuotedIdent)
            return Node(new CelSelect(name.At, operand.Expr, name.Text, TestOnly: false), operand.Depth);
        var (args, depth) = Arguments();
        return Macro(name, operand, args, depth)
            ?? Node(new CelCall(name.At, name.Text, operand.Expr, args), Math.Max(operand.Depth, depth));
    }

    private Tree Primary(bool isNegative)
    {
        var token = Current;
        if (token.Kind == TokenKind.Literal) return Literal(Take(), isNegative);
        if (token.Is("(")) return Bracketed();
        if (token.Is("[")) return ListLiteral();
        if (token.Is("{")) return MapLiteral();
        var isRoot = TakeIf(".");
        if (Current.Kind == TokenKind.Ident) return Name(Take(), isRoot);
        Unexpected("a value");
        return Node(new CelLiteral(token.At, CelValue.Null));
    }

    private Tree Literal(Token token, bool isNegative)
    {
        var value = token.Value;
        if (isNegative) value = Negative(value);
        else if (value.IsError) Fail(token.At, value.AsError.Message, value.AsError.Hint);
        return Node(new CelLiteral(token.At, value.IsError ? CelValue.Null : value));
    }

    private static CelValue Negative(CelValue value) => value.Kind switch
    {
        CelKind.Int => CelValue.Of(-value.AsInt),
        CelKind.Double => CelValue.Of(-value.AsDouble),
        // The lexer has reported every other error.
        _ => value.AsError.Hint == LiteralReader.OnlyNegative ? CelValue.Of(long.MinValue) : value,
    };

    private Tree Name(Token name, bool isRoot)
    {
        if (!isRoot)
        {
            if (name.Text == "true") return Node(new CelLiteral(name.At, CelValue.True));
            if (name.Text == "false") return Node(new CelLiteral(name.At, CelValue.False));
            if (name.Text == "null") return Node(new CelLiteral(name.At, CelValue.Null));
        }
        if (Reserved.Contains(name.Text))
        {
            Fail(name.At, $"'{name.Text}' is a reserved word.", name.Text == "if" ? "Write condition ? a : b." : null);
            return Node(new CelLiteral(name.At, CelValue.Null));
        }
        var text = isRoot ? "." + name.Text : name.Text;
        if (!Current.Is("(")) return Node(new CelIdent(name.At, text));
        var (args, depth) = Arguments();
        return name.Text == "has" && !isRoot
            ? Has(name, args, depth)
            : Node(new CelCall(name.At, text, null, args), depth);
    }

    private Tree Bracketed()
    {
        var opened = Take();
        var inner = Expression();
        if (Current.Is(","))
            Fail(Current.At, "Expected ')', found ','.", "A list stands in square brackets: [a, b].");
        Expect(")", opened.At);
        return inner;
    }

    private (IReadOnlyList<CelExpr> Args, int Depth) Arguments() => Items(Take(), ")");

    private Tree ListLiteral()
    {
        var opened = Take();
        var (items, depth) = Items(opened, "]");
        return Node(new CelListLiteral(opened.At, items), depth);
    }

    /// <summary>Up to the closing bracket; in lists a comma may stand before it.</summary>
    private (IReadOnlyList<CelExpr> Items, int Depth) Items(Token opened, string closing)
    {
        var (items, depth) = (new List<CelExpr>(), 0);
        while (!Current.Is(closing) && Current.Kind != TokenKind.End)
        {
            var item = Expression();
            items.Add(item.Expr);
            depth = Math.Max(depth, item.Depth);
            if (!TakeIf(",")) break;
            if (closing == ")" && Current.Is(closing)) Unexpected("a value");
        }
        Expect(closing, opened.At);
        return (items, depth);
    }

    private Tree MapLiteral()
    {
        var opened = Take();
        var (entries, depth) = (new List<CelMapEntry>(), 0);
        while (!Current.Is("}") && Current.Kind != TokenKind.End)
        {
            var key = Expression();
            Expect(":");
            var value = Expression();
            entries.Add(new(key.Expr, value.Expr));
            depth = Math.Max(depth, Math.Max(key.Depth, value.Depth));
            if (!TakeIf(",")) break;
        }
        Expect("}", opened.At);
        return Node(new CelMapLiteral(opened.At, entries), depth);
    }
}
