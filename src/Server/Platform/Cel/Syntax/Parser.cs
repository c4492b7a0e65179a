using System.Runtime.InteropServices;

namespace Castellan.Platform.Cel.Syntax;

/// <summary>
/// The grammar of the specification (langdef.md, Syntax), by recursive descent. After the first thing that it cannot
/// understand it reads only the end, so that one fault is one error.
/// </summary>
internal sealed partial class Parser
{
    private static readonly CelPosition Nowhere = new(0, 0);

    private readonly List<Token> tokens;
    private readonly CelLimits limits;
    private readonly List<CelError> errors;
    private int at;
    private int nesting;
    private int nodes;
    private bool stopped;

    private Parser(List<Token> tokens, CelLimits limits, List<CelError> errors)
    {
        this.tokens = tokens;
        this.limits = limits;
        this.errors = errors;
    }

    /// <summary>A tree and how many levels it has; levels are bounded where they are made.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Tree(CelExpr Expr, int Depth);

    private Token Current => tokens[at];

    /// <summary>The tree, or null; where there are errors it is not to be used.</summary>
    public static (CelExpr? Root, IReadOnlyList<CelError> Errors) Parse(string source, CelLimits limits)
    {
        if (source.Length > limits.SourceLength)
            return (null, [new(1, 1, $"The expression is longer than {limits.SourceLength} characters.")]);
        if (!CelText.IsUnicode(source)) return (null, [new(1, 1, "The text holds half of a surrogate pair.")]);
        var found = new List<CelError>();
        if (new Lexer(source, found).Read() is not { } read) return (null, found);
        if (read.Count == 1) return (null, [new(1, 1, "The expression is empty.")]);
        var parser = new Parser(read, limits, found);
        var root = parser.Expression().Expr;
        if (parser.Current.Kind != TokenKind.End) parser.Unexpected("an operator or the end");
        return (root, [.. found.OrderBy(error => error.Line).ThenBy(error => error.Column).Take(limits.Errors)]);
    }

    private Token Take() => Current.Kind == TokenKind.End ? Current : tokens[at++];

    private bool TakeIf(string sign)
    {
        if (!Current.Is(sign)) return false;
        at++;
        return true;
    }

    private void Expect(string sign, CelPosition opened = default)
    {
        if (TakeIf(sign)) return;
        if (Current.Kind == TokenKind.End && opened != default)
            Fail(opened, $"This bracket is never closed: '{sign}' is missing.");
        else
            Unexpected($"'{sign}'");
    }

    private void Unexpected(string wanted)
    {
        var hint = Current.Kind == TokenKind.Ident ? OtherWords(Current.Text) : null;
        Fail(Current.At, $"Expected {wanted}, found {Current}.", hint);
    }

    private void Fail(CelPosition position, string message, string? hint = null)
    {
        // At the end already: either this fault was reported, or it is the end that is one.
        if (!stopped) errors.Add(CelError.At(position, message, hint));
        stopped = true;
        at = tokens.Count - 1;
    }

    private Tree Node(CelExpr expr, int depthBelow = 0)
    {
        if (++nodes > limits.Nodes) Fail(expr.At, $"The expression has more than {limits.Nodes} parts.");
        if (depthBelow + 1 > limits.Depth)
        {
            Fail(expr.At, $"The expression has more than {limits.Depth} levels.", "Compare with a list: x in [a, b].");
            return new(new CelLiteral(expr.At, CelValue.Null), 1);
        }
        return new(expr, depthBelow + 1);
    }

    private Tree Expression()
    {
        if (nesting >= limits.Depth)
        {
            Fail(Current.At, $"The expression is nested deeper than {limits.Depth} levels.");
            return new(new CelLiteral(Nowhere, CelValue.Null), 1);
        }
        nesting++;
        var result = Conditional();
        nesting--;
        return result;
    }

    private Tree Conditional()
    {
        var condition = Binary(1);
        if (!Current.Is("?")) return condition;
        var sign = Take();
        var then = Binary(1);
        Expect(":");
        var otherwise = Expression();
        return Node(
            new CelCall(sign.At, CelOperators.Conditional, null, [condition.Expr, then.Expr, otherwise.Expr]),
            Math.Max(condition.Depth, Math.Max(then.Depth, otherwise.Depth)));
    }

    /// <summary>Operators that bind at least as tightly as <paramref name="least"/>, all from left to right.</summary>
    private Tree Binary(int least)
    {
        var left = Unary();
        while (BinaryOperator() is { } function && CelOperators.Binary(function)!.Value.Binding is var binding
            && binding >= least)
        {
            var sign = Take();
            var right = Binary(binding + 1);
            left = Node(
                new CelCall(sign.At, function, null, [left.Expr, right.Expr]), Math.Max(left.Depth, right.Depth));
        }
        return left;
    }

    private string? BinaryOperator()
    {
        if (Current.Kind == TokenKind.Ident) return WordOperator();
        if (Current.Kind != TokenKind.Sign) return null;
        return Current.Text switch
        {
            "||" => CelOperators.Or,
            "&&" => CelOperators.And,
            "==" => CelOperators.Equal,
            "!=" => CelOperators.NotEqual,
            "<" => CelOperators.Less,
            "<=" => CelOperators.LessOrEqual,
            ">" => CelOperators.Greater,
            ">=" => CelOperators.GreaterOrEqual,
            "+" => CelOperators.Add,
            "-" => CelOperators.Subtract,
            "*" => CelOperators.Multiply,
            "/" => CelOperators.Divide,
            "%" => CelOperators.Modulo,
            _ => null,
        };
    }

    /// <summary>In place of an operator <c>and</c> can be nothing else: said, and read as what it means.</summary>
    private string? WordOperator()
    {
        if (Current.Text == "in") return CelOperators.In;
        var (sign, function) = Current.Text.ToUpperInvariant() switch
        {
            "AND" => ("&&", CelOperators.And),
            "OR" => ("||", CelOperators.Or),
            _ => ("", null),
        };
        if (function is null) return null;
        errors.Add(CelError.At(Current.At, $"There is no operator '{Current.Text}'.", $"Write '{sign}'."));
        tokens[at] = new(TokenKind.Sign, sign, Current.At);
        return function;
    }

    private static string? OtherWords(string word) => word.ToUpperInvariant() switch
    {
        "IS" => "Compare with '=='.",
        "NOT" => "Write '!(a in b)' or '!='.",
        "LIKE" => "Ask with startsWith, endsWith, contains or matches.",
        "BETWEEN" => "Write a >= x && a <= y.",
        "THEN" or "ELSE" => "Write condition ? a : b.",
        "MOD" => "Write '%'.",
        "EQ" or "EQUALS" => "Write '=='.",
        _ => null,
    };
}
