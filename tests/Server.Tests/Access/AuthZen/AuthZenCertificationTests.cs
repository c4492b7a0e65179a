using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Tests.Judges;
using Castellan.Tests.Kernel;
using Castellan.Tests.Operators;

namespace Castellan.Tests.Access.AuthZen;

/// <summary>
/// The certification scenario of AuthZEN's Authorization API 1.0, by the numbers of its text: all levels, with its
/// fixture as grants and names.
/// </summary>
public sealed class AuthZenCertificationTests
{
    private const string AliceRead = """
        "subject": { "type": "user", "id": "alice" }, "action": { "name": "read" }
        """;

    private const string OnRecord1 = """
        "resource": { "type": "record", "id": "record-1" }
        """;

    private const string Archived = """
        "resource": { "type": "record", "id": "record-2", "properties": { "status": "archived" } }
        """;

    private const string Admin = """
        "subject": { "type": "user", "id": "bob", "properties": { "role": "admin" } }
        """;

    [Fact]
    public async Task Basic_decisions_are_those_of_the_fixture()
    {
        await using var world = await Fixture();
        (await world.Asks("alice", "read", "record", "record-1")).Should().BeTrue("2.2.1");
        (await world.Asks("alice", "write", "record", "record-1")).Should().BeTrue("1.4, rule 2");
        (await world.Asks("bob", "read", "record", "record-1")).Should().BeTrue("1.4, rule 3");
        (await world.Asks("bob", "write", "record", "record-1")).Should().BeFalse("2.2.2");
        (await Asks(world, $$"""
            { {{AliceRead}}, {{OnRecord1}}, "context": { "time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1" } }
            """)).Should().BeTrue("2.2.3");
        (await Asks(world, $$"""
            { "subject": { "type": "user", "id": "alice" }, "action": { "name": "write" }, {{Archived}} }
            """)).Should().BeFalse("2.2.4");
        (await Asks(world, $$"""{ {{Admin}}, "action": { "name": "write" }, {{Archived}} }"""))
            .Should().BeTrue("2.2.5");
        foreach (var soft in new[] { true, false })
        {
            (await world.Asks(new
            {
                subject = new { type = "user", id = "alice" },
                action = new { name = "delete", properties = new { soft } },
                resource = new { type = "record", id = "record-1" },
            })).Should().Be(soft, "2.2.6 and 2.2.7");
        }
        (await Asks(world, """
            {
              "subject": { "type": "user", "id": "alice", "properties": { "department": "Sales", "role": "manager" } },
              "action": { "name": "read", "properties": { "method": "GET" } },
              "resource": { "type": "record", "id": "record-1", "properties": { "status": "active", "owner": "bob" } }
            }
            """)).Should().BeTrue("2.2.8");
        (await Asks(world, $$"""
            { {{AliceRead}}, {{OnRecord1}}, "foo": "bar", "futureField": { "nested": true } }
            """)).Should().BeTrue("2.2.9");
        for (var i = 0; i < 5; i++)
            (await world.Asks("alice", "read", "record", "record-1")).Should().BeTrue("2.6");
    }

    [Theory]
    [InlineData("""{ "action": { "name": "read" }, "resource": { "type": "record", "id": "record-1" } }""")]
    [InlineData("""{ "subject": { "type": "user", "id": "alice" }, "resource": { "type": "record", "id": "r" } }""")]
    [InlineData("""{ "subject": { "type": "user", "id": "alice" }, "action": { "name": "read" } }""")]
    [InlineData("""{"subject": {"id": "a"}, "action": {"name": "r"}, "resource": {"type": "r", "id": "r"}}""")]
    [InlineData("""{"subject": {"type": "u"}, "action": {"name": "r"}, "resource": {"type": "r", "id": "r"}}""")]
    [InlineData("""{"subject": {"type": "u", "id": "a"}, "action": {}, "resource": {"type": "r", "id": "r"}}""")]
    [InlineData("""{"subject": {"type": "u", "id": "a"}, "action": {"name": "r"}, "resource": {"id": "r"}}""")]
    [InlineData("""{"subject": {"type": "u", "id": "a"}, "action": {"name": "r"}, "resource": {"type": "r"}}""")]
    [InlineData("""{"subject": "alice", "action": {"name": "r"}, "resource": {"type": "r", "id": "r"}}""")]
    [InlineData("""{"subject": {"type": "u", "id":"a"}, "action": {"name":1}, "resource": {"type": "r", "id": "r"}}""")]
    [InlineData("""{ "subject": """)]
    [InlineData("")]
    [InlineData("[]")]
    public async Task What_is_wrong_with_a_request_is_a_400(string body)
    {
        await using var world = await AuthZenWorld.Start([]);
        foreach (var path in new[] { "evaluation", "evaluations" })
        {
            var answer = await world.Send(path, body, ("X-Request-ID", "bfe9eb29"));
            answer.Status.Should().Be(400, $"2.4, {path}: {answer.Text}");
            answer.Header("X-Request-ID").Should().Be("bfe9eb29");
        }
    }

