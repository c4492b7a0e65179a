using AwesomeAssertions;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Syntax;

namespace Castellan.Tests.Platform.Cel.Checking;

/// <summary>Names that stand for expressions.</summary>
public sealed class DefinitionTests
{
    private static readonly CelObjectType Record = new("record", () => [("owner", CelType.String), ("n", CelType.Int)]);

    [Theory]
    [InlineData("mine", ".record.owner == .me")]
    [InlineData("!mine && few", "!(.record.owner == .me) && .record.n < 3")]
    [InlineData("mine_and_few", ".record.owner == .me && .record.n < 3")]
    [InlineData("few ? mine : few", ".record.n < 3 ? .record.owner == .me : .record.n < 3")]
    [InlineData("numbers.exists(i, i < .limit)", "numbers.exists(i, i < 3)")]
    [InlineData("any_small", ".numbers.exists(i, i < 3)")]
    public void Definition_stands_for_its_expression(string source, string meaning) =>
        Printer.Print(Compile(source).Program!.Root).Should().Be(meaning);

    [Fact]
    public void Variable_of_a_macro_hides_a_definition() =>
        Printer.Print(Compile("[true].exists(mine, mine)").Program!.Root).Should().Be("[true].exists(mine, mine)");

    [Fact]
    public void Variable_of_a_macro_is_not_taken_for_a_name_inside_of_a_definition()
    {
        var program = Compile("numbers.exists(me, mine)").Program!;
        program.Evaluate(new Values()).IsTrue.Should().BeTrue();
        program.Root.DependsOn("me").Should().BeTrue();
    }

    [Fact]
    public void Errors_stand_where_the_name_was_written()
    {
        var error = Compile("record.n == 1 && wrong").Errors.Should().ContainSingle().Subject;
        (error.Line, error.Column).Should().Be((1, 18));
        error.Message.Should().Contain("nothing_such");
    }

    [Fact]
    public void Name_that_is_nearly_a_definition_gets_it_as_a_hint() =>
        Compile("mien").Errors.Should().ContainSingle().Which.Hint.Should().Be("Did you mean 'mine'?");

    [Theory]
    [InlineData("broken", "The definition of 'broken' is wrong")]
    [InlineData("circle", "leads back to itself")]
    [InlineData("huge", "too large")]
    public void Definition_that_is_none_is_an_error(string name, string message) =>
        Compile($"record.n == 1 && {name}").Errors.Should().ContainSingle().Which.Message.Should().Contain(message);

    private static CelCompilation Compile(string source)
    {
        var definitions = new Dictionary<string, string>
        {
            ["mine"] = "record.owner == me",
            ["few"] = "record.n < limit",
            ["limit"] = "3",
            ["mine_and_few"] = "mine && few",
            ["any_small"] = "numbers.exists(i, i < limit)",
            ["wrong"] = "record.nothing_such == me",
            ["broken"] = "record.owner ==",
            ["circle"] = "few || round",
            ["round"] = "circle",
            ["huge"] = "h1 && h1",
        };
        for (var i = 1; i < 14; i++) definitions[$"h{i}"] = $"h{i + 1} && h{i + 1}";
        definitions["h14"] = "few";
        CelVariable[] variables =
            [new("record", Record), new("me", CelType.String), new("numbers", CelType.List(CelType.Int))];
        return new CelEnvironment(variables) { Result = CelType.Bool, Definitions = definitions }.Compile(source);
    }

    private sealed class Values : ICelActivation, ICelObject
    {
        public CelObjectType Type => Record;

        public CelValue Variable(int index) => index switch
        {
            0 => CelValue.Of(this),
            1 => CelValue.Of("a"),
            _ => CelValue.Of([CelValue.Of(1L), CelValue.Of(2L)]),
        };

        public CelValue Field(CelField field) => field.Name == "owner" ? CelValue.Of("a") : CelValue.Of(1L);
    }
}
