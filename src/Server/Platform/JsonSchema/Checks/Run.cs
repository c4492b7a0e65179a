using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>Why a validation ended without a verdict.</summary>
internal enum StopReason
{
    None,
    TooDeep,
    TooMuchWork,
    PatternTime,
}

/// <summary>
/// What one validation has used up. Once stopped every node says "invalid" at once; that verdict may be turned round by
/// a <c>not</c>, so whoever started the run asks <see cref="Stopped"/> too.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct Run
{
    private static readonly long PatternTicks = SchemaLimits.PatternsMs * Stopwatch.Frequency / 1000;

    private int depth;
    private int steps;
    private long patternTicks;

    public StopReason Stopped { get; private set; }

    /// <summary>False where the run is over; otherwise <see cref="Leave"/> follows.</summary>
    public bool Enter()
    {
        if (++depth <= SchemaLimits.RunDepth && ++steps <= SchemaLimits.RunSteps && Stopped == StopReason.None)
            return true;
        if (Stopped == StopReason.None)
            Stopped = depth > SchemaLimits.RunDepth ? StopReason.TooDeep : StopReason.TooMuchWork;
        depth--;
        return false;
    }

    public void Leave() => depth--;

    public void Stop(StopReason reason)
    {
        if (Stopped == StopReason.None) Stopped = reason;
    }

    /// <summary>Counts work that a node does beyond entering others.</summary>
    public void Spend(int work)
    {
        steps += work;
        if (steps > SchemaLimits.RunSteps) Stop(StopReason.TooMuchWork);
    }

    /// <summary>Counts the time of a match that began at <paramref name="start"/> (Stopwatch ticks).</summary>
    public void SpendPatternTime(long start)
    {
        patternTicks += Stopwatch.GetTimestamp() - start;
        if (patternTicks > PatternTicks) Stop(StopReason.PatternTime);
    }
}
