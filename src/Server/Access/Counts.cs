using System.Collections.Concurrent;
using System.Globalization;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access;

/// <summary>What is counted: of one tenant, and in an order of all.</summary>
internal interface ICounted
{
    TenantId Tenant { get; }

    string Order { get; }
}

/// <summary>
/// Counts in memory, which is all that counting costs a call; a worker writes the counts down. They are for looking
/// back: where they overflow, or the process ends, some are not counted, and nothing rests on them. A tenant has as
/// much room as it leaves: one that floods takes half of all, two take a third each, and there is always some for
/// others.
/// </summary>
internal class Counts<T>
    where T : notnull, ICounted
{
    /// <summary>What differs, between two rounds of the worker. Some hundred bytes each.</summary>
    private const int DifferentMax = 20_000;

    private Round round = new();

    public void Note(in T one) => Volatile.Read(ref round).Find(one)?.Increment();

    /// <summary>What was counted since the last time.</summary>
    public IReadOnlyList<(T One, int Times)> Drain()
    {
        if (round.Counters.IsEmpty) return [];
        var drained = Interlocked.Exchange(ref round, new Round());
        return [.. drained.Counters.Select(one => (one.Key, one.Value.Times))];
    }

    private sealed class Counter
    {
        private int times;

        public int Times => Volatile.Read(ref times);

        public void Increment() => Interlocked.Increment(ref times);
    }

    /// <summary>From one time that counts are written down to the next.</summary>
    private sealed class Round
    {
        private readonly ConcurrentDictionary<TenantId, Counter> different = new();
        private readonly Counter all = new();

        public ConcurrentDictionary<T, Counter> Counters { get; } = new();

        /// <summary>
        /// Null where the tenant has no room. Threads that meet here may take a little more than there is.
        /// </summary>
        public Counter? Find(in T one)
        {
            if (Counters.TryGetValue(one, out var known)) return known;
            var ofTenant = different.GetOrAdd(one.Tenant, static _ => new Counter());
            if (ofTenant.Times >= DifferentMax - all.Times) return null;
            var counter = new Counter();
            if (!Counters.TryAdd(one, counter)) return Counters[one];
            ofTenant.Increment();
            all.Increment();
            return counter;
        }
    }
}

/// <summary>How counts are added to those of a day (in UTC).</summary>
internal static class DailyCounts
{
    /// <summary>Rows of one transaction: a few milliseconds of the writer of SQLite.</summary>
    private const int Piece = 200;

    public static string Day(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>Whether somebody is a member of the tenant as a whole, or of a workspace of it.</summary>
    public static Sql IsMember(TenantId tenant, UserId user) =>
        Sql.Of($"exists (select 1 from membership m where m.tenant_id = {tenant} and m.user_id = {user})");

    /// <summary>In one order, because other nodes may be adding to the same rows.</summary>
    public static async ValueTask Add<T>(
        Upkeep upkeep, IReadOnlyList<(T One, int Times)> counted, Func<T, long, Sql> added)
        where T : ICounted
    {
        foreach (var piece in counted.OrderBy(count => count.One.Order, StringComparer.Ordinal).Chunk(Piece))
        {
            await upkeep.Run(async transaction =>
            {
                foreach (var (one, times) in piece) await transaction.Queue(added(one, times));
                return true;
            });
        }
    }
}