    [Fact]
    public async Task Headers_are_as_the_standard_says()
    {
        await using var world = await Fixture();
        var body = $$"""{ {{AliceRead}}, {{OnRecord1}} }""";
        using var text = new StringContent(body, Encoding.UTF8, "text/plain");
        (await world.Send("evaluation", text)).Status.Should().Be(400, "2.4.3");

        var answer = await world.Send("evaluation", body, ("X-Request-ID", "bfe9eb29-ab87-4ca3-be83-a1d5d8305716"));
        answer.Header("X-Request-ID").Should().Be("bfe9eb29-ab87-4ca3-be83-a1d5d8305716", "2.5.1");
        answer.Response.Content.Headers.ContentType!.MediaType.Should().Be("application/json", "5");
        (await world.Send("evaluation", body)).Status.Should().Be(200, "2.5.2");
        using var nobody = world.Server.With("nonsense");
        (await HttpAnswer.Send(nobody, "POST", "/access/v1/evaluation", body, ("X-Request-ID", "x")))
            .Header("X-Request-ID").Should().Be("x");
    }

    [Fact]
    public async Task Several_questions_are_answered_in_their_order()
    {
        await using var world = await Fixture();
        const string Record2 = """
            { "resource": { "type": "record", "id": "record-2" } }
            """;
        (await AsksAll(world, $$"""{ {{AliceRead}}, "evaluations": [{ {{OnRecord1}} }, {{Record2}}] }"""))
            .Should().HaveCount(2, "3.2.1");
        (await AsksAll(world, $$"""
            {
              "subject": { "type": "user", "id": "bob" }, {{OnRecord1}},
              "evaluations": [{ "action": { "name": "read" } }, { "action": { "name": "write" } }]
            }
            """)).Should().Equal([true, false], "3.2.2");
        (await AsksAll(world, $$"""
            {
              "subject": { "type": "user", "id": "alice" }, "action": { "name": "write" },
              "evaluations": [
                { "resource": { "type": "record", "id": "record-1", "properties": { "status": "active" } } },
                { {{Archived}} }
              ]
            }
            """)).Should().Equal([true, false], "3.2.3");
        (await AsksAll(world, $$"""
            {
              "action": { "name": "write" }, {{Archived}},
              "evaluations": [{ "subject": { "type": "user", "id": "alice" } }, { {{Admin}} }]
            }
            """)).Should().Equal([false, true], "3.2.4");
        (await AsksAll(world, $$"""
            {
              "evaluations": [
                { {{AliceRead}}, {{OnRecord1}} },
                { "subject": { "type": "user", "id": "bob" }, "action": { "name": "write" }, {{OnRecord1}} }
              ]
            }
            """)).Should().Equal([true, false], "3.2.5");
        (await AsksAll(world, $$"""
            {
              {{AliceRead}}, "context": { "time": "2025-06-27T18:03-07:00" },
              "evaluations": [{ {{OnRecord1}} }, { {{OnRecord1}}, "context": { "source": "batch-override" } }]
            }
            """)).Should().HaveCount(2, "3.2.6");
        (await AsksAll(world, $$"""
            {
              "subject": { "type": "user", "id": "alice" }, "action": { "name": "write" },
              "resource": { "type": "record" },
              "evaluations": [
                { "resource": { "id": "record-1", "properties": { "status": "active" } } }, { {{Archived}} }
              ]
            }
            """)).Should().Equal([true, false], "3.2.7");
        var failed = await world.Post(
            "evaluations", $$"""{ {{AliceRead}}, "evaluations": [{ {{OnRecord1}} }, {}] }""");
        failed["evaluations"]![0]!["decision"]!.GetValue<bool>().Should().BeTrue("3.4.1");
        failed["evaluations"]![1]!["decision"]!.GetValue<bool>().Should().BeFalse();
        failed["evaluations"]![1]!["context"]!["error"]!["status"]!.GetValue<int>().Should().Be(400);
        foreach (var none in new[] { "", ", \"evaluations\": []" })
        {
            var single = await world.Post("evaluations", $$"""{ {{AliceRead}}, {{OnRecord1}} {{none}} }""");
            single["decision"]!.GetValue<bool>().Should().BeTrue("3.4.2 and 3.4.3");
            single.ContainsKey("evaluations").Should().BeFalse();
        }
    }

