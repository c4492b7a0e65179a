using System.Text;
using Castellan.Platform.Cel;

namespace Castellan.Tests.Platform.Cel;

/// <summary>Hostile expressions: each is refused or stops, with a message, in little time and stack.</summary>
public sealed class BoundTests(ITestOutputHelper output)
{
    private const string Noise = "()[]{}.,:?!&|=<>+-*/%'\"\\`ab1 \n\u00E9\uD83D\0rb";

    /// <summary>Less than any of the server's threads has.</summary>
    private const int Small = 1024 * 1024;

    public static TheoryData<string> Deep => new(
        new string('(', 8000), new string('[', 8000), string.Concat(Enumerable.Repeat("{1:", 5000)), new string('!',
            8000) + "true",
        new string('-', 8000) + "x", string.Concat(Enumerable.Repeat("a[", 5000)),
            string.Concat(Enumerable.Repeat("f(", 5000)),
        "a" + string.Concat(Enumerable.Repeat(".a", 5000)), "a" + string.Concat(Enumerable.Repeat("[0]", 5000)),
        "a" + string.Concat(Enumerable.Repeat(".f()", 3000)), "a" + string.Concat(Enumerable.Repeat("+a", 5000)),
        "a" + string.Concat(Enumerable.Repeat("||a", 5000)), string.Concat(Enumerable.Repeat("a?a:", 4000)) + "a",
        string.Concat(Enumerable.Repeat("a.map(x,", 2000)), string.Concat(Enumerable.Repeat("not ", 4000)) + "a",
        string.Concat(Enumerable.Repeat("has(", 4000)));

    [Theory]
    [MemberData(nameof(Deep))]
    public void What_is_nested_too_deep_is_refused_on_a_small_stack(string source)
    {
        IReadOnlyList<CelError> errors = [];
        var thread = new Thread(() => errors = Worlds.Rules.Compile(source).Errors, Small);
        thread.Start();
        thread.Join();
        Assert.NotEmpty(errors);
    }

    [Fact]
    public void As_deep_as_is_allowed_fits_a_small_stack()
    {
        var limits = CelLimits.Default;
        var deep = new string('(', limits.Depth - 1) + "1" + new string(')', limits.Depth - 1);
        var lists = new string('[', limits.Depth - 2) + new string(']', limits.Depth - 2);
        var sum = string.Join("+", Enumerable.Repeat("1", limits.Depth));
        var macros = string.Concat(Enumerable.Repeat("[1].map(x, ", 60)) + "x" + new string(')', 60);
        foreach (var source in new[] { deep, lists, sum, $"{lists} == {lists} || true", macros })
        {
            CelValue? value = null;
            var thread = new Thread(() => value = Worlds.Evaluate(source), Small);
            thread.Start();
            thread.Join();
            Assert.True(value is { IsError: false }, $"{source[..20]}: {value}");
        }
    }

