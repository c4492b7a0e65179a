using AwesomeAssertions;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Sql;

namespace Castellan.Tests.Platform.Cel.Sql;

/// <summary>What does not compile says where, why and what to write instead.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("record.int_a + 1 > 5", 14, "calculate", "other side")]
    [InlineData("now - record.time_a < duration('1h')", 5, "calculate", "now - duration")]
    [InlineData("-record.int_a > 5", 1, "calculate", "other side")]
    [InlineData("record.name.matches('a.*')", 13, "regular expressions", "startsWith")]
    [InlineData("string(record.int_a) == '1'", 1, "convert", "other side")]
    [InlineData("record.time_a.getFullYear() == 2030", 15, "take times apart", "timestamp(")]
    [InlineData("(record.flag_a ? record.int_a : 1) == 1", 16, "choice between values", "c ? a == x : b == x")]
    [InlineData("record.project.customer.parent.parent.name == 'a'", 32, "3 times", "nearer")]
    [InlineData("record.replies.filter(r, r.flag_a).size() > 0", 16, "list", "exists")]
    [InlineData("record.replies.exists(r, r.replies.exists_one(s, s.flag_a))", 36, "count", "exists")]
    [InlineData("caller.texts.exists_one(t, t == record.name)", 14, "count", "exists")]
    [InlineData("dyn(record.int_a) < record.num_a", 19, "integers", "one type")]
    [InlineData("record.meta.a == record.meta.b", 15, "two parts of JSON", "field or a value")]
    [InlineData("record.meta.a == record.int_a", 15, "integers", "one type")]
    [InlineData("dyn(record.project) == dyn(record.parent.project)", 21, "single fields", "fields")]
    [InlineData("caller.roles[record.name] == 1", 13, "index", "x['key']")]
    [InlineData("record.name.substring(1) == 'a'", 13, "substring", "field of its own")]
    public void Refusal_says_where_why_and_what_instead(string rule, int column, string why, string hint)
    {
        var compilation = RuleWorld.Environment.Compile(rule);
        compilation.Errors.Should().BeEmpty();
        foreach (var dialect in Enum.GetValues<SqlDialect>())
        {
            var shape = RuleWorld.Shape(RuleWorld.Note);
            var (predicate, errors) = SqlCompiler.Compile(compilation.Program!, "record", shape, dialect);
            predicate.Should().BeNull();
            var error = errors.Should().ContainSingle().Subject;
            error.Column.Should().Be(column);
            error.Message.Should().Contain(why);
            error.Hint.Should().Contain(hint);
        }
    }

    [Fact]
    public void All_refusals_are_told_in_the_order_of_the_source() =>
        Errors("record.int_a + 1 > 5 && record.name.matches('a')").Should().HaveCount(2)
            .And.BeInAscendingOrder(error => error.Column);

    [Fact]
    public void Choices_of_choices_do_not_grow_without_bound()
    {
        var rule = "record.flag_a";
        for (var i = 0; i < 12; i++) rule = $"({rule} ? record.flag_a : record.flag_b)";
        Errors(rule).Should().ContainSingle().Which.Message.Should().Contain("more than 500 comparisons");
    }

    [Fact]
    public void Field_without_a_column_is_refused()
    {
        var program = RuleWorld.Environment.Compile("record.name == 'a'").Program!;
        var shape = new SqlShape { Table = RuleWorld.Table("note") };
        SqlCompiler.Compile(program, "record", shape, SqlDialect.Sqlite).Errors
            .Should().ContainSingle().Which.Message.Should().Contain("'name' cannot be asked");
    }

    [Fact]
    public void Function_of_the_environment_takes_values_of_the_request_only()
    {
        var secret = new CelFunction("known", [CelType.String], CelType.Bool, (_, _) => CelValue.True);
        var environment = new CelEnvironment([.. RuleWorld.Environment.Variables], [secret]);
        Compile(environment, "known(record.name)").Errors
            .Should().ContainSingle().Which.Message.Should().Contain("'known'");
        Compile(environment, "known(caller.id) && record.name == 'a'").Errors.Should().BeEmpty();

        var asksRow = new CelEnvironment([.. RuleWorld.Environment.Variables], [secret with { Reads = ["record"] }]);
        Compile(asksRow, "known(caller.id)").Errors.Should().ContainSingle();
    }

    private static IReadOnlyList<CelError> Errors(string rule) => Compile(RuleWorld.Environment, rule).Errors;

    private static SqlCompilation Compile(CelEnvironment environment, string rule) => SqlCompiler.Compile(
        environment.Compile(rule).Program!, "record", RuleWorld.Shape(RuleWorld.Note), SqlDialect.Postgres);
}
