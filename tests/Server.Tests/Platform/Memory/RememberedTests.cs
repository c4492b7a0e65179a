using System.Collections.Concurrent;
using AwesomeAssertions;
using Castellan.Platform.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Castellan.Tests.Platform.Memory;

public sealed class RememberedTests(ITestOutputHelper output)
{
    private static readonly TimeSpan Trust = TimeSpan.FromSeconds(1);
    private readonly FakeTimeProvider clock = new();

    /// <summary>A row that counts its versions; a load takes a while and reads it somewhere in between.</summary>
    private sealed class Rows(int count)
    {
        private readonly long[] versions = new long[count];

        public long Version(int row) => Volatile.Read(ref versions[row]);

        public long Write(int row) => Interlocked.Increment(ref versions[row]);

        public async ValueTask<object?> Load(int row, SeededNumbers numbers)
        {
            for (var i = numbers.Below(3); i > 0; i--) await Task.Yield();
            object version = Version(row);
            for (var i = numbers.Below(3); i > 0; i--) await Task.Yield();
            return version;
        }
    }

    [Theory]
    [InlineData(false, 100_000)]
    [InlineData(true, 100_000)]
    [InlineData(false, 8)]
    public async Task Nothing_older_than_an_acknowledged_eviction_is_ever_answered(bool hasTrust, int capacity)
    {
        const int Keys = 24;
        var seed = SeededNumbers.Seed(output);
        var memory = new Remembered<int, object>(clock, hasTrust ? Trust : null, capacity);
        var rows = new Rows(Keys);
        // Written after the eviction came back: what a reader sees here, it may rely on.
        var acknowledged = new long[Keys];
        var stale = new ConcurrentBag<string>();
        using var done = new CancellationTokenSource(TimeSpan.FromSeconds(1.2));

        var writers = Enumerable.Range(0, 2).Select(w => Task.Run(async () =>
        {
            var numbers = new SeededNumbers(seed + w);
            while (!done.IsCancellationRequested)
            {
                // One writer for each row, as the transaction of a row is.
                var row = (numbers.Below(Keys / 2) * 2) + w;
                var version = rows.Write(row);
                if (numbers.Below(50) == 0) memory.EvictAll();
                else memory.Evict(row);
                Volatile.Write(ref acknowledged[row], version);
                for (var i = numbers.Below(8); i > 0; i--) await Task.Yield();
            }
        })).ToList();
        var readers = Enumerable.Range(0, 6).Select(r => Task.Run(async () =>
        {
            var numbers = new SeededNumbers(seed + 100 + r);
            var read = 0;
            while (!done.IsCancellationRequested)
            {
                var row = numbers.Below(Keys);
                var least = Volatile.Read(ref acknowledged[row]);
                var seen = (long)(await memory.Get(row, numbers, rows.Load))!;
                if (seen < least) stale.Add($"row {row}: {seen}, although {least} was acknowledged");
                read++;
            }
            return read;
        })).ToList();
        await Task.WhenAll(writers);
        (await Task.WhenAll(readers)).Sum().Should().BeGreaterThan(1_000);
        stale.Should().BeEmpty();
        // At rest, what is remembered is what the rows say.
        for (var row = 0; row < Keys; row++)
        {
            if (memory.TryGet(row, out var known)) known.Should().Be(rows.Version(row));
        }
    }

    [Fact]
    public async Task Many_who_ask_at_once_cost_one_load()
    {
        var memory = new Remembered<int, string>(clock, trust: null);
        var loaded = new TaskCompletionSource<string?>();
        var loads = 0;
        ValueTask<string?> Load(int key, int state)
        {
            Interlocked.Increment(ref loads);
            return new ValueTask<string?>(loaded.Task);
        }

        var asking = Enumerable.Range(0, 50).Select(_ => Task.Run(async () => await memory.Get(1, 0, Load))).ToList();
        await Poll.Until(() => Volatile.Read(ref loads) > 0);
        loaded.SetResult("value");

        (await Task.WhenAll(asking)).Should().OnlyContain(value => value == "value");
        loads.Should().Be(1);
    }

    [Fact]
    public async Task Who_asks_after_an_eviction_does_not_wait_for_a_load_that_began_before_it()
    {
        var memory = new Remembered<int, string>(clock, trust: null);
        var old = new TaskCompletionSource<string?>();
        var before = memory.Get(1, 0, (_, _) => new ValueTask<string?>(old.Task));
        memory.Evict(1);

        (await memory.Get(1, 0, (_, _) => new ValueTask<string?>("new"))).Should().Be("new");
        old.SetResult("old");
        (await before).Should().Be("old", "that caller asked before");
        memory.TryGet(1, out var known).Should().BeTrue();
        known.Should().Be("new");
    }

    [Fact]
    public async Task A_caller_who_goes_away_takes_nobody_along()
    {
        var memory = new Remembered<int, string>(clock, trust: null);
        var first = new TaskCompletionSource<string?>();
        var leaving = memory.Get(1, 0, (_, _) => new ValueTask<string?>(first.Task)).AsTask();
        var staying = memory.Get(1, 0, (_, _) => new ValueTask<string?>("value")).AsTask();
        first.SetCanceled(TestContext.Current.CancellationToken);

        await leaving.Awaiting(task => task).Should().ThrowAsync<OperationCanceledException>();
        (await staying).Should().Be("value");
    }

    [Fact]
    public async Task A_load_that_fails_is_not_remembered()
    {
        var memory = new Remembered<int, string>(clock, trust: null);
        var failing = async () => await memory.Get(1, 0, (_, _) => throw new InvalidDataException());

        await failing.Should().ThrowAsync<InvalidDataException>();
        (await memory.Get(1, 0, (_, _) => new ValueTask<string?>((string?)null))).Should().BeNull();
        (await memory.Get(1, 0, (_, _) => new ValueTask<string?>("value"))).Should().Be("value");
    }

    [Fact]
    public async Task Trust_ends_when_its_time_is_over_counted_from_the_load()
    {
        var memory = new Remembered<int, string>(clock, Trust);
        await memory.Get(1, 0, (_, _) =>
        {
            clock.Advance(Trust / 2);
            return new ValueTask<string?>("value");
        });

        memory.TryGet(1, out _).Should().BeTrue();
        memory.TryGetExact(1, out _).Should().BeFalse("another node may have written");
        clock.Advance(Trust / 2);
        memory.TryGet(1, out _).Should().BeFalse();
    }

    [Fact]
    public async Task What_is_remembered_is_bounded_and_what_was_just_asked_for_is_there()
    {
        const int Capacity = 100;
        var memory = new Remembered<int, string>(clock, trust: null, Capacity);
        for (var key = 0; key < 10 * Capacity; key++)
        {
            await memory.Get(key, 0, (_, _) => new ValueTask<string?>("value"));
            memory.TryGet(key, out _).Should().BeTrue();
        }

        var known = Enumerable.Range(0, 10 * Capacity).Count(key => memory.TryGet(key, out _));
        known.Should().BeInRange(Capacity / 2, Capacity);
        memory.EvictAll();
        Enumerable.Range(0, 10 * Capacity).Any(key => memory.TryGet(key, out _)).Should().BeFalse();
    }
}
