using System.Collections.Concurrent;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Refuses at the door what would only wait: who is refused at once may come again, and who waits for nothing holds on
/// to memory and connections. The more calls are under way, the more of them must matter: heavy ones go first, then
/// those of apps that have more than their share, at last all but those of operators and those that take a right away.
/// </summary>
internal sealed class LoadShedder
{
    private readonly ConcurrentDictionary<AppId, Counter> apps = new();
    private readonly Counter others = new();
    private readonly int crowded;
    private readonly int ordinaryMax;
    private readonly int max;
    private int underWay;
    private int busy;

    public LoadShedder(LoadOptions options)
    {
        max = options.CallsMax;
        (crowded, ordinaryMax) = (max / 2, max - (max / 5));
    }

    /// <summary>Changed by interlocked operations alone.</summary>
    internal sealed class Counter
    {
        public int Calls;
    }

    /// <summary>Calls that are under way.</summary>
    public int UnderWay => Volatile.Read(ref underWay);

    /// <summary>
    /// A place for the call, which disposing of it gives back; one that <see cref="Place.IsRefused"/> is none.
    /// </summary>
    public Place Enter(Invocation invocation)
    {
        var counter = invocation.Caller.App is { } app ? apps.GetOrAdd(app, static _ => new Counter()) : others;
        var place = new Place(this, counter);
        var all = Interlocked.Increment(ref underWay);
        var own = Interlocked.Increment(ref counter.Calls);
        if (own == 1) Interlocked.Increment(ref busy);
        if (all <= crowded || Matters(invocation, all, own)) return place;
        place.Dispose();
        return default;
    }

    private bool Matters(Invocation invocation, int all, int own)
    {
        if (invocation.Operation.Urgent || invocation.Caller.Kind is CallerKind.Operator) return all <= max;
        if (invocation.Operation.Cost is WriteCost.Heavy || all > ordinaryMax) return false;
        // One share is left for an app that has no call under way yet.
        return own <= ordinaryMax / (Volatile.Read(ref busy) + 1);
    }

    private void Leave(Counter counter)
    {
        if (Interlocked.Decrement(ref counter.Calls) == 0) Interlocked.Decrement(ref busy);
        Interlocked.Decrement(ref underWay);
    }

    internal readonly struct Place : IDisposable
    {
        private readonly LoadShedder? of;
        private readonly Counter? counter;

        internal Place(LoadShedder of, Counter counter) => (this.of, this.counter) = (of, counter);

        public bool IsRefused => of is null;

        public void Dispose() => of?.Leave(counter!);
    }
}

/// <summary>How much one node works on at once. Section <c>Load</c>.</summary>
[Settings("Load")]
internal sealed record LoadOptions
{
    /// <summary>
    /// Calls under way at once. Default 1,000; 10 to 100,000. From half of it on, heavy calls and those of apps that
    /// have more than their share are refused with 503; a fifth is for operators, and for calls that take a right away.
    /// </summary>
    public int CallsMax { get; init; } = 1_000;

    /// <summary>Throws at the start where a setting is out of its range.</summary>
    public LoadOptions Checked() => CallsMax is >= 10 and <= 100_000
        ? this
        : throw new UnsafeStartException(
            $"Load:CallsMax is {CallsMax}.", "Write a number of calls from 10 to 100000.");
}
