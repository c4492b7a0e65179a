using System.Data.Common;
using Npgsql;

namespace Castellan.Platform.Storage;

/// <summary>
/// A connection string as this server needs it. What the operator's own says of pool, timeouts and keepalive stands.
/// </summary>
internal static class PostgresSettings
{
    /// <summary>Connections of one node: more only queue at the database.</summary>
    private const int PoolSize = 16;

    /// <summary>
    /// Seconds that one read may take; a Change has its own bound, which is shorter. Also how long a read waits for a
    /// database that went silent.
    /// </summary>
    private const int ReadSeconds = 10;

    /// <summary>
    /// Seconds to connect, also for asking the database to stop a statement that is late: so much after its bound, a
    /// Change on a silent database ends at the latest.
    /// </summary>
    private const int ConnectSeconds = 3;

    /// <summary>Milliseconds until the connection is given up on which such a request had no effect.</summary>
    private const int CancellationMs = 1_000;

    /// <summary>
    /// Seconds without a packet after which TCP asks, each second, whether the other side is there. The operating
    /// system says how often.
    /// </summary>
    private const int IdleSeconds = 5;

    /// <summary>
    /// Seconds that a question of the node's own ear may take: later, its answer is of no use, and another connection
    /// is tried.
    /// </summary>
    private const int ListenSeconds = 2;

    public static string Of(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            MaxAutoPrepare = 256,
            AutoPrepareMinUsages = 2,
            Enlist = false,
            NoResetOnClose = true,
            IncludeErrorDetail = false,
        };
        var own = Named(connectionString);
        if (!own.Overlaps(["maximumpoolsize", "maxpoolsize"])) settings.MaxPoolSize = PoolSize;
        if (!own.Contains("commandtimeout")) settings.CommandTimeout = ReadSeconds;
        if (!own.Overlaps(["timeout", "connectiontimeout"])) settings.Timeout = ConnectSeconds;
        if (!own.Contains("cancellationtimeout")) settings.CancellationTimeout = CancellationMs;
        if (!own.Overlaps(["tcpkeepalive", "tcpkeepalivetime", "tcpkeepaliveinterval"]))
            (settings.TcpKeepAlive, settings.TcpKeepAliveTime, settings.TcpKeepAliveInterval) = (true, IdleSeconds, 1);
        return settings.ConnectionString;
    }

    /// <summary>One connection beside the pool, whatever the operator's own timeouts say.</summary>
    public static string ForListening(string settings) => new NpgsqlConnectionStringBuilder(settings)
    {
        Pooling = false,
        CommandTimeout = ListenSeconds,
    }.ConnectionString;

    /// <summary>Connections that transactions may have at once: reads find some of the pool free.</summary>
    public static int ForTransactions(string settings)
    {
        var pool = new NpgsqlConnectionStringBuilder(settings).MaxPoolSize;
        return Math.Max(1, pool - (pool / 8));
    }

    /// <summary>Npgsql knows each name with and without spaces, in any case.</summary>
    private static HashSet<string> Named(string connectionString) =>
    [
        .. new DbConnectionStringBuilder { ConnectionString = connectionString }.Keys.Cast<string>()
            .Select(name => name.Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant()),
    ];
}
