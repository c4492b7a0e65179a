using Castellan.Platform;

namespace Castellan.Installation;

/// <summary>
/// How this installation starts. Every setting is an environment variable <c>CASTELLAN_NAME</c>, a command-line option
/// <c>--Name value</c>, or a member of the file named by <c>CASTELLAN_CONFIG</c>; none is needed.
/// </summary>
[Settings("")]
internal sealed record InstallationOptions
{
    /// <summary>Folder of the database file and the keys; made with mode 0700. Default <c>castellan-data</c>.</summary>
    public string DataFolder { get; init; } = "castellan-data";

    /// <summary>
    /// PostgreSQL connection string, as Npgsql reads it. Absent: the embedded SQLite file in the data folder, which one
    /// process owns. Where it names none: a pool of 16, 3 s to connect, 10 s for a read, TCP keepalive after 5 s.
    /// </summary>
    public string? Postgres { get; init; }

    /// <summary>Address to listen on. Default loopback, so that nothing is exposed by accident.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:7300";

    /// <summary>
    /// The address under which apps and browsers reach the server; links, issuers and documents are made from it.
    /// All nodes of one installation have the same. Default: <see cref="Listen"/>. Must be https unless it is loopback.
    /// </summary>
    public string? PublicUrl { get; init; }

    /// <summary>
    /// Addresses of proxies that end TLS, separated by commas; their X-Forwarded-For is believed, and nobody else's.
    /// Needed where the public address is https and the server listens on http.
    /// </summary>
    public string? TrustedProxies { get; init; }

    /// <summary>
    /// File of the master key, 32 bytes in base64, mode 0600, of the server's own account or root. Default
    /// <c>keys/master.key</c> in the data folder, made at the first start. All nodes of one installation have the same.
    /// </summary>
    public string? KeyFile { get; init; }

    public Uri PublicBase => new((PublicUrl ?? Listen).TrimEnd('/') + "/");

    public string KeyPath => KeyFile ?? Path.Combine(DataFolder, "keys", "master.key");

    public bool UsesPostgres => Postgres is { Length: > 0 };

    public string SqlitePath => Path.Combine(DataFolder, "castellan.db");
}
