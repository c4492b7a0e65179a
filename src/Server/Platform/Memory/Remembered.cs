using System.Collections.Concurrent;

namespace Castellan.Platform.Memory;

/// <summary>
/// What memory knows of rows, loaded on demand. An eviction is final: a load that began before it never enters, so that
/// nothing older than the eviction is ever answered on this node to whoever asks after it. Who asks for what is being
/// loaded waits for that load. Where other nodes may write, entries are trusted for <paramref name="trust"/>, and for
/// as long as this node is sure that it heard of every change since their load (<paramref name="hearing"/>).
/// </summary>
internal class Remembered<TKey, TValue>(
    TimeProvider time, TimeSpan? trust, int capacity = 100_000, Hearing? hearing = null)
    where TKey : notnull
    where TValue : class
{
    private readonly ConcurrentDictionary<TKey, Entry> entries = new();
    private readonly ConcurrentDictionary<TKey, Loading> underWay = new();
    private readonly Stripe[] stripes = [.. Enumerable.Range(0, 1024).Select(_ => new Stripe())];
    private int count;

    private readonly record struct Entry(TValue Value, long LoadedAt);

    private sealed record Loading(long Generation, long StartedAt)
    {
        public TaskCompletionSource<TValue?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Stripe
    {
        public long Generation { get; set; }
    }

    public bool TryGet(TKey key, out TValue value)
    {
        var heard = hearing?.Last;
        if (entries.TryGetValue(key, out var entry)
            && (IsTrusted(entry.LoadedAt) || (heard is not null && hearing!.Covers(heard, entry.LoadedAt))))
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
            Remove(key);
        }
    }

    public void EvictAll()
    {
        foreach (var stripe in stripes)
        {
            lock (stripe) stripe.Generation++;
        }
        foreach (var (key, _) in entries) Remove(key);
    }

    private async ValueTask<TValue?> Load<TState>(TKey key, TState state, Func<TKey, TState, ValueTask<TValue?>> load)
    {
        while (true)
        {
            var (known, loading, isOurs) = Begin(key);
            if (known is not null) return known;
            if (isOurs) return await Finish(loading!, key, state, load);
            try
            {
                var value = await loading!.Done.Task;
                if (IsTrusted(loading.StartedAt)) return value;
            }
            catch (OperationCanceledException)
            {
                // The caller that was loading went away, and this one did not.
            }
        }
    }

    /// <summary>
    /// The load under way that began after the last eviction, or a new one that is the caller's. A load that has ended
    /// since the caller looked has entered its value before it is gone from those under way.
    /// </summary>
    private (TValue? Known, Loading? Loading, bool IsOurs) Begin(TKey key)
    {
        var stripe = StripeOf(key);
        lock (stripe)
        {
            if (underWay.TryGetValue(key, out var other) && other.Generation == stripe.Generation
                && IsTrusted(other.StartedAt))
            {
                return (null, other, false);
            }
            return TryGet(key, out var known)
                ? (known, null, false)
                : (null, underWay[key] = new Loading(stripe.Generation, time.GetTimestamp()), true);
        }
    }

    private async ValueTask<TValue?> Finish<TState>(
        Loading loading, TKey key, TState state, Func<TKey, TState, ValueTask<TValue?>> load)
    {
        try
        {
            var value = await load(key, state);
            if (value is not null) Enter(key, value, loading);
            loading.Done.SetResult(value);
            return value;
        }
        catch (Exception error)
        {
            loading.Done.SetException(error);
            // Where nobody waited, nobody else looks at it.
            _ = loading.Done.Task.Exception;
            throw;
        }
        finally
        {
            underWay.TryRemove(KeyValuePair.Create(key, loading));
        }
    }

    private void Enter(TKey key, TValue value, Loading loading)
    {
        if (Volatile.Read(ref count) >= capacity) MakeRoom();
        var stripe = StripeOf(key);
        lock (stripe)
        {
            if (stripe.Generation != loading.Generation) return;
            var entry = new Entry(value, loading.StartedAt);
            if (entries.TryAdd(key, entry)) Interlocked.Increment(ref count);
            else entries[key] = entry;
        }
    }

    /// <summary>Forgets an eighth of everything, whichever comes first, so that many enter without a search.</summary>
    private void MakeRoom()
    {
        var left = (capacity / 8) + 1;
        foreach (var (key, _) in entries)
        {
            if (left-- == 0) return;
            Remove(key);
        }
    }

    private void Remove(TKey key)
    {
        if (entries.TryRemove(key, out _)) Interlocked.Decrement(ref count);
    }

    private bool IsTrusted(long since) => trust is not { } limit || time.GetElapsedTime(since) < limit;

    private Stripe StripeOf(TKey key) => stripes[(uint)key.GetHashCode() % stripes.Length];
}
