using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Audit;

/// <summary>
/// Feeds that are read while many write: nothing is missed, nothing appears behind the reader, and positions have no
/// gaps. The seed is printed; <c>CASTELLAN_TEST_SEED</c> repeats a run.
/// </summary>
public sealed class FeedPropertyTests(ITestOutputHelper output)
{
    private const int Writers = 16;
    private const int ChangesEach = 30;
    private const int Tenants = 5;

    [Fact]
    public async Task A_reader_sees_each_event_and_each_entry_exactly_once_in_order()
    {
        var seed = SeededNumbers.Seed(output);
        await using var server = await TestServer.Start("--RateLimits:Operator:Burst", "1000000");
        await server.Sequenced();
        var events = new Feed(position => EventsAfter(server, position));
        var entries = new Feed(position => EntriesAfter(server, position));
        await Task.WhenAll(events.CatchUp(), entries.CatchUp());
        var (oldEvents, oldEntries) = (events.Seen.Count, entries.Seen.Count);
        TenantId[] tenants = [.. Enumerable.Range(0, Tenants).Select(_ => TenantId.New(server.Clock.GetUtcNow()))];

        using var done = new CancellationTokenSource();
        var reading = Task.WhenAll(
            Task.Run(() => events.Follow(done.Token), CancellationToken.None),
            Task.Run(() => entries.Follow(done.Token), CancellationToken.None));
        var written = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
            Write(server, new SeededNumbers(seed + writer), tenants, writer))));
        await server.Sequenced();
        await done.CancelAsync();
        await reading;
        await Task.WhenAll(events.CatchUp(), entries.CatchUp());

        var (eventsWritten, entriesWritten) = (written.Sum(w => w.Events), written.Sum(w => w.Entries));
        events.Seen.Should().HaveCount(oldEvents + eventsWritten).And.OnlyHaveUniqueItems();
        entries.Seen.Should().HaveCount(oldEntries + entriesWritten).And.OnlyHaveUniqueItems();
        await PositionsHaveNoGaps(server);
    }

    private static async Task<(int Events, int Entries)> Write(
        TestServer server, SeededNumbers numbers, TenantId[] tenants, int writer)
    {
        var changes = server.App.Services.GetRequiredService<Changes>();
        var (events, entries) = (0, 0);
        for (var i = 0; i < ChangesEach; i++)
        {
            var (newEvents, newEntries) = (numbers.Below(3), 1 + numbers.Below(3));
            var tenant = numbers.Below(4) == 0 ? (TenantId?)null : tenants[numbers.Below(tenants.Length)];
            var fails = numbers.Below(5) == 0;
            try
            {
                await changes.RunAs(Caller.System($"writer-{writer}", "sandbox"), "things.change", async change =>
                {
                    var about = new Target("thing", $"{writer}-{i}");
                    for (var n = 0; n < newEntries; n++) change.Audit(about, default, default, tenant: tenant);
                    for (var n = 0; n < newEvents; n++) change.Emit("thing.changed", about, default, tenant);
                    // Work of its own length, so that transactions overlap in every order.
                    for (var n = numbers.Below(4); n > 0; n--) await change.One($"select 'x'", row => row.Text());
                    return fails ? throw new Refusal(GateProblems.NotFound) : true;
                });
                (events, entries) = (events + newEvents, entries + newEntries);
            }
            catch (Refusal) when (fails)
            {
                // Rolled back: none of it may ever be seen.
            }
        }
        return (events, entries);
    }

    private static async Task<List<(long, string)>> EventsAfter(TestServer server, long position)
    {
        var page = await server.InProcess.Call(
            Facts.Operator(OperatorRole.Auditor), "events.list", query: new { after = position, limit = 7 });
        return [.. page["items"]!.AsArray().Select(e => (long.Parse(e!["position"]!.ToString()), e["id"]!.ToString()))];
    }

    /// <summary>As somebody follows the log: newest first, back to what was seen before.</summary>
    private static async Task<List<(long, string)>> EntriesAfter(TestServer server, long position)
    {
        var fresh = new List<(long, string)>();
        string? cursor = null;
        do
        {
            object query = cursor is null ? new { limit = 50 } : new { limit = 50, cursor };
            var page = await server.InProcess.Call(Facts.Operator(OperatorRole.Auditor), "audit.list", query: query);
            var items = page["items"]!.AsArray().Select(Placed).ToList();
            var unseen = items.TakeWhile(item => item.Item1 > position).ToList();
            fresh.AddRange(unseen);
            cursor = unseen.Count < items.Count ? null : page["next_cursor"]?.ToString();
        }
        while (cursor is not null);
        fresh.Reverse();
        return fresh;
    }

    private static (long, string) Placed(JsonNode? item) =>
        (item!["position"]!.GetValue<long>(), item["id"]!.ToString());

    private static async Task PositionsHaveNoGaps(TestServer server)
    {
        var ct = TestContext.Current.CancellationToken;
        var events = await server.Database.Many(
            $"select position from event_log order by position", row => row.Int64(), ct);
        var entries = await server.Database.Many(
            $"select position from audit_log order by position", row => row.Int64(), ct);
        var counters = await server.Database.Many(
            $"""
            select tenant_id, tenant_position from audit_tenant order by tenant_id, tenant_position
            """,
            row => (Tenant: row.Text(), Position: row.Int64()), ct);

        events.Should().Equal(Enumerable.Range(1, events.Count).Select(n => (long)n));
        entries.Should().Equal(Enumerable.Range(1, entries.Count).Select(n => (long)n));
        foreach (var tenant in counters.GroupBy(c => c.Tenant))
            tenant.Select(c => c.Position).Should().Equal(Enumerable.Range(1, tenant.Count()).Select(n => (long)n));
    }

    /// <summary>A reader that remembers its position and everything that it has seen.</summary>
    private sealed class Feed(Func<long, Task<List<(long Position, string Id)>>> after)
    {
        private long position;

        public List<string> Seen { get; } = [];

        public async Task Follow(CancellationToken ct)
        {
            while (!ct.IsCancellationRequested)
            {
                if (!await Step()) await Task.Delay(1, CancellationToken.None);
            }
        }

        public async Task CatchUp()
        {
            while (await Step())
            {
            }
        }

        private async Task<bool> Step()
        {
            var fresh = await after(position);
            foreach (var (at, id) in fresh)
            {
                at.Should().BeGreaterThan(position, "a feed never goes backwards");
                position = at;
                Seen.Add(id);
            }
            return fresh.Count > 0;
        }
    }
}
