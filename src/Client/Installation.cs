namespace Castellan.Client;

/// <summary>The running Castellan.</summary>
/// <param name="Version">Of the server, by Semantic Versioning.</param>
/// <param name="Engine">sqlite or postgres.</param>
/// <param name="Environments">sandbox, live, and more where they were added.</param>
/// <param name="PublicUrl">The address under which apps and browsers reach it.</param>
public sealed record Installation(string Version, string Engine, IReadOnlyList<string> Environments, Uri PublicUrl);

/// <summary>Whether the server can answer now.</summary>
/// <param name="Ready">
/// False where it runs and cannot: its database is away, or it is starting or stopping. Null where it does not say.
/// </param>
/// <param name="Says">What it says of itself, text or JSON.</param>
/// <param name="ServerTime">The answer's Date header, exact to one second; null where it had none.</param>
public sealed record Health(bool? Ready, string Says, DateTimeOffset? ServerTime);

/// <summary>The operations <c>installation.*</c>, and the server's health.</summary>
public sealed class InstallationOperations
{
    private readonly Transport transport;

    internal InstallationOperations(Transport transport) => this.transport = transport;

    /// <summary><c>installation.get</c>. Needs an operator's token.</summary>
    public Task<Response<Installation>> Get(CancellationToken ct = default) =>
        transport.Get("v1/installation", ClientJson.Default.Installation, ct);

    /// <summary>
    /// Asks <c>/health/ready</c>, once. Needs no credential. Throws only where no Castellan server answers.
    /// </summary>
    public Task<Health> Health(CancellationToken ct = default) => transport.Probe("health/ready", ct);
}
