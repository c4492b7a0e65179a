using System.Collections.Concurrent;
using Castellan.Platform.Memory;
using Castellan.Platform.Storage;

namespace Castellan.Kernel.Nodes;

/// <summary>
/// That something was changed which nodes remember: what kind of thing, and which one. An empty key is all of them. A
/// key is an id or a name, never a credential.
/// </summary>
internal readonly record struct Notice(string Topic, string Key);

/// <summary>
/// What this node remembers and others may change, by topic. A topic may be several memories, which forget together.
/// </summary>
internal sealed class Notices(IDatabase database, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<string, ConcurrentBag<Action<string>>> topics = new();
    private readonly SemaphoreSlim spoken = new(0, 1);

    /// <summary>Null where memory is exact: there is no other node.</summary>
    public Hearing? Hearing { get; } = database.MemoryTrust is { } bound ? new Hearing(time, bound) : null;

    public SharedMemory<TKey, TValue> Remember<TKey, TValue>(
        string topic, NoticeKey<TKey> key, int capacity = SharedMemory<TKey, TValue>.Usual)
        where TKey : notnull
        where TValue : class => new(this, topic, key, (database, time), capacity);

    public void On(string topic, Action<string> forget) => topics.GetOrAdd(topic, _ => []).Add(forget);

    /// <summary>
    /// False where nothing here is of the topic, which a newer node may know: what else has changed with it is not
    /// known.
    /// </summary>
    public bool Forget(Notice notice)
    {
        if (!topics.TryGetValue(notice.Topic, out var memories)) return false;
        foreach (var forget in memories) forget(notice.Key);
        return true;
    }

    /// <summary>Says that there are notices; many at once are one.</summary>
    public void Speak()
    {
        if (spoken.CurrentCount > 0) return;
        try
        {
            spoken.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody else did in the same moment.
        }
    }

    public Task UntilSpoken(CancellationToken ct) => spoken.WaitAsync(ct);

    public void Dispose() => spoken.Dispose();
}
