using System.Collections.Concurrent;
using Castellan.Kernel;

namespace Castellan.Access.Simulation;

/// <summary>
/// A decision about a member, without what differs each time: the record that was meant, and what was told about it.
/// </summary>
internal readonly record struct Decided(
    TenantId Tenant, UserId User, Permission Permission, AppId? App, WorkspaceId? Workspace, string? Collection,
    bool Allowed)
{
    public string Order =>
        $"{Tenant} {User} {Permission.Name} {Permission.App} {App} {Workspace} {Collection} {Allowed}";
}

/// <summary>
/// Counts decisions in memory, which is all that a decision costs; a worker writes the counts down. They are for
/// looking back: where they overflow, or the process ends, some are not counted, and nothing rests on them.
/// </summary>
internal sealed class DecisionLog
{
    /// <summary>Decisions that differ, between two rounds of the worker.</summary>
    private const int DifferentMax = 10_000;

    private ConcurrentDictionary<Decided, Counter> counters = new();

    private sealed class Counter
    {
        private int times;

        public int Times => Volatile.Read(ref times);

        public void Increment() => Interlocked.Increment(ref times);
    }

    public void Note(in Decided decided)
    {
        var known = counters;
        if (!known.TryGetValue(decided, out var counter))
        {
            if (known.Count >= DifferentMax) return;
            counter = known.GetOrAdd(decided, static _ => new Counter());
        }
        counter.Increment();
    }

    /// <summary>What was counted since the last time.</summary>
    public IReadOnlyList<(Decided Decided, int Times)> Drain()
    {
        if (counters.IsEmpty) return [];
        var drained = Interlocked.Exchange(ref counters, new());
        return [.. drained.Select(one => (one.Key, one.Value.Times))];
    }
}
