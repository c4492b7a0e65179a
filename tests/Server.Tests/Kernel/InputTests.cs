using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Tests.Kernel;

public sealed class InputTests
{
    private const string Tenant = "ten_01h455vb4pex5vsknk084sn02q";

    private enum Colour
    {
        Red,
        DarkBlue,
    }

    private sealed class Values(Dictionary<string, string> path, Dictionary<string, string> query) : IRequestValues
    {
        public IEnumerable<string> QueryNames => query.Keys;

        public IEnumerable<string> PathNames => path.Keys;

        public string? Path(string name) => path.GetValueOrDefault(name);

        public string? Query(string name) => query.GetValueOrDefault(name);
    }

    private static (T Value, IReadOnlyList<FieldProblem> Problems) Read<T>(
        Func<Input, T> read, string body = "", params (string Name, string Value)[] query)
    {
        using var document = body.Length == 0 ? null : JsonDocument.Parse(body);
        var values = new Values([], query.ToDictionary(q => q.Name, q => q.Value));
        return Input.Read(values, document?.RootElement ?? default, new EmailRules(Localhost: false), read);
    }

    /// <summary>One problem of one field, as <c>pointer code</c>, or nothing where it was good.</summary>
    private static string Problem<T>(Func<Input, T> read, string body) =>
        string.Join(", ", Read(read, body).Problems.Select(p => $"{p.Pointer} {p.Code}"));

    private static string Problem<T>(Func<Input, T> read, string name, string value) =>
        string.Join(", ", Read(read, "", (name, value)).Problems.Select(p => $"{p.Pointer} {p.Code}"));

    [Fact]
    public void Every_problem_is_reported_at_once_and_what_is_unknown_too()
    {
        var (_, problems) = Read(
            input => (input.Page(), input.QueryTime("since"), input.Text("name", 5), input.Choice<Colour>("colour"),
                input.Reference<TenantKind>("tenant"), input.UrlOrNull("home"), input.BoolOrNull("on"),
                input.TextsOrNull("tags", 3, 4)),
            """
            {"name":"too long","colour":"green","home":"x","on":1,"tags":["a",1,"abcde"],"extra/~":1,"":2}
            """,
            ("limit", "0"), ("since", "now"), ("unknown", "1"));

        problems.Select(p => $"{p.Pointer} {p.Code}").Should().BeEquivalentTo(
            "limit out_of_range", "since not_a_time", "unknown unknown_parameter", "/name out_of_range",
            "/colour not_a_choice", "/tenant required", "/home not_a_url", "/on wrong_type", "/tags/1 wrong_type",
            "/tags/2 out_of_range", "/extra~1~0 unknown_field", "/ unknown_field");
        problems.Should().OnlyContain(p => p.Detail.Length > 0 && p.Fix.Length > 0);
    }

    [Fact]
    public void There_is_an_end_to_problems()
    {
        var many = new JsonObject(Enumerable.Range(0, 500).Select(i => KeyValuePair.Create($"f{i}", (JsonNode?)i)));
        Read(input => input.TextOrNull("name", 5), many.ToJsonString()).Problems
            .Should().HaveCount(Limits.ProblemsPerBody);
    }

    [Theory]
    [InlineData("""{"name":"ada"}""", "ada", "")]
    [InlineData("""{"name":"  ada \u2003"}""", "ada", "")]
    [InlineData("""{"name":"12345"}""", "12345", "")]
    [InlineData("""{"name":"😀😀x"}""", "😀😀x", "")]
    [InlineData("""{"name":"123456"}""", "", "/name out_of_range")]
    [InlineData("""{"name":"😀😀😀"}""", "", "/name out_of_range")]
    [InlineData("""{"name":""}""", "", "/name out_of_range")]
    [InlineData("""{"name":" \t "}""", "", "/name out_of_range")]
    [InlineData("""{"name":"a\u0001b"}""", "", "/name control_character")]
    [InlineData("""{"name":"a\nb"}""", "", "/name control_character")]
    [InlineData("""{"name":"a\u007fb"}""", "", "/name control_character")]
    [InlineData("""{"name":"a\u0085b"}""", "", "/name control_character")]
    [InlineData("""{"name":"a\u202eb"}""", "", "/name control_character")]
    [InlineData("""{"name":"a\u2066b"}""", "", "/name control_character")]
    [InlineData("""{"name":1}""", "", "/name wrong_type")]
    [InlineData("""{"name":["ada"]}""", "", "/name wrong_type")]
    [InlineData("""{"name":null}""", "", "/name required")]
    [InlineData("{}", "", "/name required")]
    [InlineData("", "", "/name required")]
    [InlineData("null", "", "/name required,  wrong_type")]
    [InlineData("[]", "", "/name required,  wrong_type")]
    public void Text(string body, string value, string problem)
    {
        Problem(input => input.Text("name", 5), body).Should().Be(problem);
        Read(input => input.Text("name", 5), body).Value.Should().Be(value);
    }

