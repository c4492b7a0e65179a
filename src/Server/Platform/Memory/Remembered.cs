using System.Collections.Concurrent;

namespace Castellan.Platform.Memory;

/// <summary>
/// What memory knows of rows, loaded on demand. An eviction is final: a load that began before it never enters, so that
/// nothing older than the eviction is ever answered on this node. Where other nodes may write, entries are trusted for
/// <paramref name="trust"/> only.
/// </summary>
internal sealed class Remembered<TKey, TValue>(TimeProvider time, TimeSpan? trust, int capacity = 100_000)
    where TKey : notnull
    where TValue : class
{
    private readonly ConcurrentDictionary<TKey, Entry> entries = new();
    private readonly Stripe[] stripes = [.. Enumerable.Range(0, 1024).Select(_ => new Stripe())];

    private readonly record struct Entry(TValue Value, long LoadedAt);

    private sealed class Stripe
    {
        public long Generation { get; set; }
    }

    public bool TryGet(TKey key, out TValue value)
    {
        if (entries.TryGetValue(key, out var entry) && IsTrusted(entry))
        {
            value = entry.Value;
            return true;
        }
        value = null!;
        return false;
    }

    /// <summary>
    /// True only where memory is as good as the database: for checks inside a Change, which otherwise read through it.
    /// A Change on SQLite may not wait for a reader, so it never loads into memory.
    /// </summary>
    public bool TryGetExact(TKey key, out TValue value)
    {
        if (trust is null) return TryGet(key, out value);
        value = null!;
        return false;
    }

    /// <summary>The remembered value, or the loaded one. Null is not remembered.</summary>
    public ValueTask<TValue?> Get<TState>(TKey key, TState state, Func<TKey, TState, ValueTask<TValue?>> load) =>
        TryGet(key, out var value) ? new ValueTask<TValue?>(value) : Load(key, state, load);

    public void Evict(TKey key)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            stripe.Generation++;
            entries.TryRemove(key, out _);
        }
    }

    public void EvictAll()
    {
        foreach (var stripe in stripes)
        {
            lock (stripe) stripe.Generation++;
        }
        entries.Clear();
    }

    private async ValueTask<TValue?> Load<TState>(TKey key, TState state, Func<TKey, TState, ValueTask<TValue?>> load)
    {
        var stripe = StripeOf(key);
        long generation;
        lock (stripe) generation = stripe.Generation;
        var loadedAt = time.GetTimestamp();
        var value = await load(key, state);
        if (value is null) return null;
        if (entries.Count >= capacity) EvictAll();
        lock (stripe)
        {
            if (stripe.Generation == generation) entries[key] = new Entry(value, loadedAt);
        }
        return value;
    }

    private bool IsTrusted(Entry entry) => trust is not { } limit || time.GetElapsedTime(entry.LoadedAt) < limit;

    private Stripe StripeOf(TKey key) => stripes[(uint)key.GetHashCode() % stripes.Length];
}