    [Fact]
    public async Task Searches_find_what_the_fixture_allows()
    {
        await using var world = await Fixture();
        const string Users = """
            "subject": { "type": "user" }
            """;
        const string Records = """
            "resource": { "type": "record" }
            """;
        var readers = $$"""{ {{Users}}, "action": { "name": "read" }, {{OnRecord1}} }""";
        (await world.Finds("subject", readers)).Should().Contain(["alice", "bob"], "4.2.1");
        (await world.Finds("subject", $$"""
            { {{Users}}, "action": { "name": "read" }, {{OnRecord1}}, "context": { "ip": "192.168.1.1" } }
            """)).Should().Contain("alice", "4.2.2");
        (await world.Finds("subject", $$"""{ {{Users}}, "action": { "name": "write" }, {{Archived}} }"""))
            .Should().Contain("bob", "4.2.4").And.NotContain("alice");
        (await world.Finds("resource", $$"""{ {{AliceRead}}, {{Records}} }""")).Should().Contain("record-1", "4.3.1");
        (await world.Finds("resource", $$"""{ {{Admin}}, "action": { "name": "write" }, {{Records}} }"""))
            .Should().Contain("record-2", "4.3.3");
        (await world.Finds("action", $$"""{ "subject": { "type": "user", "id": "alice" }, {{OnRecord1}} }""", "name"))
            .Should().Contain(["read", "write"], "4.4.1");
        (await world.Finds("action", $$"""{ {{Admin}}, {{Archived}}, "context": {} }""", "name"))
            .Should().Contain("write", "4.4.2 and 4.4.3");

        var first = await world.Post("search/subject", readers[..^1] + """, "page": { "limit": 1 } }""");
        var token = first["page"]!["next_token"]!.ToString();
        token.Should().NotBeEmpty("4.5.1");
        var next = await world.Post("search/subject", readers[..^1] + $$""", "page": { "token": "{{token}}" } }""");
        next["page"]!["next_token"]!.ToString().Should().BeEmpty("4.5.2");
        first["results"]!.AsArray().Concat(next["results"]!.AsArray()).Select(found => found!["id"]!.ToString())
            .Should().Contain(["alice", "bob"]);

        (await world.Finds("action", $$"""{ "subject": { "type": "user", "id": "nobody" }, {{OnRecord1}} }"""))
            .Should().BeEmpty("4.6.1");
        (await world.Finds("subject", $$"""
            { "subject": { "type": "spaceship" }, "action": { "name": "read" }, {{OnRecord1}} }
            """)).Should().BeEmpty("4.6.2");
        foreach (var (what, body) in new[]
        {
            ("subject", $$"""{ {{Users}}, {{OnRecord1}} }"""),
            ("resource", $$"""{ "action": { "name": "read" }, {{Records}} }"""),
            ("action", """{ "subject": { "type": "user", "id": "alice" } }"""),
            ("subject", $$"""{ {{Users}}, "action": { "name": "read" }, {{Records}} }"""),
            ("resource", $$"""{ {{Users}}, "action": { "name": "read" }, {{Records}} }"""),
        })
        {
            (await world.Send($"search/{what}", body)).Status.Should().Be(400, "4.7");
        }
    }