    [Theory]
    [InlineData(
        "[[1].map(x, [x,x]).map(x, [x,x]).map(x, [x,x]).map(x, [x,x]).map(x, [x,x])].all(y, [y].all(z, y == z))", 80)]
    [InlineData("[1,2,3,4].all(a, [1,2,3,4].all(b, [1,2,3,4].all(c, [1,2,3,4].all(d, a+b+c+d > 0))))", 1_000)]
    [InlineData("[1,2,3,4].exists(a, 1/0 > a) || true", 10)]
    [InlineData("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.contains('b')", 5)]
    public void What_costs_too_much_is_an_error_whatever_absorbs_errors(string source, int cost)
    {
        var value = Worlds.Evaluate(source, limits: CelLimits.Default with { Cost = cost });
        Assert.True(value.IsError, $"{value}");
        Assert.Contains("costs more", value.AsError.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_cost_of_a_rule_over_a_row_is_always_the_same()
    {
        var program =
            Worlds.Rules.Compile("record.tags.exists(t, t == 'blue') && record.title.contains('ain')").Program!;
        program.Evaluate(new Row(), out var first);
        program.Evaluate(new Row(), out var second);
        output.WriteLine($"cost {first}");
        Assert.Equal(first, second);
        Assert.InRange(first, 5, 50);
    }

    [Theory]
    [InlineData("[x, x, x, x, x, x, x, x, x, x].map(a, a + a + a + a + a + a + a + a)", "longer than")]
    [InlineData("l + l + l + l + l + l + l + l + l + l + l", "more than")]
    [InlineData("x.replace('a', x)", "longer than")]
    [InlineData("x.split('')", "more than")]
    [InlineData("l.map(i, x).join()", "longer than")]
    public void What_an_expression_makes_is_bounded(string source, string message)
    {
        var environment = new CelEnvironment(
            [new("x", CelType.String), new("l", CelType.List(CelType.Int))])
        {
            Limits = CelLimits.Default with { TextLength = 50_000, Items = 5_000, Cost = 1_000_000 },
        };
        var value = environment.Compile(source).Program!.Evaluate(new Large());
        Assert.True(value.IsError, $"{value}");
        Assert.Contains(message, value.AsError.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a{1000}){1000}")]
    [InlineData("((a{100}){100}){100}")]
    [InlineData("(x+x+)+y{2000}")]
    [InlineData("\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL\\\\pL")]
    public void A_pattern_that_is_too_large_is_refused(string pattern) =>
        Assert.Contains("pattern", Assert.Single(Worlds.Any().Compile($"'a'.matches('{pattern}')").Errors).Message,
            StringComparison.Ordinal);

    /// <summary>As many parts as there may be, each with overloads to choose from.</summary>
    [Theory]
    [InlineData("[", "1 + 1 == 2", "]", 500)]
    [InlineData("[", "[] + [x]", "] == []", 500)]
    [InlineData("{", "'a': dyn(1) + dyn(2)", "} == {}", 400)]
    [InlineData("[1].all(x, [", "x in [x] && size([x]) == x", "] != [])", 300)]
    public void The_largest_expression_is_checked_in_a_moment(string start, string part, string end, int count)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Worlds.Any().Compile(start + string.Join(", ", Enumerable.Repeat(part, count)) + end);
        output.WriteLine($"{clock.ElapsedMilliseconds} ms");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("(a|aa)+$")]
    [InlineData("(.*)*b")]
    public void A_pattern_that_other_engines_choke_on_is_answered(string pattern)
    {
        var text = new string('a', 5_000) + "!";
        Assert.True(Worlds.Evaluate($"'{text}'.matches('{pattern}')").IsFalse);
    }

    [Fact]
    public void Too_long_a_source_and_too_many_parts_are_refused()
    {
        Assert.Single(Worlds.Rules.Compile(new string(' ', CelLimits.Default.SourceLength + 1)).Errors);
        var many = "[" + string.Concat(Enumerable.Repeat("1,", 5000)) + "] == []";
        Assert.Contains("parts", Assert.Single(Worlds.Rules.Compile(many).Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'\\uD83D' == ''")]
    [InlineData("'\\U0000D800' == ''")]
    public void Half_of_a_pair_is_no_text(string source) => Assert.NotEmpty(Worlds.Rules.Compile(source).Errors);

    [Fact]
    public void Half_of_a_pair_is_no_source() =>
        Assert.Single(Worlds.Rules.Compile($"'{(char)0xD800}' == ''").Errors);

    [Fact]
    public void Half_of_a_pair_from_outside_is_an_error_where_it_is_read()
    {
        var row = new Row { Record = new Thing(Worlds.Task, ("title", CelValue.Of("a\uDC00"))) };
        Assert.True(Worlds.Evaluate("record.title == 'a'", row).IsError);
    }

    /// <summary>Whatever bytes come, the answer is a program or errors with a place in the source.</summary>
    [Fact]
    public void Random_and_mutilated_sources_never_throw()
    {
        var numbers = new SeededNumbers(SeededNumbers.Seed(output));
        var expressions = new RandomCel(numbers);
        var compiledAny = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var source = new StringBuilder(Castellan.Platform.Cel.Syntax.Printer.Print(expressions.Next()));
            for (var changes = numbers.Below(4); changes > 0; changes--)
            {
                var at = numbers.Below(source.Length);
                if (numbers.Below(2) == 0) source.Remove(at, 1).Append(' ');
                else source.Insert(at, Noise[numbers.Below(Noise.Length)]);
            }
            var compiled = RandomBindings.Environment.Compile(source.ToString());
            if (compiled.Program is { } program)
            {
                compiledAny++;
                program.Evaluate(new RandomBindings(numbers));
                continue;
            }
            Assert.All(compiled.Errors, e => Assert.True(e.Line >= 1 && e.Column >= 1, $"{source}: {e}"));
            Assert.NotEmpty(compiled.Errors);
        }
        Assert.InRange(compiledAny, 500, 4_500);
    }

    private sealed class Large : ICelActivation
    {
        private static readonly CelValue Text = CelValue.Of(new string('a', 20_000));
        private static readonly CelValue List = CelValue.Of([.. Enumerable.Range(0, 1_000).Select(i =>
            CelValue.Of((long)i))]);

        public CelValue Variable(int index) => index == 0 ? Text : List;
    }
}
