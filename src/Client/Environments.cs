namespace Castellan.Client;

/// <summary>That something is stopped.</summary>
/// <param name="How">frozen, suspended, killed or retired.</param>
/// <param name="Since">Since when.</param>
/// <param name="By">The id of who stopped it.</param>
/// <param name="Reason">Why, for operators.</param>
public sealed record Stop(string How, DateTimeOffset Since, string By, string Reason);

/// <summary>Why something is stopped, or let go on.</summary>
internal sealed record StopReason(string Reason);

/// <summary>A full partition of data.</summary>
/// <param name="Id">sandbox, live.</param>
/// <param name="State">active, frozen or killed.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Stop">Null where it runs.</param>
/// <param name="Version">Counts its changes from 1.</param>
public sealed record DataEnvironment(string Id, string State, DateTimeOffset CreatedAt, Stop? Stop, long Version);

/// <summary>
/// The operations <c>environments.*</c>. All need an operator's token. Reasons have 1 to 500 characters and are kept in
/// the audit log. Problems: <c>stop_refused</c>, where the environment is not in the state for it.
/// </summary>
public sealed class EnvironmentOperations
{
    private readonly Transport transport;

    internal EnvironmentOperations(Transport transport) => this.transport = transport;

    /// <summary><c>environments.list</c>.</summary>
    public Task<Response<PageOf<DataEnvironment>>> List(CancellationToken ct = default) =>
        transport.Get("v1/environments", ClientJson.Default.PageOfDataEnvironment, ct);

    /// <summary><c>environments.freeze</c>: writes and sign-ins are refused. Needs the role admin.</summary>
    public Task<Response<DataEnvironment>> Freeze(string environment, string reason, CancellationToken ct = default) =>
        Act(environment, "freeze", reason, ct);

    /// <summary><c>environments.thaw</c>. Needs the role admin.</summary>
    public Task<Response<DataEnvironment>> Thaw(string environment, string reason, CancellationToken ct = default) =>
        Act(environment, "thaw", reason, ct);

    /// <summary>
    /// <c>environments.kill</c>: everything is refused; sessions and secret keys end for good. Needs the role admin.
    /// </summary>
    public Task<Response<DataEnvironment>> Kill(string environment, string reason, CancellationToken ct = default) =>
        Act(environment, "kill", reason, ct);

    /// <summary><c>environments.revive</c>. Needs the role owner.</summary>
    public Task<Response<DataEnvironment>> Revive(string environment, string reason, CancellationToken ct = default) =>
        Act(environment, "revive", reason, ct);

    private Task<Response<DataEnvironment>> Act(
        string environment, string verb, string reason, CancellationToken ct) => transport.Write(
        HttpMethod.Post, $"v1/environments/{Query.Segment(environment)}/{verb}", new StopReason(reason),
        ClientJson.Default.StopReason, ClientJson.Default.DataEnvironment, ct);
}
