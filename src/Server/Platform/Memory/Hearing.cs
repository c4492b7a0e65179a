namespace Castellan.Platform.Memory;

/// <summary>
/// Up to which moment this node has heard what other nodes have changed, and forgotten it. What it heard is good for
/// <paramref name="bound"/> from then: a node that hears nothing, because the database is silent, a connection is lost
/// or the process stood still, is not sure of anything it remembers.
/// </summary>
internal sealed class Hearing(TimeProvider time, TimeSpan bound)
{
    private Heard? last;

    /// <param name="Since">Loads that began later are followed; of earlier ones something may have been missed.</param>
    /// <param name="AsOf">All that was changed before it has been heard. Both as the clock's timestamps.</param>
    internal sealed record Heard(long Since, long AsOf);

    /// <summary>
    /// To be read before memory is: whoever stood still between the two would take what was heard meanwhile for what
    /// the value has seen.
    /// </summary>
    public Heard? Last => Volatile.Read(ref last);

    public bool Covers(Heard heard, long loadedAt) =>
        loadedAt > heard.Since && time.GetElapsedTime(heard.AsOf) < bound;

    /// <summary>
    /// Everything before is unknown: the first time, after a connection was lost, or where too much came at once.
    /// </summary>
    /// <param name="asOf">A moment before the question was sent.</param>
    public void Begin(long asOf) => Volatile.Write(ref last, new Heard(time.GetTimestamp(), asOf));

    /// <summary>All that was changed before <paramref name="asOf"/> is forgotten here.</summary>
    public void Confirm(long asOf) => Volatile.Write(ref last, last! with { AsOf = asOf });
}
