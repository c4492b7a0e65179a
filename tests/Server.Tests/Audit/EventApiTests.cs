using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Judges;

namespace Castellan.Tests.Audit;

public sealed class EventApiTests
{
    [Fact]
    public async Task The_CloudEvents_SDK_takes_every_event()
    {
        await using var server = await TestServer.Start();
        var app = await server.App("Portal");
        await server.Record(Facts.Key(app, "*"), "things.change", "t1", TenantId.New(server.Clock.GetUtcNow()));
        await server.Record(Caller.System("test"), "things.change", "t2");
        await server.Sequenced();

        var page = await server.InProcess.Call(Facts.Operator(OperatorRole.Auditor), "events.list");
        await using var judge = Judge.Start("cloudevents.mjs");
        var verdicts = await judge.Judged(page["items"]!.ToJsonString());

        verdicts.Should().HaveCount(page["items"]!.AsArray().Count).And.HaveCountGreaterThanOrEqualTo(3);
        verdicts.Should().OnlyContain(v => v["valid"]!.GetValue<bool>(), "{0}", string.Join('\n', verdicts));
    }

    [Fact]
    public async Task The_judge_refuses_what_is_no_CloudEvent()
    {
        await using var judge = Judge.Start("cloudevents.mjs");
        var verdicts = await judge.Judged("""
            [{"specversion":"1.0","id":"1","source":"/s","type":"t","tenant_id":"x"},{"specversion":"1.0","type":"t"}]
            """);
        verdicts.Should().HaveCount(2).And.OnlyContain(v => !v["valid"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_key_sees_the_events_of_its_app_and_goes_on_past_the_others()
    {
        await using var server = await TestServer.Start();
        var (mine, other) = (await server.App("Mine"), await server.App("Other"));
        await server.Record(Facts.Key(mine, "*"), "things.change", "m1");
        for (var i = 0; i < 3; i++) await server.Record(Facts.Key(other, "*"), "things.change", "o");
        await server.Sequenced();

        var first = await server.InProcess.Call(Facts.Key(mine, "events.list"), "events.list");
        await server.Record(Facts.Key(mine, "*"), "things.change", "m2");
        await server.Sequenced();
        var second = await server.InProcess.Call(
            Facts.Key(mine, "events.list"), "events.list", query: new { after = first["next_after"]!.ToString() });

        var seen = first["items"]!.AsArray().Single()!;
        seen["subject"]!.ToString().Should().Be("thing/m1");
        seen["appid"]!.ToString().Should().Be(mine.Value);
        seen["source"]!.ToString().Should().Be("http://127.0.0.1:7300/sandbox");
        seen["data"]!.ToJsonString().Should().MatchRegex("""\{"a": ?1\}""");
        long.Parse(first["next_after"]!.ToString()).Should().BeGreaterThan(long.Parse(seen["position"]!.ToString()));
        second["items"]!.AsArray().Single()!["subject"]!.ToString().Should().Be("thing/m2");
    }

    [Fact]
    public async Task A_key_without_the_permission_and_other_staff_are_refused()
    {
        await using var server = await TestServer.Start();
        var app = await server.App("Portal");

        var key = await server.InProcess.Invoke(Facts.Key(app, "usage.summary"), "events.list");
        var billing = await server.InProcess.Invoke(Facts.Operator(OperatorRole.Billing), "events.list");
        var bad = await server.InProcess.Invoke(
            Facts.Key(app, "*"), "events.list", query: new { after = "-1", limit = 201, cursor = "x" });

        key.Problem!.Type.Code.Should().Be("permission_denied");
        billing.Problem!.Type.Code.Should().Be("permission_denied");
        bad.Problem!.Errors.Select(e => e.Pointer).Should().BeEquivalentTo("after", "limit", "cursor");
    }

    [Fact]
    public async Task Behind_the_newest_event_the_page_is_empty_and_says_where_to_go_on()
    {
        await using var server = await TestServer.Start();
        var auditor = Facts.Operator(OperatorRole.Auditor);
        await server.Record(Caller.System("test", "sandbox"), "things.change", "t");
        await server.Sequenced();

        var all = await server.InProcess.Call(auditor, "events.list");
        var none = await server.InProcess.Call(
            auditor, "events.list", query: new { after = all["next_after"]!.ToString() });

        none["items"]!.AsArray().Should().BeEmpty();
        none["next_after"]!.ToString().Should().Be(all["next_after"]!.ToString());
    }
}
