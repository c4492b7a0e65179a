using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Syntax;

namespace Castellan.Tests.Platform.Cel;

/// <summary>What is printed reads as what was printed.</summary>
public sealed class PrinterTests(ITestOutputHelper output)
{
    private const int Expressions = 10_000;

    [Fact]
    public void Random_trees_come_back_from_their_source()
    {
        var expressions = new RandomCel(new SeededNumbers(SeededNumbers.Seed(output)));
        for (var i = 0; i < Expressions; i++)
        {
            var tree = expressions.Next();
            var source = Printer.Print(tree);
            var (read, errors) = Parser.Parse(source, CelLimits.Default);
            Assert.True(errors.Count == 0, $"{source}\n{string.Join("\n", errors)}");
            Assert.True(Same(tree, read!), $"{source}\n{Printer.Print(read!)}");
        }
    }

    [Theory]
    [InlineData("a && (b || c)")]
    [InlineData("a - (b - c) - d")]
    [InlineData("-(-1)")]
    [InlineData("-(1)")]
    [InlineData("--x")]
    [InlineData("!(!a && b)")]
    [InlineData("(a ? b : c) ? d : e ? f : g")]
    [InlineData("(a + b)[0].c")]
    [InlineData("[1, 2u, 3.0, 1e+30, b'\\x00\\xff', 'it\\'s', r'\\d']")]
    [InlineData("{'a': [], 1: {}}.`a-b`")]
    [InlineData("has(a.b.c) && !has(a.`x y`)")]
    [InlineData("a.map(x, x > 1, x * 2).filter(y, y in [1]).exists_one(z, z == -9223372036854775808)")]
    [InlineData(".a.b(c).d(e, f)")]
    [InlineData("(-1).f() == -1.5 .f()")]
    public void What_was_printed_is_printed_the_same(string source)
    {
        var tree = Read(source);
        var printed = Printer.Print(tree);
        Assert.True(Same(tree, Read(printed)), printed);
        Assert.Equal(printed, Printer.Print(Read(printed)));
    }

    private static CelExpr Read(string source)
    {
        var (read, errors) = Parser.Parse(source, CelLimits.Default);
        Assert.True(errors.Count == 0, $"{source}: {string.Join(" ", errors)}");
        return read!;
    }

    private static bool Same(CelExpr x, CelExpr y)
    {
        var (left, right) = (x.Children().ToArray(), y.Children().ToArray());
        return Label(x) == Label(y) && left.Length == right.Length
            && left.Zip(right).All(pair => Same(pair.First, pair.Second));
    }

    private static string Label(CelExpr expr) => expr switch
    {
        CelLiteral { Value.Kind: CelKind.Bytes } literal => "bytes " + Convert.ToHexString(literal.Value.AsBytes),
        CelLiteral { Value.Kind: CelKind.String } literal => "string " + literal.Value.AsString,
        CelLiteral literal => $"{literal.Value.Kind} {literal.Value}",
        CelIdent ident => "ident " + ident.Name,
        CelSelect select => $"select {select.Field} {select.TestOnly}",
        CelCall call => $"call {call.Function} {call.Target is not null}",
        CelComprehension macro => $"{macro.Macro} {macro.Variable} {macro.Predicate is null}",
        _ => expr.GetType().Name,
    };
}
