using System.Collections.Concurrent;

namespace Castellan.Platform.Memory;

/// <summary>
/// Mutable state per subject, bounded without ever being searched: when the young generation holds
/// <paramref name="capacity"/> subjects it becomes the old one, and what was not used since it became young is
/// forgotten. So a flood of new subjects costs memory for twice the capacity and no time, and whoever is seen now
/// outlives at least that many others. Two threads that meet at a turn may get two states for one subject.
/// </summary>
internal sealed class RecentlyUsed<TKey, TValue>(int capacity)
    where TKey : notnull
    where TValue : class, new()
{
    private Generation generation = new([]);

    private sealed class Generation(ConcurrentDictionary<TKey, TValue> old)
    {
        private int count;

        public ConcurrentDictionary<TKey, TValue> Young { get; } = new();

        public ConcurrentDictionary<TKey, TValue> Old { get; } = old;

        public int Increment() => Interlocked.Increment(ref count);
    }

    /// <summary>The subject's state, new where it has none.</summary>
    public TValue Of(TKey key)
    {
        var now = Volatile.Read(ref generation);
        while (true)
        {
            if (now.Young.TryGetValue(key, out var value)) return value;
            value = now.Old.TryGetValue(key, out var old) ? old : new TValue();
            if (!now.Young.TryAdd(key, value)) continue;
            if (now.Increment() == capacity) Volatile.Write(ref generation, new Generation(now.Young));
            return value;
        }
    }

    /// <summary>Whether the subject has a state; asking does not make it younger.</summary>
    public bool Knows(TKey key)
    {
        var now = Volatile.Read(ref generation);
        return now.Young.ContainsKey(key) || now.Old.ContainsKey(key);
    }

    public void Forget(TKey key)
    {
        var now = Volatile.Read(ref generation);
        now.Old.TryRemove(key, out _);
        now.Young.TryRemove(key, out _);
    }
}
