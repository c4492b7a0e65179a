using System.Globalization;
using System.Text;
using Castellan.Platform.Cel.Library;

namespace Castellan.Platform.Cel.Syntax;

/// <summary>Writes a tree as source that reads as the same tree, with no bracket that is not needed.</summary>
internal sealed class Printer
{
    private const int Loosest = 0;
    private const int Tightest = 7;
    private const int SignBinding = 6;

    private readonly StringBuilder output = new();

    public static string Print(CelExpr expr)
    {
        var printer = new Printer();
        printer.Write(expr, Loosest);
        return printer.output.ToString();
    }

    /// <summary>In brackets if it binds less tightly than <paramref name="least"/>.</summary>
    private void Write(CelExpr expr, int least)
    {
        var inBrackets = Binding(expr) < least;
        if (inBrackets) output.Append('(');
        switch (expr)
        {
            case CelLiteral literal:
                Literal(literal.Value);
                break;
            case CelIdent ident:
                output.Append(ident.Name);
                break;
            case CelSelect select:
                Select(select);
                break;
            case CelCall call:
                Call(call);
                break;
            case CelListLiteral list:
                Items('[', list.Items, ']');
                break;
            case CelMapLiteral map:
                Map(map);
                break;
            case CelComprehension comprehension:
                Comprehension(comprehension);
                break;
            default:
                throw new InvalidOperationException(expr.GetType().Name);
        }
        if (inBrackets) output.Append(')');
    }

    private static int Binding(CelExpr expr) => expr switch
    {
        CelCall { Function: CelOperators.Conditional } => Loosest,
        CelCall { Function: CelOperators.Not or CelOperators.Negate } => SignBinding,
        CelCall call => CelOperators.Binary(call.Function)?.Binding ?? Tightest,
        _ => Tightest,
    };

    private void Select(CelSelect select)
    {
        if (select.TestOnly) output.Append("has(");
        Write(select.Operand, Tightest);
        var isPlain = select.Field.Length > 0 && !char.IsAsciiDigit(select.Field[0])
            && select.Field.All(c => c == '_' || char.IsAsciiLetterOrDigit(c));
        output.Append('.').Append(isPlain ? select.Field : $"`{select.Field}`");
        if (select.TestOnly) output.Append(')');
    }

    private void Call(CelCall call)
    {
        if (CelOperators.Binary(call.Function) is var (sign, binding))
        {
            Write(call.Args[0], binding);
            output.Append(' ').Append(sign).Append(' ');
            Write(call.Args[1], binding + 1);
            return;
        }
        switch (call.Function)
        {
            case CelOperators.Conditional:
                Conditional(call.Args);
                return;
            case CelOperators.Not:
                output.Append('!');
                Write(call.Args[0], SignBinding);
                return;
            case CelOperators.Negate:
                // A minus before a number would belong to it.
                output.Append('-');
                Write(call.Args[0], StartsWithNumber(call.Args[0]) ? Tightest + 1 : SignBinding);
                return;
            case CelOperators.Index:
                Write(call.Args[0], Tightest);
                Items('[', [call.Args[1]], ']');
                return;
        }
        if (call.Target is not null)
        {
            Write(call.Target, Tightest);
            output.Append('.');
        }
        output.Append(call.Function);
        Items('(', call.Args, ')');
    }

    private static bool StartsWithNumber(CelExpr expr) => expr switch
    {
        CelLiteral literal => Numbers.IsNumber(literal.Value),
        CelSelect { TestOnly: false } select => StartsWithNumber(select.Operand),
        CelCall { Function: CelOperators.Index } call => StartsWithNumber(call.Args[0]),
        CelCall { Target: { } target } => StartsWithNumber(target),
        CelComprehension comprehension => StartsWithNumber(comprehension.Range),
        _ => false,
    };

    private void Conditional(IReadOnlyList<CelExpr> args)
    {
        Write(args[0], Loosest + 1);
        output.Append(" ? ");
        Write(args[1], Loosest + 1);
        output.Append(" : ");
        Write(args[2], Loosest);
    }

    private void Items(char opening, IReadOnlyList<CelExpr> items, char closing)
    {
        output.Append(opening);
        foreach (var (index, item) in items.Index())
        {
            if (index > 0) output.Append(", ");
            Write(item, Loosest);
        }
        output.Append(closing);
    }

    private void Map(CelMapLiteral map)
    {
        output.Append('{');
        foreach (var (index, entry) in map.Entries.Index())
        {
            if (index > 0) output.Append(", ");
            Write(entry.Key, Loosest);
            output.Append(": ");
            Write(entry.Value, Loosest);
        }
        output.Append('}');
    }

    private void Comprehension(CelComprehension macro)
    {
        Write(macro.Range, Tightest);
        var name = macro.Macro switch
        {
            CelMacro.All => "all",
            CelMacro.Exists => "exists",
            CelMacro.ExistsOne => "exists_one",
            CelMacro.Map => "map",
            _ => "filter",
        };
        output.Append('.').Append(name).Append('(').Append(macro.Variable);
        foreach (var argument in new[] { macro.Predicate, macro.Transform }.OfType<CelExpr>())
        {
            output.Append(", ");
            Write(argument, Loosest);
        }
        output.Append(')');
    }

    private void Literal(CelValue value)
    {
        _ = value.Kind switch
        {
            CelKind.String => Text(value.AsString),
            CelKind.Bytes => Bytes(value.AsBytes),
            CelKind.Double => output.Append(Double(value.AsDouble)),
            _ => output.Append(CelText.Describe(value)),
        };
    }

    private static string Double(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.AsSpan().ContainsAny('.', 'E') ? text : text + ".0";
    }

    private StringBuilder Text(string text)
    {
        output.Append('\'');
        foreach (var c in text)
        {
            _ = c switch
            {
                '\'' or '\\' => output.Append('\\').Append(c),
                '\n' => output.Append("\\n"),
                '\r' => output.Append("\\r"),
                '\t' => output.Append("\\t"),
                < ' ' => output.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
                _ => output.Append(c),
            };
        }
        return output.Append('\'');
    }

    private StringBuilder Bytes(byte[] bytes)
    {
        output.Append("b'");
        foreach (var b in bytes)
        {
            _ = b is >= 0x20 and < 0x7F and not (byte)'\'' and not (byte)'\\'
                ? output.Append((char)b)
                : output.Append("\\x").Append(b.ToString("x2", CultureInfo.InvariantCulture));
        }
        return output.Append('\'');
    }
}
