namespace Castellan.Platform.Storage;

/// <summary>
/// Whom a transaction's time is charged to. Lanes share the engine fairly by time, so that who asks for much waits for
/// itself.
/// </summary>
/// <param name="Charged">The name of who is charged; opaque here, and compared as it is.</param>
/// <param name="Urgent">
/// True for what must not wait behind ordinary work, such as taking a right away: it goes first, as long as its lane
/// has not taken <see cref="Limits.UrgentLeadMs"/> more than others.
/// </param>
internal readonly record struct WriteLane(string Charged, bool Urgent = false)
{
    /// <summary>Work of the server's own that no caller waits for.</summary>
    public static WriteLane Background { get; } = new("background");
}

/// <summary>What a transaction is expected to take of the engine.</summary>
internal enum WriteCost
{
    /// <summary>Some rows: it shares a commit with others.</summary>
    Usual,

    /// <summary>
    /// Many rows, or the schema: nobody shares its commit, what is open is committed before it, and few run at once.
    /// </summary>
    Heavy,
}
