using AwesomeAssertions;
using Castellan.Platform;
using Castellan.Platform.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Castellan.Tests.Platform.Storage;

/// <summary>The writer between lanes, with a clock that members move by what they are to cost.</summary>
[Trait("Engine", "sqlite")]
public sealed class SqliteFairnessTests : IDisposable
{
    private static readonly WriteLane Flood = new("flood");
    private static readonly WriteLane Light = new("light");
    private static readonly TimeSpan HeavyTime = TimeSpan.FromMilliseconds(8);
    private readonly string folder = Directory.CreateTempSubdirectory("castellan-fair-").FullName;
    private readonly FakeTimeProvider clock = new();
    private readonly SqliteWriter writer;
    private readonly List<string> order = [];

    public SqliteFairnessTests()
    {
        writer = new SqliteWriter(Path.Combine(folder, "test.db"), clock: clock);
        const string Table = "create table item (id integer primary key, owner text not null) strict;";
        writer.Alone(connection => connection.Script(Table)).AsTask().GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        writer.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Between_two_writes_of_one_app_at_most_one_piece_of_anothers_flood_runs()
    {
        var light = new List<Task>();
        using var hold = new ManualResetEventSlim();
        await Hold(hold);
        var flood = Enumerable.Range(0, 100).Select(i => writer.Transact(
            Flood,
            async transaction =>
            {
                // It comes while this piece runs, and all others wait before it.
                light.Add(Write(Light, $"light {i}"));
                order.Add($"flood {i}");
                for (var row = 0; row < 1_000; row++) await Insert(transaction, "flood");
                clock.Advance(HeavyTime);
                return true;
            },
            WriteCost.Heavy).AsTask()).ToList();

        hold.Set();
        await Task.WhenAll(flood);
        await Task.WhenAll(light);

        order.Should().Equal(Enumerable.Range(0, 100).SelectMany(i => new[] { $"flood {i}", $"light {i}" }));
        Committed("flood").Should().Be(100_000);
        Committed("light").Should().Be(100);
    }

    [Fact]
    public async Task What_many_small_writes_of_one_app_have_taken_lets_another_app_in()
    {
        using var hold = new ManualResetEventSlim();
        await Hold(hold);
        var waiting = Enumerable.Range(0, 400).Select(i => Write(Flood, $"flood {i}", TimeSpan.FromMilliseconds(1)))
            .Concat(Enumerable.Range(0, 20).Select(i => Write(Light, $"light {i}", TimeSpan.FromMilliseconds(5))))
            .ToList();

        hold.Set();
        await Task.WhenAll(waiting);

        // As long as both wait, five of one millisecond run for one of five: not one for one.
        order.Take(60).Count(name => name[0] == 'l').Should().BeInRange(9, 11);
        order.Where(name => name[0] == 'f').Should().Equal(Enumerable.Range(0, 400).Select(i => $"flood {i}"));
    }

    [Fact]
    public async Task What_is_urgent_goes_before_all_that_wait_also_in_its_own_lane()
    {
        using var hold = new ManualResetEventSlim();
        await Hold(hold);
        var waiting = Enumerable.Range(0, 300).Select(i => Write(Flood, $"flood {i}")).ToList();
        waiting.Add(Write(Light, "light"));
        waiting.Add(Write(Flood with { Urgent = true }, "kill"));

        hold.Set();
        await Task.WhenAll(waiting);

        order[0].Should().Be("kill");
    }

    [Fact]
    public async Task What_is_open_is_committed_before_a_heavy_member_and_nobody_shares_its_commit()
    {
        var seen = new List<long>();
        Task Member(WriteLane lane, WriteCost cost) => writer.Transact(lane, transaction =>
        {
            seen.Add(Committed("member"));
            return Insert(transaction, "member");
        }, cost).AsTask();
        using var hold = new ManualResetEventSlim();
        await Hold(hold);
        Task[] members =
        [
            Member(Flood, WriteCost.Usual), Member(Flood, WriteCost.Usual), Member(Flood, WriteCost.Heavy),
            Member(Flood, WriteCost.Usual), Member(Flood, WriteCost.Usual),
        ];

        hold.Set();
        await Task.WhenAll(members);

        seen.Should().Equal(0, 0, 2, 3, 3);
    }

    [Fact]
    public async Task A_batch_whose_time_is_used_is_committed_before_the_next_member_runs()
    {
        var seen = new List<long>();
        using var hold = new ManualResetEventSlim();
        await Hold(hold);
        var members = Enumerable.Range(0, 6).Select(_ => writer.Transact(Flood, transaction =>
        {
            seen.Add(Committed("member"));
            clock.Advance(TimeSpan.FromMilliseconds((Limits.CommitTimeMs / 2) + 1));
            return Insert(transaction, "member");
        }, WriteCost.Usual).AsTask()).ToList();

        hold.Set();
        await Task.WhenAll(members);

        seen.Should().Equal(0, 0, 2, 2, 4, 4);
    }

    [Fact]
    public async Task A_flood_that_fills_the_queue_is_refused_and_another_app_is_not()
    {
        using var hold = new ManualResetEventSlim();
        await Hold(hold);
        var flood = Enumerable.Range(0, Limits.ChangesQueued).Select(i => Write(Flood, $"flood {i}")).ToList();
        var refused = () => Write(Flood, "more");
        await refused.Should().ThrowAsync<StorageException>();

        var light = Write(Light, "light");

        (await flood[^1].Awaiting(task => task).Should().ThrowAsync<StorageException>())
            .Which.Failure.Should().Be(StorageFailure.Overloaded);
        hold.Set();
        await light;
        await Task.WhenAll(flood[..^1]);
        Committed("light").Should().Be(1);
        Committed($"flood {Limits.ChangesQueued - 1}").Should().Be(0);
    }

    private Task<int> Write(WriteLane lane, string name, TimeSpan time = default) => writer.Transact(
        lane,
        transaction =>
        {
            order.Add(name);
            clock.Advance(time);
            return Insert(transaction, name.Split(' ')[0] == "light" ? "light" : name);
        },
        WriteCost.Usual).AsTask();

    private static ValueTask<int> Insert(ITransaction transaction, string owner) =>
        transaction.Run($"insert into item (owner) values ({owner})");

    /// <summary>Keeps the writer busy until the event is set; it has begun when this returns.</summary>
    private async Task Hold(ManualResetEventSlim until)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = writer.Alone(_ =>
        {
            begun.SetResult();
            until.Wait();
        }).AsTask();
        await begun.Task;
    }

    /// <summary>As another connection sees it.</summary>
    private long Committed(string owner)
    {
        using var reader = new SqliteConnectionHandle(Path.Combine(folder, "test.db"), readOnly: true);
        return reader.Many($"select count(*) from item where owner = {owner}", row => row.Int64())[0];
    }
}
