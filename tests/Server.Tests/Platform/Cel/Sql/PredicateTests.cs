using AwesomeAssertions;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Sql;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Platform.Cel.Sql;

/// <summary>
/// The texts of typical rules: indexes serve them, and what the request decides is not asked of rows.
/// </summary>
public sealed class PredicateTests
{
    private const string Project = """
        exists (select 1 from "world_project" "cel_1" where "cel_1"."id" = "r"."project_id" and
        "cel_1"."tenant_id" = "r"."tenant_id" and "cel_1"."deleted_at" is null and
        """;

    private readonly Request request = new();

    [Theory]
    [InlineData("record.text_a == caller.id", "\"r\".\"text_a\" = $1", "\"r\".\"text_a\" is distinct from $1")]
    [InlineData("record.text_a != caller.id", "\"r\".\"text_a\" is distinct from $1", "\"r\".\"text_a\" = $1")]
    [InlineData("record.name == caller.id", "\"r\".\"name\" = $1", "\"r\".\"name\" <> $1")]
    [InlineData("record.text_a == null", "\"r\".\"text_a\" is null", "\"r\".\"text_a\" is not null")]
    [InlineData("has(record.text_a)", "\"r\".\"text_a\" is not null", "\"r\".\"text_a\" is null")]
    [InlineData("record.int_a < 5", "\"r\".\"int_a\" < $1", "\"r\".\"int_a\" >= $1")]
    [InlineData("5 < record.int_a", "\"r\".\"int_a\" > $1", "\"r\".\"int_a\" <= $1")]
    [InlineData("record.flag_a", "\"r\".\"flag_a\" = true", "\"r\".\"flag_a\" = false")]
    [InlineData("record.time_b > now - duration('24h')", "\"r\".\"time_b\" > $1", "\"r\".\"time_b\" <= $1")]
    [InlineData("record.name.startsWith('ab')", "\"r\".\"name\" >= $1 and \"r\".\"name\" < $2",
        "(\"r\".\"name\" < $1 or \"r\".\"name\" >= $2)")]
    [InlineData("record.name in ['a', 'b']", "\"r\".\"name\" in ($1, $2)", "\"r\".\"name\" not in ($1, $2)")]
    [InlineData("record.text_a in ['a']", "\"r\".\"text_a\" = $1",
        "(\"r\".\"text_a\" <> $1 or \"r\".\"text_a\" is null)")]
    [InlineData("caller.texts.exists(t, t == record.name)", "\"r\".\"name\" in ($1, $2)",
        "\"r\".\"name\" not in ($1, $2)")]
    [InlineData("caller.id in [record.text_a, record.text_b]", "(\"r\".\"text_a\" = $1 or \"r\".\"text_b\" = $2)",
        "\"r\".\"text_a\" is distinct from $1 and \"r\".\"text_b\" is distinct from $2")]
    public void Comparison_is_plain(string rule, string whenTrue, string whenFalse)
    {
        Bind(rule).Sql.ToString().Should().Be(whenTrue);
        Predicate(rule).BindFalse(request, new("r")).Sql.ToString().Should().Be(whenFalse);
    }

    [Theory]
    [InlineData("caller.id == 'me' || record.name == caller.id", true)]
    [InlineData("record.name == caller.id || caller.id == 'me'", true)]
    [InlineData("caller.id == 'you' && record.name == caller.id", false)]
    [InlineData("1 / 0 == 1 && record.name == 'a'", false)]
    [InlineData("record.name in []", false)]
    [InlineData("dyn(record.name) == 1", false)]
    [InlineData("dyn(record.int_a) == 1.5", false)]
    public void What_the_request_decides_asks_no_row(string rule, bool isAlways)
    {
        var bound = Bind(rule);
        (bound.IsAlways, bound.IsNever, bound.Condition).Should().Be((isAlways, !isAlways, null));
    }

    [Fact]
    public void Undecided_half_is_left_alone() =>
        Bind("caller.id == 'you' || record.name == caller.id").Sql.ToString().Should().Be("\"r\".\"name\" = $1");

    [Fact]
    public void Error_of_the_request_leaves_what_does_not_need_it() =>
        Bind("1 / 0 == 1 || record.name == 'a'").Sql.ToString().Should().Be("\"r\".\"name\" = $1");

    [Fact]
    public void Reference_joins_within_the_scope() => Bind("record.project.name == caller.id").Sql.ToString()
        .Should().Be($"{Project.ReplaceLineEndings(" ")} \"cel_1\".\"name\" = $1)");

    [Theory]
    [InlineData("record.project.name == caller.id && record.flag_b && record.project.flag_b")]
    [InlineData("record.project.name == caller.id || record.project.flag_b")]
    [InlineData("['a', 'b', 'c'].all(t, !record.project.name.contains(t))")]
    [InlineData("has(record.project) && record.project.customer.name == 'a' && record.project.name == 'b'")]
    public void Row_is_joined_once_for_all_that_is_asked_of_it(string rule) =>
        Bind(rule).Sql.ToString().Split("exists (").Should().HaveCount(2);

    [Fact]
    public void Either_of_two_rows_is_enough() =>
        Bind("record.project.flag_b || record.parent.flag_b").Sql.ToString().Split("exists (").Should().HaveCount(3);

