using System.Net;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Audit;

public sealed class AuditApiTests
{
    private static readonly Caller Auditor = Facts.Operator(OperatorRole.Auditor);

    [Fact]
    public async Task An_entry_says_who_did_what_to_what()
    {
        await using var server = await TestServer.Start();
        var app = await server.App("Portal");
        var tenant = TenantId.New(server.Clock.GetUtcNow());
        await server.Record(Facts.Key(app, "*"), "things.change", "thing-1", tenant);

        var list = await server.InProcess.Call(Auditor, "audit.list", query: new { target = "thing-1" });

        var entry = list["items"]!.AsArray().Single()!;
        entry["action"]!.ToString().Should().Be("things.change");
        entry["outcome"]!.ToString().Should().Be("done");
        entry["actor"]!["kind"]!.ToString().Should().Be("key");
        entry["act_chain"]!.AsArray().Should().BeEmpty();
        entry["target"]!.ToJsonString().Should().Be("""{"kind":"thing","id":"thing-1","display":null,"role":null}""");
        entry["app_id"]!.ToString().Should().Be(app.Value);
        entry["tenant_id"]!.ToString().Should().Be(tenant.Value);
        entry["environment"]!.ToString().Should().Be("sandbox");
        entry["reason"]!.ToString().Should().Be("because");
        entry["before_digest"].Should().BeNull();
        entry["after_digest"]!.ToString().Should().MatchRegex("^[0-9a-f]{64}$");
        entry["request_id"]!.ToString().Should().StartWith("req_");
        entry["decision_id"]!.ToString().Should().StartWith("dec_");
        entry["at"]!.ToString().Should().Be("2030-01-15T12:00:00.000Z");
    }

    [Fact]
    public async Task Each_filter_narrows_the_list()
    {
        await using var server = await TestServer.Start();
        var (first, second) = (await server.App("One"), await server.App("Two"));
        var tenant = TenantId.New(server.Clock.GetUtcNow());
        var key = Facts.Key(first, "*");
        await server.Record(key, "things.make", "a", tenant);
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        await server.Record(Facts.Key(second, "*"), "things.break", "b");

        async Task<string> Targets(object query)
        {
            var list = await server.InProcess.Call(Auditor, "audit.list", query: query);
            return string.Join(',', list["items"]!.AsArray().Select(e => e!["target"]!["id"]!.ToString()));
        }

        (await Targets(new { actor = key.Key!.Value.Value })).Should().Be("a");
        (await Targets(new { action = "things.break" })).Should().Be("b");
        (await Targets(new { target = "a" })).Should().Be("a");
        (await Targets(new { app = second.Value })).Should().Be("b");
        (await Targets(new { tenant = tenant.Value })).Should().Be("a");
        (await Targets(new { since = "2030-01-15T12:05:00Z" })).Should().Be("b");
        (await Targets(new { until = "2030-01-15T12:05:00Z", action = "things.make" })).Should().Be("a");
        (await Targets(new { app = second.Value, action = "things.make" })).Should().BeEmpty();
    }

    [Fact]
    public async Task Pages_go_back_in_time_and_a_cursor_holds_for_its_filter_alone()
    {
        await using var server = await TestServer.Start();
        for (var i = 0; i < 5; i++) await server.Record(Caller.System("test", "sandbox"), "things.change", $"t{i}");
        object Query(string? cursor) => cursor is null
            ? new { action = "things.change", limit = 2 }
            : new { action = "things.change", limit = 2, cursor };

        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await server.InProcess.Call(Auditor, "audit.list", query: Query(next));
            seen.AddRange(page["items"]!.AsArray().Select(e => e!["target"]!["id"]!.ToString()));
            next = page["next_cursor"]?.ToString();
            if (seen.Count != 2) continue;
            var carried = await server.InProcess.Invoke(
                Auditor, "audit.list", query: new { action = "things.make", limit = 2, cursor = next });
            carried.Problem!.Type.Code.Should().Be("input_invalid");
        }
        while (next is not null);

        seen.Should().Equal("t4", "t3", "t2", "t1", "t0");
    }

    [Fact]
    public async Task Another_environment_is_not_seen_and_the_installation_is_seen_from_each()
    {
        await using var server = await TestServer.Start();
        await server.Record(Caller.System("test", "live"), "things.change", "in-live");
        await server.Record(Caller.System("test"), "things.change", "of-all");

        var sandbox = await server.InProcess.Call(Auditor, "audit.list", query: new { action = "things.change" });
        var live = await server.InProcess.Call(
            Facts.Operator(OperatorRole.Support, "live"), "audit.list", query: new { action = "things.change" });

        sandbox["items"]!.AsArray().Select(e => e!["target"]!["id"]!.ToString()).Should().Equal("of-all");
        live["items"]!.AsArray().Select(e => e!["target"]!["id"]!.ToString()).Should().Equal("of-all", "in-live");
    }

    [Fact]
    public async Task A_denial_is_an_entry_of_the_one_who_was_denied()
    {
        await using var server = await TestServer.Start();
        var billing = Facts.Operator(OperatorRole.Billing);

        var denied = await server.InProcess.Invoke(billing, "audit.list");

        denied.Problem!.Type.Code.Should().Be("permission_denied");
        await Poll.Until(async () =>
        {
            var list = await server.InProcess.Call(
                Auditor, "audit.list", query: new { actor = billing.Principal, action = "audit.list" });
            return list["items"]!.AsArray().Any(e => e!["outcome"]!.ToString() == "denied"
                && e["decision_id"]!.ToString() == denied.Problem.Decision!.Value.Value);
        });
    }

    [Theory]
    [InlineData("/v1/audit")]
    [InlineData("/v1/events")]
    [InlineData("/v1/usage")]
    public async Task Without_a_credential_the_answer_is_401(string path)
    {
        await using var server = await TestServer.Start();
        using var response = await server.Http.GetAsync(path, TestContext.Current.CancellationToken);
        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        var problem = JsonNode.Parse(
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        problem["code"]!.ToString().Should().Be("credential_required");
    }

    [Fact]
    public async Task Bad_filters_are_named()
    {
        await using var server = await TestServer.Start();
        var query = new
        {
            actor = new string('a', 101), action = new string('a', 101), target = new string('a', 201), app = "x",
            tenant = "x", since = "yesterday", until = "2030-01-01", limit = "0", other = "x",
        };

        var answer = await server.InProcess.Invoke(Auditor, "audit.list", query: query);

        answer.Problem!.Errors.Select(e => e.Pointer).Should().BeEquivalentTo(
            "actor", "action", "target", "app", "tenant", "since", "until", "limit", "other");
    }
}
