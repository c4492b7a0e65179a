using System.Text.Json;
using Castellan.Platform.Cel;

namespace Castellan.Tests.Platform.Cel;

/// <summary>
/// What other consumers of a program rely on: types, bindings, dependencies, parts, values from JSON.
/// </summary>
public sealed class ProgramTests
{
    [Theory]
    [InlineData("owner", "caller,owner,record")]
    [InlineData("tenant_role('admin')", "caller")]
    [InlineData("record.title == caller.email", "caller,record")]
    [InlineData("now > timestamp('2020-01-01T00:00:00Z')", "now")]
    [InlineData("[1].all(record, record > 0)", "")]
    public void Says_which_variables_it_reads(string source, string variables)
    {
        var program = Worlds.Rules.Compile(source).Program!;
        Assert.Equal(variables, string.Join(",", program.Root.Reads().Order(StringComparer.Ordinal)));
        Assert.Equal(variables.Contains("record", StringComparison.Ordinal), program.Root.DependsOn("record"));
    }

    [Fact]
    public void A_part_without_the_record_is_evaluated_without_it()
    {
        var program = Worlds.Rules.Compile("record.title == caller.id.shout() + '?'").Program!;
        var part = ((CelCall)program.Root).Args[1];
        Assert.False(part.DependsOn("record"));
        Assert.Equal("usr_1!?", program.Part(part).Evaluate(new Row()).AsString);
    }

    [Fact]
    public void A_part_of_a_macro_that_uses_its_variable_is_no_program()
    {
        var program = Worlds.Rules.Compile("record.tags.exists(t, t == 'a')").Program!;
        var predicate = ((CelComprehension)program.Root).Predicate!;
        Assert.Throws<ArgumentException>(() => program.Part(predicate));
    }

    [Fact]
    public void Every_node_has_its_type_and_every_name_its_variable()
    {
        var root =
            Worlds.Rules.Compile("record.project.tasks.exists(t, t.due == null && t.estimate + 1 > 2)").Program!.Root;
        var macro = Assert.IsType<CelComprehension>(root);
        Assert.Same(Worlds.Task, macro.ItemType);
        Assert.Equal(CelType.List(Worlds.Task), macro.Range.Type);
        Assert.DoesNotContain(root.All(), node => node.Type.IsDyn);
        Assert.DoesNotContain(root.All().OfType<CelIdent>(), ident => ident.Binding is null);
        Assert.DoesNotContain(root.All().OfType<CelSelect>(), select => select.Declared is null);
    }

    [Fact]
    public void Json_is_read_as_the_specification_says()
    {
        using var document =
            JsonDocument.Parse("""{"a": [1, {"b": null}], "c": "\u00e9", "d": 1.5, "e": {"x": true}}""");
        var row = new Row { Request = CelJson.Of(document.RootElement) };
        Assert.True(Worlds.Evaluate(
            "request.a[0] == 1 && request.a[1].b == null && size(request.a) == 2 && request.c == 'é' && request.d > 1"
            + " && request.e.x && has(request.a[1].b) && !has(request.z) && 'c' in request"
            + " && request.exists(k, k == 'd') && size(request) == 4 && request == request", row).IsTrue);
    }

    [Fact]
    public void A_result_that_only_the_evaluation_knows_is_held_to_what_was_asked_for()
    {
        using var document = JsonDocument.Parse("""{"yes": true, "text": "true"}""");
        var row = new Row { Request = CelJson.Of(document.RootElement) };
        Assert.True(Worlds.Rules.Compile("request.yes").Program!.Evaluate(row).IsTrue);
        Assert.True(Worlds.Rules.Compile("request.text").Program!.Evaluate(row).IsError);
    }

    [Theory]
    [InlineData(
        "'a😀b'.size() == 3 && 'a😀b'.charAt(1) == '😀'"
        + " && 'a😀b'.indexOf('b') == 2 && 'a😀b'.reverse() == 'b😀a'")]
    [InlineData("'\\uFFFD' < '😀' && '\\x00' < 'a' && 'a\\x00b'.size() == 3 && '\\uD83D\\uDE00' == '😀'")]
    [InlineData(
        "'abc'.replace('', '-') == '-a-b-c-' && 'abc'.replace('', '-', 2) == '-a-bc'"
        + " && 'abc'.split('') == ['a', 'b', 'c']")]
    [InlineData("'%.0f %.1f %.2e %.0e'.format([2.5, 0.25, 9.999, 9.5]) == '2 0.2 1.00e+01 1e+01'")]
    [InlineData("'%.1f %.0f %e'.format([9.96, 0.5, 0.0]) == '10.0 0 0.000000e+00'")]
    public void Texts_are_code_points(string source) => Assert.True(Worlds.Evaluate(source).IsTrue, source);

    [Theory]
    [InlineData("a😀b", "^a.b$", true)]
    [InlineData("a😀b", "^a[^x]b$", true)]
    [InlineData("😀", "[😀-😂]", true)]
    [InlineData("😃", "^[😀-😂]$", false)]
    [InlineData("ÄÖ", "^\\w+$", false)]
    [InlineData("ÄÖ", "^\\p{Lu}+$", true)]
    [InlineData("𝔸", "^\\pL$", true)]
    [InlineData("\u0663", "\\d", false)]
    [InlineData("a\nb", "a.b", false)]
    [InlineData("a\nb", "(?s)a.b", true)]
    [InlineData("a\nb", "(?m)^b$", true)]
    [InlineData("a\n", "a$", false)]
    [InlineData("AbC", "(?i)abc", true)]
    [InlineData("AbC", "a(?i:B)c", false)]
    [InlineData("a.b", "^\\Qa.b\\E$", true)]
    [InlineData("a{b", "^a{b$", true)]
    [InlineData("x-y]", "^[]x-]-[^]]]$", true)]
    [InlineData("foo42", "(?P<word>[[:alpha:]]+)[[:digit:]]{2}", true)]
    [InlineData("\u00FF", "\\xff", true)]
    [InlineData("😀", "\\x{1F600}", true)]
    public void Patterns_are_those_of_RE2(string text, string pattern, bool expected)
    {
        var environment = new CelEnvironment([new("text", CelType.String), new("pattern", CelType.String)]);
        var program = environment.Compile("text.matches(pattern)").Program!;
        var value = program.Evaluate(new Two(CelValue.Of(text), CelValue.Of(pattern)));
        Assert.False(value.IsError, $"{value}");
        Assert.Equal(expected, value.AsBool);
    }

    [Theory]
    [InlineData("(?=a)")]
    [InlineData("(?<!a)")]
    [InlineData("(a)\\1")]
    [InlineData("a**")]
    [InlineData("*a")]
    [InlineData("[a")]
    [InlineData("a)")]
    [InlineData("\\C")]
    [InlineData("[z-a]")]
    [InlineData("\\Z")]
    [InlineData("\\p{Greek}")]
    public void What_RE2_or_this_has_not_is_refused(string pattern) =>
        Assert.Contains(
            "pattern", Worlds.Any().Compile($"'a'.matches(r'{pattern}')").Errors[0].Message, StringComparison.Ordinal);

    private sealed class Two(CelValue first, CelValue second) : ICelActivation
    {
        public CelValue Variable(int index) => index == 0 ? first : second;
    }
}
