using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Audit;

namespace Castellan.Tests.Usage;

public sealed class UsageApiTests
{
    private static readonly Caller Billing = Facts.Operator(OperatorRole.Billing);

    [Fact]
    public async Task Usage_is_summed_by_tenant_app_and_subject()
    {
        await using var server = await TestServer.Start();
        var (one, two) = (await server.App("One"), await server.App("Two"));
        var tenant = TenantId.New(server.Clock.GetUtcNow());
        await server.Record(Facts.Key(one, "*"), "things.change", "a", tenant);
        await server.Record(Facts.Key(one, "*"), "things.change", "b", tenant);
        await server.Record(Facts.Key(two, "*"), "things.change", "c");

        (await Counts(server, Billing, new { by = "app" })).Should().Contain([(one.Value, 2), (two.Value, 1)]);
        (await Counts(server, Billing, new { })).Should().Contain((tenant.Value, 2L));
        (await Counts(server, Billing, new { by = "subject" })).Should()
            .Contain(c => c.Id != null && c.Id.StartsWith("key_") && c.Quantity == 1);
        (await Counts(server, Facts.Key(one, "usage.summary"), new { by = "app" })).Should().Equal((one.Value, 2L));
    }

    [Fact]
    public async Task A_range_counts_what_was_used_in_it()
    {
        await using var server = await TestServer.Start();
        var app = await server.App("One");
        await server.Record(Facts.Key(app, "*"), "things.change", "a");
        server.Clock.Advance(TimeSpan.FromDays(40));
        await server.Record(Facts.Key(app, "*"), "things.change", "b");
        var key = Facts.Key(app, "*");

        (await Counts(server, key, new { by = "app" })).Should().Equal((app.Value, 1L));
        (await Counts(server, key, new { by = "app", since = "2030-01-15T12:00:00Z" })).Should().Equal((app.Value, 2L));
        (await Counts(server, key, new { by = "app", until = "2030-01-15T12:00:00.001Z" }))
            .Should().Equal((app.Value, 1L));
        (await Counts(server, key, new { by = "app", until = "2030-01-15T12:00:00Z" })).Should().BeEmpty();
    }

    [Fact]
    public async Task Pages_follow_each_other()
    {
        await using var server = await TestServer.Start();
        for (var i = 0; i < 5; i++)
        {
            await server.Record(
                Caller.System("test", "live"), "things.change", "a", TenantId.New(server.Clock.GetUtcNow()));
        }
        var live = Facts.Operator(OperatorRole.Billing, "live");

        var first = await server.InProcess.Call(live, "usage.summary", query: new { limit = 3 });
        var second = await server.InProcess.Call(
            live, "usage.summary", query: new { limit = 3, cursor = first["next_cursor"]!.ToString() });

        first["items"]!.AsArray().Concat(second["items"]!.AsArray()).Select(c => c!["id"]!.ToString())
            .Should().HaveCount(5).And.OnlyHaveUniqueItems().And.BeInAscendingOrder(StringComparer.Ordinal);
        second["next_cursor"].Should().BeNull();
    }

    [Theory]
    [InlineData("by", "colour")]
    [InlineData("since", "2029-01-01T00:00:00Z")]
    [InlineData("since", "2031-01-01T00:00:00Z")]
    [InlineData("since", "0001-01-01T00:00:00Z")]
    [InlineData("until", "0001-01-01T00:00:00Z")]
    [InlineData("until", "soon")]
    public async Task A_bad_question_is_refused(string name, string value)
    {
        await using var server = await TestServer.Start();
        var answer = await server.InProcess.Invoke(
            Billing, "usage.summary", query: new Dictionary<string, string> { [name] = value });
        answer.Problem!.Type.Code.Should().Be("input_invalid");
    }

    private static async Task<List<(string? Id, long Quantity)>> Counts(TestServer server, Caller caller, object query)
    {
        var list = await server.InProcess.Call(caller, "usage.summary", query: query);
        return [.. list["items"]!.AsArray().Select(c => (c!["id"]?.ToString(), c["quantity"]!.GetValue<long>()))];
    }
}
