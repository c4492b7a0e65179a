using AwesomeAssertions;
using Castellan.Platform;
using Castellan.Platform.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Castellan.Tests.Platform.Storage;

/// <summary>Who finds a place before PostgreSQL's connections.</summary>
public sealed class FairGateTests
{
    private static readonly WriteLane Flood = new("flood");
    private static readonly WriteLane Other = new("other");
    private readonly FakeTimeProvider clock = new();
    private readonly FairGate gate;

    public FairGateTests() => gate = new FairGate(places: 8, clock);

    [Fact]
    public void One_lane_never_has_all_places()
    {
        Enter(Flood, 50).Count(task => task.IsCompleted).Should().Be(6);
        Enter(Other, 5).Count(task => task.IsCompleted).Should().Be(2);
    }

    [Fact]
    public async Task Heavy_ones_have_few_places_and_hold_nobody_else_up()
    {
        var heavy = Enter(Flood, 2, WriteCost.Heavy);
        var alsoHeavy = Enter(Other, 1, WriteCost.Heavy);
        heavy.Concat(alsoHeavy).Count(task => task.IsCompleted).Should().Be(1);
        Enter(new WriteLane("light"), 3).Should().OnlyContain(task => task.IsCompleted);

        clock.Advance(TimeSpan.FromMilliseconds(5));
        (await heavy[0]).Dispose();

        // Its lane has had less.
        await alsoHeavy[0];
        heavy[1].IsCompleted.Should().BeFalse();
    }

    [Fact]
    public async Task A_place_goes_to_the_lane_that_has_had_least()
    {
        var (flood, other) = (Enter(Flood, 20), Enter(Other, 8));
        clock.Advance(TimeSpan.FromMilliseconds(10));
        (await flood[0]).Dispose();
        (await flood[1]).Dispose();
        await Task.WhenAll(other[..4]);

        clock.Advance(TimeSpan.FromMilliseconds(90));
        (await other[0]).Dispose();

        // Flood was charged 20 ms, the other 100. All eight places are taken by whom we know.
        await flood[6];
        other.Count(task => task.IsCompleted).Should().Be(4);
    }

    [Fact]
    public async Task Urgent_ones_go_before_all_that_wait()
    {
        var (flood, other) = (Enter(Flood, 20), Enter(Other, 20));
        var urgent = Enter(Flood with { Urgent = true }, 1)[0];
        urgent.IsCompleted.Should().BeFalse();

        (await other[0]).Dispose();

        (await urgent).Dispose();
        flood.Count(task => task.IsCompleted).Should().Be(6);
    }

    [Fact]
    public async Task Who_gives_up_makes_room()
    {
        using var gone = new CancellationTokenSource();
        var inside = Enter(Flood, 6);
        var leaving = gate.Enter(Flood, WriteCost.Usual, gone.Token).AsTask();
        var staying = Enter(Flood, 1)[0];
        await gone.CancelAsync();
        await leaving.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();

        (await inside[0]).Dispose();

        (await staying).Dispose();
    }

    [Fact]
    public async Task Of_too_many_that_wait_the_longest_lane_gives_way()
    {
        var flood = Enter(Flood, 6 + Limits.ChangesQueued);
        var refused = () => Enter(Flood, 1)[0];
        var other = Enter(Other, 3);

        (await refused.Should().ThrowAsync<StorageException>()).Which.Failure.Should().Be(StorageFailure.Overloaded);
        (await flood[^1].Awaiting(task => task).Should().ThrowAsync<StorageException>())
            .Which.Failure.Should().Be(StorageFailure.Overloaded);
        other.Should().NotContain(task => task.IsFaulted);
    }

    [Fact]
    public async Task Each_visit_of_many_threads_enters_once_and_leaves_its_place()
    {
        var (inside, most, visits) = (0, 0, 0);
        await Task.WhenAll(Enumerable.Range(0, 16).Select(worker => Task.Run(async () =>
        {
            var lane = new WriteLane($"lane {worker % 3}");
            for (var i = 0; i < 500; i++)
            {
                using var visit = await gate.Enter(lane, (WriteCost)(i % 2), TestContext.Current.CancellationToken);
                var now = Interlocked.Increment(ref inside);
                InterlockedMax(ref most, now);
                Interlocked.Increment(ref visits);
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
        })));

        visits.Should().Be(8_000);
        most.Should().BeLessThanOrEqualTo(8);
        Enter(Flood, 6).Concat(Enter(Other, 2)).Should().OnlyContain(task => task.IsCompleted);
    }

    private List<Task<FairGate.Visit>> Enter(WriteLane lane, int count, WriteCost cost = WriteCost.Usual) =>
        [.. Enumerable.Range(0, count).Select(_ => gate.Enter(lane, cost, CancellationToken.None).AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30)))];

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value) Interlocked.CompareExchange(ref most, value, seen);
    }
}