    [Theory]
    [InlineData("""{"name":"ada"}""", "ada", true)]
    [InlineData("""{"name":"  "}""", null, true)]
    [InlineData("""{"name":null}""", null, true)]
    [InlineData("{}", null, false)]
    [InlineData("", null, false)]
    public void Text_that_may_be_left_out_tells_leaving_from_clearing(string body, string? value, bool isSent)
    {
        var (read, problems) = Read(input => (input.TextOrNull("name", 5), input.Has("name")), body);
        problems.Should().BeEmpty();
        read.Should().Be((value, isSent));
    }

    [Theory]
    [InlineData("""{"password":" a\nb "}""", " a\nb ", "")]
    [InlineData("""{"password":""}""", "", "/password out_of_range")]
    [InlineData("""{"password":"123456789"}""", "", "/password out_of_range")]
    [InlineData("""{"password":12345678}""", "", "/password wrong_type")]
    public void A_secret_is_taken_as_it_is_and_never_shown(string body, string value, string problem)
    {
        var (read, problems) = Read(input => input.Secret("password", 8), body);
        read.Should().Be(value);
        Problem(input => input.Secret("password", 8), body).Should().Be(problem);
        problems.Should().NotContain(p => p.Detail.Contains("12345678"));
    }

    [Theory]
    [InlineData("https://example.com/a?b#c", true)]
    [InlineData("http://[::1]:8080", true)]
    [InlineData("ftp://example.com", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("//example.com", false)]
    [InlineData("/path", false)]
    [InlineData("https://", false)]
    [InlineData("https://exa mple.com", false)]
    [InlineData("https://example.com/\u00a0", false)]
    [InlineData("", false)]
    public void A_URL(string url, bool isGood) => Problem(
        input => input.UrlOrNull("url"), new JsonObject { ["url"] = url }.ToJsonString())
        .Should().Be(isGood ? "" : "/url not_a_url");

    [Theory]
    [InlineData("\"red\"", "")]
    [InlineData("\"dark_blue\"", "")]
    [InlineData("\"DarkBlue\"", "/colour not_a_choice")]
    [InlineData("\"Red\"", "/colour not_a_choice")]
    [InlineData("\"0\"", "/colour not_a_choice")]
    [InlineData("0", "/colour wrong_type")]
    [InlineData("null", "/colour required")]
    public void A_choice(string value, string problem)
    {
        Problem(input => input.Choice<Colour>("colour"), $$"""{"colour":{{value}}}""").Should().Be(problem);
        Problem(input => input.ChoiceOrNull<Colour>("colour"), $$"""{"colour":{{value}}}""")
            .Should().Be(problem == "/colour required" ? "" : problem);
    }

    [Theory]
    [InlineData("true", "")]
    [InlineData("false", "")]
    [InlineData("null", "")]
    [InlineData("\"true\"", "/on wrong_type")]
    [InlineData("0", "/on wrong_type")]
    public void A_boolean(string value, string problem) =>
        Problem(input => input.BoolOrNull("on"), $$"""{"on":{{value}}}""").Should().Be(problem);

    [Theory]
    [InlineData("\"2030-01-15T12:00:00Z\"", "")]
    [InlineData("null", "")]
    [InlineData("\"2030-01-15\"", "/at not_a_time")]
    [InlineData("1900000000", "/at wrong_type")]
    public void A_time(string value, string problem) =>
        Problem(input => input.TimeOrNull("at"), $$"""{"at":{{value}}}""").Should().Be(problem);

    [Theory]
    [InlineData($"\"{Tenant}\"", "")]
    [InlineData("\"usr_01h455vb4pex5vsknk084sn02q\"", "/tenant not_an_id")]
    [InlineData("\"\"", "/tenant not_an_id")]
    [InlineData("{}", "/tenant wrong_type")]
    [InlineData("null", "/tenant required")]
    public void A_reference(string value, string problem)
    {
        var body = $$"""{"tenant":{{value}}}""";
        Problem(input => input.Reference<TenantKind>("tenant"), body).Should().Be(problem);
        Problem(input => input.ReferenceOrNull<TenantKind>("tenant"), body)
            .Should().Be(problem == "/tenant required" ? "" : problem);
    }

    [Theory]
    [InlineData("""["a"," b ","a"]""", "a b", "")]
    [InlineData("[]", "", "")]
    [InlineData("""["a","b","c","d","e"]""", "a b c", "/tags too_many")]
    [InlineData("""["a",null,["b"]]""", "a", "/tags/1 wrong_type, /tags/2 wrong_type")]
    [InlineData("\"a\"", null, "/tags wrong_type")]
    [InlineData("null", null, "")]
    public void Texts(string value, string? texts, string problem)
    {
        var body = $$"""{"tags":{{value}}}""";
        var (read, _) = Read(input => input.TextsOrNull("tags", 3, 4), body);
        (read is null ? null : string.Join(' ', read)).Should().Be(texts);
        Problem(input => input.TextsOrNull("tags", 3, 4), body).Should().Be(problem);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("200", 200)]
    [InlineData("0", null)]
    [InlineData("201", null)]
    [InlineData("-1", null)]
    [InlineData("+5", null)]
    [InlineData("5.0", null)]
    [InlineData(" 5", null)]
    [InlineData("٥", null)]
    [InlineData("99999999999", null)]
    [InlineData("", null)]
    public void The_limit_of_a_page(string limit, int? value)
    {
        var (page, problems) = Read(input => input.Page(), "", ("limit", limit));
        page.Limit.Should().Be(value ?? Limits.PageDefault);
        problems.Select(p => p.Pointer).Should().Equal(value is null ? ["limit"] : []);
    }

    [Fact]
    public void Query_values()
    {
        Problem(input => input.QueryText("q", 3), "q", "abc").Should().BeEmpty();
        Problem(input => input.QueryText("q", 3), "q", "abcd").Should().Be("q too_long");
        Problem(input => input.QueryText("q", 3), "q", "a\0").Should().Be("q too_long");
        Problem(input => input.QueryId<TenantKind>("tenant"), "tenant", Tenant).Should().BeEmpty();
        Problem(input => input.QueryId<TenantKind>("tenant"), "tenant", Tenant + "x").Should().Be("tenant not_an_id");
        Problem(input => input.QueryChoice<Colour>("colour"), "colour", "dark_blue").Should().BeEmpty();
        Problem(input => input.QueryChoice<Colour>("colour"), "colour", "1").Should().Be("colour not_a_choice");
        Problem(input => input.QueryInt64("after"), "after", "9223372036854775807").Should().BeEmpty();
        Problem(input => input.QueryInt64("after"), "after", "9223372036854775808").Should().Be("after not_a_number");
        Problem(input => input.QueryInt64("after"), "after", "-1").Should().Be("after not_a_number");
        Problem(input => input.QueryTime("since"), "since", "2030-01-15T12:00:00+01:00").Should().BeEmpty();
    }

    [Fact]
    public void An_id_in_the_path_that_is_none_is_an_absent_object()
    {
        var reading = () => Input.Read(
            new Values(new() { ["tenant"] = "ten_1" }, []), default, new EmailRules(Localhost: false),
            input => input.Path<TenantKind>("tenant"));
        reading.Should().Throw<Refusal>().Which.Problem.Type.Should().Be(GateProblems.NotFound);
    }

    [Fact]
    public void A_problem_of_the_operation_stands_beside_the_others()
    {
        Problem(input =>
        {
            input.Refuse("until", "before_since", "It ends before it begins.", "Swap them.");
            return input.Text("name", 5);
        }, "{}").Should().Be("/until before_since, /name required");
    }

    /// <summary>What the description says is what is read: JSON Schema of each field by its own name.</summary>
    [Fact]
    public void A_binder_describes_itself_with_what_may_be_null()
    {
        var fields = Input.Describe(input => (
            input.Path<TenantKind>("tenant"), input.Page(), input.Text("name", 5), input.TextOrNull("note", 9),
            input.ChoiceOrNull<Colour>("colour"), input.BoolOrNull("on"), input.TextsOrNull("tags", 3, 4)));

        fields.Select(f => $"{f.Place} {f.Name} {f.Required} {f.Schema.ToJsonString()}").Should().Equal(
            """Path tenant True {"type":"string","pattern":"^ten_[0-7][0-9a-hjkmnp-tv-z]{25}$"}""",
            """Query limit False {"type":"integer","minimum":1,"maximum":200,"default":50}""",
            """Query cursor False {"type":"string"}""",
            """Body name True {"type":"string","minLength":1,"maxLength":5}""",
            """Body note False {"type":["string","null"],"minLength":0,"maxLength":9}""",
            """Body colour False {"type":["string","null"],"enum":["red","dark_blue",null]}""",
            """Body on False {"type":["boolean","null"]}""",
            """Body tags False {"type":["array","null"],"items":{"type":"string","minLength":1,"maxLength":4},"""
            + "\"maxItems\":3}");
    }
}
