using System.Collections.Concurrent;

namespace Castellan.Access;

/// <summary>
/// Counts in memory, which is all that counting costs a call; a worker writes the counts down. They are for looking
/// back: where they overflow, or the process ends, some are not counted, and nothing rests on them.
/// </summary>
internal class Counts<T>
    where T : notnull
{
    /// <summary>What differs, between two rounds of the worker.</summary>
    private const int DifferentMax = 10_000;

    private ConcurrentDictionary<T, Counter> counters = new();

    private sealed class Counter
    {
        private int times;

        public int Times => Volatile.Read(ref times);

        public void Increment() => Interlocked.Increment(ref times);
    }

    public void Note(in T one)
    {
        var known = counters;
        if (!known.TryGetValue(one, out var counter))
        {
            if (known.Count >= DifferentMax) return;
            counter = known.GetOrAdd(one, static _ => new Counter());
        }
        counter.Increment();
    }

    /// <summary>What was counted since the last time.</summary>
    public IReadOnlyList<(T One, int Times)> Drain()
    {
        if (counters.IsEmpty) return [];
        var drained = Interlocked.Exchange(ref counters, new());
        return [.. drained.Select(one => (one.Key, one.Value.Times))];
    }
}
