namespace Castellan.Kernel.RateLimits;

/// <summary>Calls per second on average, and how many may come at once.</summary>
internal sealed record RateLimit
{
    /// <summary>So many a minute on average, and so many at once at most.</summary>
    public static RateLimit PerMinute(long calls) => new(calls / 60.0, (int)calls);

    public RateLimit()
    {
    }

    public RateLimit(double perSecond, int burst) => (PerSecond, Burst) = (perSecond, burst);

    /// <summary>Calls per second, on average. Above 0, at most 1,000,000.</summary>
    public double PerSecond { get; init; } = 10;

    /// <summary>Calls that may come at once, 1 to 1,000,000,000.</summary>
    public int Burst { get; init; } = 20;

    /// <summary>What it does while nodes cannot share it. Open, where it is there against abuse.</summary>
    public WhenUnshared WhenUnshared { get; init; } = WhenUnshared.Open;

    /// <summary>
    /// How long a call takes, in whole ticks of a clock: fractions of them would be lost in sums that are larger than
    /// 2^53.
    /// </summary>
    public long PerCall(long ticksPerSecond) => Math.Max(1, (long)Math.Round(ticksPerSecond / PerSecond));

    /// <summary>What weighs more than all that may come at once comes alone.</summary>
    public int Counted(int calls) => Math.Min(calls, Burst);
}

/// <summary>What becomes of a limit while Redis, where all nodes count it, does not answer.</summary>
internal enum WhenUnshared
{
    /// <summary>Each node counts alone: together they let pass as much as each of them may.</summary>
    Open,

    /// <summary>Calls that it counts are refused: it stands for money, and more than was sold is never given.</summary>
    Closed,
}

/// <summary>What limits say of a call.</summary>
internal enum RateVerdict
{
    /// <summary>Within all of them, and charged to each.</summary>
    Within,

    /// <summary>Over one of them, and charged to none.</summary>
    Over,

    /// <summary>One that closes cannot be counted now.</summary>
    Unknown,
}

/// <summary>One limit of one call: whose number it is charged to.</summary>
internal readonly record struct Charge(string Policy, RateLimit Limit, string Subject);

/// <summary>
/// How one limit stands after a call. <paramref name="Wait"/>: until all is free again, or until the next call.
/// </summary>
internal sealed record RateState(string Policy, RateLimit Limit, long Remaining, TimeSpan Wait);