    [Fact]
    public async Task The_configuration_tells_where_everything_is()
    {
        await using var server = await TestServer.Start(
            "--PublicUrl", "https://castellan.example.com", "--TrustedProxies", "127.0.0.1");
        var answer = await HttpAnswer.Send(server.Http, "GET", "/.well-known/authzen-configuration");

        answer.Response.Content.Headers.ContentType!.MediaType.Should().Be("application/json");
        var expected = new Dictionary<string, string>
        {
            ["policy_decision_point"] = "https://castellan.example.com",
            ["access_evaluation_endpoint"] = "https://castellan.example.com/access/v1/evaluation",
            ["access_evaluations_endpoint"] = "https://castellan.example.com/access/v1/evaluations",
            ["search_subject_endpoint"] = "https://castellan.example.com/access/v1/search/subject",
            ["search_resource_endpoint"] = "https://castellan.example.com/access/v1/search/resource",
            ["search_action_endpoint"] = "https://castellan.example.com/access/v1/search/action",
        };
        answer.Json.ToDictionary(member => member.Key, member => member.Value!.ToString())
            .Should().BeEquivalentTo(expected);
    }

    /// <summary>The way that the guide shows to whoever brings a harness of their own.</summary>
    [Fact]
    public async Task The_fixture_is_set_up_and_asked_from_outside()
    {
        await using var server = await TestServer.Start();
        var link = await server.Invite("owner", "owner@example.org");
        var token = (await server.Claim(link, new { password = OperatorActs.Password }))["token"]!.ToString();
        await using var fixture = Judge.Start("authzen-fixture.mjs", server.Address.ToString(), token);
        var made = (await fixture.Judged("")).Should().ContainSingle().Which;
        var decisions = new JsonObject
        {
            ["evaluation"] = new JsonArray(
                One("alice", "read", "record-1", true), One("alice", "write", "record-1", true),
                One("bob", "read", "record-1", true), One("bob", "write", "record-1", false),
                One("alice", "write", "record-2", false, archived: true),
                One("bob", "write", "record-2", true, archived: true)),
        };

        await using var judge = Judge.Start(
            "authzen.mjs", server.Address.ToString(), made["authorization"]!.ToString());
        (await judge.Judged(decisions.ToJsonString())).Select(verdict => verdict["status"]!.ToString())
            .Should().Equal(Enumerable.Repeat("PASS", 6));
    }

    private static JsonObject One(
        string who, string action, string record, bool expected, bool archived = false) => new()
        {
            ["request"] = JsonSerializer.SerializeToNode(new
            {
                subject = new { type = "user", id = who },
                action = new { name = action },
                resource = new
                {
                    type = "record", id = record, properties = new { status = archived ? "archived" : "active" },
                },
            }),
            ["expected"] = expected,
        };

    /// <summary>
    /// Section 1: two people, two records, eight rules. Bob is an admin, whose rule is about what is archived.
    /// </summary>
    private static async Task<AuthZenWorld> Fixture()
    {
        const string IsArchived = "has(asked.resource.properties.status)"
            + " && asked.resource.properties.status == 'archived'";
        var world = await AuthZenWorld.Start(["record.read", "record.write", "record.delete"]);
        var (alice, bob) = (await world.Member("alice"), await world.Member("bob"));
        await world.Thing("record", "record-1");
        await world.Thing("record", "record-2");
        foreach (var person in new[] { alice, bob }) await world.Access.Grant(person, "record.read");
        await world.Access.Grant(alice, "record.write", new { condition = $"!({IsArchived})" });
        await world.Access.Grant(
            alice, "record.delete",
            new { condition = "has(asked.action.properties.soft) && asked.action.properties.soft == true" });
        await world.Access.Grant(
            bob, "record.write", new { condition = $"asked.resource.id == 'record-2' || ({IsArchived})" });
        return world;
    }

    private static Task<bool> Asks(AuthZenWorld world, string body) => world.Asks(JsonNode.Parse(body)!);

    private static Task<List<bool>> AsksAll(AuthZenWorld world, string body) => world.AsksAll(JsonNode.Parse(body)!);
}
