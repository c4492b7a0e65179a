using AwesomeAssertions;
using Castellan.Platform;
using Castellan.Platform.Crypto;

namespace Castellan.Tests.Platform;

public sealed class AdmissionGateTests
{
    [Fact]
    public async Task No_more_than_its_places_are_inside_at_once()
    {
        using var gate = new AdmissionGate(places: 3, waitingMax: 1_000);
        var full = new TaskCompletionSource();
        var (inside, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => Task.Run(async () =>
        {
            using var place = await gate.Enter(CancellationToken.None);
            var now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            if (now == 3) full.TrySetResult();
            await full.Task.WaitAsync(TimeSpan.FromSeconds(30));
            Interlocked.Decrement(ref inside);
        })));
        most.Should().Be(3);
    }

    [Fact]
    public async Task Who_comes_first_enters_first()
    {
        using var gate = new AdmissionGate(places: 1, waitingMax: 100);
        var order = new List<int>();
        var first = await gate.Enter(CancellationToken.None);
        var waiting = Enumerable.Range(0, 50).Select(async i =>
        {
            using var place = await gate.Enter(CancellationToken.None);
            order.Add(i);
        }).ToList();
        order.Should().BeEmpty();
        first.Dispose();
        await Task.WhenAll(waiting);
        order.Should().BeInAscendingOrder().And.HaveCount(50);
    }

    [Fact]
    public async Task More_than_may_wait_are_refused_at_once_and_a_place_that_is_free_again_is_given()
    {
        using var gate = new AdmissionGate(places: 1, waitingMax: 2);
        var inside = await gate.Enter(CancellationToken.None);
        var second = gate.Enter(CancellationToken.None).AsTask();
        var third = gate.Enter(CancellationToken.None).AsTask();
        var refused = async () => await gate.Enter(CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        await refused.Should().ThrowAsync<OverloadException>();
        inside.Dispose();
        (await second).Dispose();
        (await third).Dispose();
        (await gate.Enter(CancellationToken.None)).Dispose();
    }

    [Fact]
    public async Task Who_stops_waiting_makes_room()
    {
        using var gate = new AdmissionGate(places: 1, waitingMax: 1);
        using var gone = new CancellationTokenSource();
        var inside = await gate.Enter(CancellationToken.None);
        var leaving = gate.Enter(gone.Token).AsTask();
        await gone.CancelAsync();
        await leaving.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();

        var staying = gate.Enter(CancellationToken.None).AsTask();
        inside.Dispose();
        (await staying).Dispose();
    }

    [Fact]
    public async Task A_storm_of_hashes_is_refused_instead_of_kept_waiting()
    {
        using var hasher = new PasswordHasher();
        var many = (Math.Max(1, Environment.ProcessorCount - 1) * 129) + 20;
        using var enough = new CancellationTokenSource();
        var asking = Enumerable.Range(0, many)
            .Select(_ => hasher.Hash("correct horse", enough.Token).AsTask()).ToList();
        var refused = asking.Count(task => task.Exception?.InnerException is OverloadException);
        await enough.CancelAsync();

        refused.Should().BeInRange(1, 20);
        await Task.WhenAll(asking).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref most)) < value) Interlocked.CompareExchange(ref most, value, seen);
    }
}