    [Fact]
    public void Rows_that_refer_are_asked_at_once() =>
        Bind("record.replies.exists(r, r.name == caller.id)").Sql.ToString().Should().Be(
            "exists (select 1 from \"world_note\" \"cel_1\" where \"cel_1\".\"parent_id\" = \"r\".\"id\" and "
            + "\"cel_1\".\"tenant_id\" = \"r\".\"tenant_id\" and \"cel_1\".\"deleted_at\" is null and "
            + "\"cel_1\".\"name\" = $1)");

    [Fact]
    public void Lists_of_many_lengths_make_few_texts()
    {
        var predicate = Predicate("record.name in caller.texts");
        var texts = Enumerable.Range(0, 200).Select(count =>
        {
            request.Texts = [.. Enumerable.Range(0, count).Select(i => $"t{i}")];
            return predicate.Bind(request, new("r")).Sql.ToString();
        });
        texts.Distinct().Should().HaveCount(10, "0, 1, 2, 4, ... 256");
    }

    [Fact]
    public void List_that_is_too_long_selects_nothing_and_says_so()
    {
        request.Texts = [.. Enumerable.Range(0, SqlLimits.Items + 1).Select(i => $"t{i}")];
        var bound = Bind("record.name in caller.texts");
        bound.IsNever.Should().BeTrue();
        bound.Failure!.Message.Should().Contain("more than 1000");
    }

    [Fact]
    public void Long_list_with_long_condition_is_bounded()
    {
        request.Texts = [.. Enumerable.Range(0, SqlLimits.Items).Select(i => $"t{i}")];
        var bound = Bind("caller.texts.exists(t, record.name.contains(t))");
        bound.IsNever.Should().BeTrue();
        bound.Failure!.Message.Should().Contain("more than 500 comparisons");
    }

    [Theory]
    [InlineData("caller.texts.exists(a, caller.texts.exists(b, caller.texts.exists(c, a + b + c == record.name)))")]
    [InlineData("caller.texts.all(a, caller.texts.all(b, a + b != 'x' || record.name == a))")]
    public void Lists_within_lists_are_bounded(string rule)
    {
        request.Texts = [.. Enumerable.Range(0, SqlLimits.Items).Select(i => $"t{i}")];
        var bound = Bind(rule);
        bound.IsNever.Should().BeTrue();
        bound.Failure.Should().NotBeNull();
    }

    [Fact]
    public void What_the_request_decides_is_bounded_as_one_evaluation()
    {
        var environment = new CelEnvironment(RuleWorld.Environment.Variables) { Result = CelType.Bool };
        request.Texts = [.. Enumerable.Range(0, 80).Select(i => $"t{i}")];
        const string Dear = "caller.texts.exists(a, caller.texts.exists(b, a + b == 'x'))";
        Bind($"record.name == 'a' && {Dear}").Failure.Should().BeNull();
        Bind($"caller.texts.exists(t, t + 'x' == record.id && {Dear.Replace("'x'", "t", StringComparison.Ordinal)})")
            .Failure!.Message.Should().Contain("costs more");

        BoundPredicate Bind(string rule) =>
            Predicate(rule, environment: environment).Bind(request, new Identifier("r"));
    }

    [Fact]
    public void Long_path_into_json_makes_no_long_text()
    {
        var path = string.Concat(Enumerable.Repeat("[0]", SqlLimits.JsonSteps));
        var bound = Predicate($"record.meta{path} == 'a'", SqlDialect.Postgres).Bind(request, new("r"));
        bound.Sql.Text.Length.Should().BeLessThan(8_000);
    }

    [Fact]
    public void Nul_never_reaches_postgres()
    {
        request.Texts = ["a\0b", "c"];
        foreach (var rule in new[]
        {
            "record.name in caller.texts", "record.name == 'a\\x00'", "record.name < 'a\\x00b'",
            "record.name.contains('\\x00')", "'a\\x00b'.contains(record.name)", "record.meta.a == 'a\\x00'",
        })
        {
            var predicate = Predicate(rule, SqlDialect.Postgres);
            var (whenTrue, whenFalse) = (predicate.Bind(request, new("r")), predicate.BindFalse(request, new("r")));
            SqlParameter[] parameters = [.. whenTrue.Sql.Parameters, .. whenFalse.Sql.Parameters];
            parameters.Should().NotContain(p => p.Object is string && ((string)p.Object).Contains('\0'));
        }
    }

    private BoundPredicate Bind(string rule) => Predicate(rule).Bind(request, new Identifier("r"));

    private static SqlPredicate Predicate(
        string rule, SqlDialect dialect = SqlDialect.Sqlite, CelEnvironment? environment = null)
    {
        var compilation = (environment ?? RuleWorld.Environment).Compile(rule);
        compilation.Errors.Should().BeEmpty();
        var shape = RuleWorld.Shape(RuleWorld.Note);
        var compiled = SqlCompiler.Compile(compilation.Program!, "record", shape, dialect);
        compiled.Errors.Should().BeEmpty();
        return compiled.Predicate!;
    }

    private sealed class Request : ICelActivation, ICelObject
    {
        public string[] Texts { get; set; } = ["a", "b"];

        public CelObjectType Type => RuleWorld.Caller;

        public CelValue Variable(int index) => index == 1
            ? CelValue.Of(this)
            : CelValue.Of(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

        public CelValue Field(CelField field) => field.Name switch
        {
            "id" => CelValue.Of("me"),
            "texts" => CelValue.Of([.. Texts.Select(CelValue.Of)]),
            _ => CelValue.Null,
        };
    }
}
