using Castellan.Platform.Memory;

namespace Castellan.Kernel.RateLimits;

/// <summary>The numbers of this node, in memory. Takes a clock, so that tests need no waiting.</summary>
internal sealed class LocalCells(TimeProvider time)
{
    private const int Subjects = 100_000;

    private readonly RecentlyUsed<(string Policy, string Subject), Cell> cells = new(Subjects);

    /// <summary>A timestamp of the clock, changed under the cell's own lock.</summary>
    private sealed class Cell
    {
        public long FreeAt { get; set; }
    }

    /// <summary>Where one refuses, the last state is its own.</summary>
    public RateVerdict Charge(List<RateState> rates, ReadOnlySpan<Charge> charges, int calls) =>
        TryCharge(rates, charges, time.GetTimestamp(), calls) ? RateVerdict.Within : RateVerdict.Over;

    /// <summary>Holds each cell while the next ones are asked: what they refuse was never charged here.</summary>
    private bool TryCharge(List<RateState> rates, ReadOnlySpan<Charge> charges, long now, int calls)
    {
        if (charges.IsEmpty) return true;
        var (policy, limit, subject) = charges[0];
        var cell = cells.Of((policy, subject));
        var perCall = limit.PerCall(time.TimestampFrequency);
        var burst = perCall * limit.Burst;
        var cost = perCall * limit.Counted(calls);
        lock (cell)
        {
            var used = Math.Max(cell.FreeAt - now, 0);
            var at = rates.Count;
            if (used + cost > burst)
            {
                rates.Add(new RateState(policy, limit, (burst - used) / perCall, Elapsed(used + cost - burst)));
                return false;
            }
            if (!TryCharge(rates, charges[1..], now, calls))
            {
                rates.Insert(at, new RateState(policy, limit, (burst - used) / perCall, Elapsed(used)));
                return false;
            }
            used += cost;
            cell.FreeAt = now + used;
            rates.Insert(at, new RateState(policy, limit, (burst - used) / perCall, Elapsed(used)));
            return true;
        }
    }

    private TimeSpan Elapsed(long ticks) => time.GetElapsedTime(0, ticks);
}
