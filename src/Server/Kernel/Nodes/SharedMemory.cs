using Castellan.Platform;
using Castellan.Platform.Memory;
using Castellan.Platform.Storage;

namespace Castellan.Kernel.Nodes;

/// <summary>
/// What memory knows of rows that every node changes by Changes alone. A Change that changes one forgets it by
/// <see cref="Forget(Change, TKey)"/>: here before it is acknowledged, and within a second on every other node, which
/// is told in the same transaction. So it is trusted for as long as the node hears others.
/// </summary>
internal sealed class SharedMemory<TKey, TValue> : Remembered<TKey, TValue>
    where TKey : notnull
    where TValue : class
{
    public const int Usual = 100_000;

    private readonly Notices notices;
    private readonly string topic;
    private readonly NoticeKey<TKey> key;

    public SharedMemory(
        Notices notices, string topic, NoticeKey<TKey> key, (IDatabase Database, TimeProvider Time) on, int capacity)
        : base(on.Time, on.Database.MemoryTrust, capacity, notices.Hearing)
    {
        (this.notices, this.topic, this.key) = (notices, topic, key);
        notices.On(topic, Forget);
    }

    /// <summary>Forgotten also when everything of another topic is, which its values show.</summary>
    public SharedMemory<TKey, TValue> AlsoWith(string other)
    {
        notices.On(other, _ => EvictAll());
        return this;
    }

    public void Forget(Change change, TKey which) => Tell(change, key.Write(which));

    /// <summary>All of the topic: where many are changed, or one that is remembered by a secret.</summary>
    public void ForgetAll(Change change) => Tell(change, "");

    private void Tell(Change change, string which)
    {
        var notice = new Notice(topic, which);
        change.Tell(notice, () =>
        {
            notices.Forget(notice);
            notices.Speak();
        });
    }

    private void Forget(string which)
    {
        if (which.Length > 0 && key.TryRead(which, out var one)) Evict(one);
        else EvictAll();
    }
}

/// <summary>A memory's key as the text of a notice, and back.</summary>
internal sealed record NoticeKey<TKey>(Func<TKey, string> Write, NoticeKey<TKey>.Reader TryRead)
{
    internal delegate bool Reader(string text, out TKey key);
}

/// <summary>The keys that there are.</summary>
internal static class NoticeKeys
{
    /// <summary>An environment, by its name.</summary>
    public static NoticeKey<string> Name { get; } = new(name => name, ReadName);

    /// <summary>Remembered by what nobody may be told, such as a token: always forgotten together.</summary>
    public static NoticeKey<string> Secret { get; } = new(_ => "", ReadNothing);

    public static NoticeKey<Id<TKind>> Id<TKind>()
        where TKind : IIdKind => new(id => id.Value, Platform.Id<TKind>.TryParse);

    public static NoticeKey<(TFirst, TSecond)> Pair<TFirst, TSecond>(
        NoticeKey<TFirst> first, NoticeKey<TSecond> second) => new(
        pair => $"{first.Write(pair.Item1)}/{second.Write(pair.Item2)}",
        (string text, out (TFirst, TSecond) pair) =>
        {
            pair = default;
            if (text.Split('/') is not [var one, var other] || !first.TryRead(one, out var left)
                || !second.TryRead(other, out var right))
            {
                return false;
            }
            pair = (left, right);
            return true;
        });

    private static bool ReadName(string text, out string name)
    {
        name = text;
        return true;
    }

    private static bool ReadNothing(string text, out string nothing)
    {
        nothing = "";
        return false;
    }
}
