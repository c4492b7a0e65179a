namespace Castellan.Client;

/// <summary>An actor that is no person. By itself it may do nothing to anybody's data.</summary>
/// <param name="Id"><c>agt_...</c></param>
/// <param name="Environment">sandbox or live.</param>
/// <param name="Name">What people know it by; unique in its environment.</param>
/// <param name="Owner">The person or team that answers for it.</param>
/// <param name="Builder">Who or what made it.</param>
/// <param name="Model">The model that it uses.</param>
/// <param name="Purpose">What it is for.</param>
/// <param name="Operations">The most that may be lent or granted to it.</param>
/// <param name="Signatures">optional, or required: then a call without a signature is refused.</param>
/// <param name="SigningKeys">The public keys by which it signs.</param>
/// <param name="Prefix">What may be shown of its token.</param>
/// <param name="State">active, suspended or killed.</param>
/// <param name="StateReason">Why it is suspended or killed.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="UpdatedAt">When it was changed last.</param>
/// <param name="ExpiresAt">From when on it is refused; null is never.</param>
/// <param name="Version">Counts its changes from 1.</param>
public sealed record Agent(
    string Id, string Environment, string Name, string Owner, string? Builder, string? Model, string Purpose,
    IReadOnlyList<string> Operations, string Signatures, IReadOnlyList<SigningKey> SigningKeys, string Prefix,
    string State, string? StateReason, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? ExpiresAt,
    long Version);

/// <summary>A public key of Ed25519 by which an agent signs its requests.</summary>
/// <param name="KeyId">Its thumbprint, RFC 7638.</param>
/// <param name="PublicKey">Its 32 bytes in base64url.</param>
/// <param name="CreatedAt">Since when the agent has it.</param>
/// <param name="ExpiresAt">From when on it is refused, where it was replaced.</param>
public sealed record SigningKey(string KeyId, string PublicKey, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);

/// <summary>A key that an agent gets.</summary>
/// <param name="PublicKey">32 bytes in base64, or the middle of a PEM file.</param>
/// <param name="Replaces">The id of the key in whose place it comes.</param>
/// <param name="OverlapMinutes">How long that one stays good: 0 to 10,080; null is a day.</param>
public sealed record NewSigningKey(string PublicKey, string? Replaces = null, int? OverlapMinutes = null);

internal sealed record SigningKeyRemoval(string KeyId, string Reason);

/// <summary>An agent to register.</summary>
/// <param name="Name">At most 100 characters; unique in its environment.</param>
/// <param name="Owner">The person or team that answers for it; at most 200 characters.</param>
/// <param name="Purpose">What it is for; at most 500 characters.</param>
/// <param name="Operations">The most that may be lent or granted to it: 1 to 100 names of operations.</param>
/// <param name="Builder">Who or what made it; at most 100 characters.</param>
/// <param name="Model">The model that it uses; at most 100 characters.</param>
/// <param name="ExpiresAt">From when on it is refused; null is never.</param>
/// <param name="Signatures">optional or required; null is optional.</param>
public sealed record NewAgent(
    string Name, string Owner, string Purpose, IReadOnlyList<string> Operations, string? Builder = null,
    string? Model = null, DateTimeOffset? ExpiresAt = null, string? Signatures = null);

/// <summary>What to change of an agent; null leaves a member as it is.</summary>
public sealed record AgentUpdate
{
    /// <summary>At most 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>At most 200 characters.</summary>
    public string? Owner { get; init; }

    /// <summary>At most 500 characters.</summary>
    public string? Purpose { get; init; }

    /// <summary>The most that may be lent or granted to it. What was lent shrinks with it.</summary>
    public IReadOnlyList<string>? Operations { get; init; }

    /// <summary>Empty clears it.</summary>
    [System.Text.Json.Serialization.JsonConverter(typeof(EmptyClears))]
    public string? Builder { get; init; }

    /// <summary>Empty clears it.</summary>
    [System.Text.Json.Serialization.JsonConverter(typeof(EmptyClears))]
    public string? Model { get; init; }

    /// <summary>From when on it is refused.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>optional or required.</summary>
    public string? Signatures { get; init; }
}

/// <summary>The only answer that shows an agent's token.</summary>
public sealed record RegisteredAgent(Agent Agent, string Token);

/// <summary>What a user has lent to an agent through an app.</summary>
/// <param name="Id"><c>dlg_...</c></param>
/// <param name="AppId"><c>app_...</c></param>
/// <param name="UserId">The user who lent it.</param>
/// <param name="AgentId">The agent that has it.</param>
/// <param name="RunId">The run that took it; null where none has.</param>
/// <param name="ParentId">What it was handed on of; null where the user lent it.</param>
/// <param name="HandedOnBy">The agents through which it came, the last one first.</param>
/// <param name="Operations">What was lent.</param>
/// <param name="TenantId">The tenant in which alone it holds; null is all of the user's.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="ExpiresAt">When it ends by itself.</param>
/// <param name="RevokedAt">When somebody ended it; null is not.</param>
/// <param name="Version">Counts its changes from 1.</param>
public sealed record Delegation(
    string Id, string AppId, string UserId, string AgentId, string? RunId, string? ParentId,
    IReadOnlyList<string> HandedOnBy, IReadOnlyList<string> Operations, string? TenantId, DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt, long Version);

/// <summary>One piece of an agent's work. Every write of it carries its run.</summary>
/// <param name="Id"><c>run_...</c></param>
/// <param name="AgentId">Whose it is.</param>
/// <param name="Model">As the agent said, or as it was registered.</param>
/// <param name="PromptDigest">As the agent said.</param>
/// <param name="Purpose">As the agent said, or as it was registered.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="ExpiresAt">When it is over, whoever ends it or not.</param>
/// <param name="EndedAt">When it ended; null is not.</param>
/// <param name="Outcome">succeeded, failed, stopped or expired; null while it is open.</param>
/// <param name="Reason">Why it was stopped.</param>
/// <param name="Version">Counts its changes from 1.</param>
public sealed record Run(
    string Id, string AgentId, string? Model, string? PromptDigest, string Purpose, DateTimeOffset StartedAt,
    DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt, string? Outcome, string? Reason, long Version);

/// <summary>
/// The operations <c>agents.*</c>, in the client's environment. All need an operator's token. Reasons have 1 to 500
/// characters and are kept in the audit log.
/// </summary>
public sealed class AgentOperations
{
    private readonly Transport transport;

    internal AgentOperations(Transport transport) => this.transport = transport;

    /// <summary>
    /// <c>agents.register</c>: shows the token once. Needs the role admin. Where the first answer was lost and the call
    /// repeated, the problem is <c>secret_already_shown</c>: rotate the agent's token.
    /// </summary>
    public Task<Response<RegisteredAgent>> Register(NewAgent agent, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, "v1/agents", agent, ClientJson.Default.NewAgent, ClientJson.Default.RegisteredAgent, ct);

    /// <summary><c>agents.list</c>: all, or those in a state.</summary>
    public Task<Response<PageOf<Agent>>> List(
        string? state = null, PageRequest? page = null, CancellationToken ct = default) => transport.Get(
        Query.Of("v1/agents").Add("state", state).Add(page).ToString(), ClientJson.Default.PageOfAgent, ct);

    /// <summary><c>agents.get</c>.</summary>
    public Task<Response<Agent>> Get(string agent, CancellationToken ct = default) =>
        transport.Get(Path(agent), ClientJson.Default.Agent, ct);

    /// <summary><c>agents.update</c>. Needs the role admin.</summary>
    public Task<Response<Agent>> Update(string agent, AgentUpdate update, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Patch, Path(agent), update, ClientJson.Default.AgentUpdate, ClientJson.Default.Agent, ct);

    /// <summary><c>agents.rotate</c>: another token; the former one ends at once. Needs the role admin.</summary>
    public Task<Response<RegisteredAgent>> Rotate(string agent, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, Path(agent) + "/rotate", new NoMembers(), ClientJson.Default.NoMembers,
        ClientJson.Default.RegisteredAgent, ct);

    /// <summary><c>agents.add_key</c>: a key to sign with, or to replace one by. Needs the role admin.</summary>
    public Task<Response<Agent>> AddKey(string agent, NewSigningKey key, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, Path(agent) + "/keys", key, ClientJson.Default.NewSigningKey, ClientJson.Default.Agent,
            ct);

    /// <summary><c>agents.remove_key</c>: refused from the next request on. Needs the role admin.</summary>
    public Task<Response<Agent>> RemoveKey(
        string agent, string key, string reason, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, Path(agent) + "/keys/remove", new SigningKeyRemoval(key, reason),
        ClientJson.Default.SigningKeyRemoval, ClientJson.Default.Agent, ct);

    /// <summary><c>agents.suspend</c>: refused until it is resumed. Needs the role admin or support.</summary>
    public Task<Response<Agent>> Suspend(string agent, string reason, CancellationToken ct = default) =>
        Act(agent, "suspend", reason, ct);

    /// <summary><c>agents.resume</c>. Needs the role admin.</summary>
    public Task<Response<Agent>> Resume(string agent, string reason, CancellationToken ct = default) =>
        Act(agent, "resume", reason, ct);

    /// <summary>
    /// <c>agents.kill</c>: ends it for good, with its runs and all that was lent to it or that it handed on. Needs the
    /// role admin or support.
    /// </summary>
    public Task<Response<Agent>> Kill(string agent, string reason, CancellationToken ct = default) =>
        Act(agent, "kill", reason, ct);

    /// <summary><c>agents.delegations</c>: what was lent to it, newest first.</summary>
    public Task<Response<PageOf<Delegation>>> Delegations(
        string agent, PageRequest? page = null, CancellationToken ct = default) => transport.Get(
        Query.Of(Path(agent) + "/delegations").Add(page).ToString(), ClientJson.Default.PageOfDelegation, ct);

    /// <summary><c>agents.runs</c>: newest first.</summary>
    public Task<Response<PageOf<Run>>> Runs(
        string agent, PageRequest? page = null, CancellationToken ct = default) => transport.Get(
        Query.Of(Path(agent) + "/runs").Add(page).ToString(), ClientJson.Default.PageOfRun, ct);

    private Task<Response<Agent>> Act(string agent, string verb, string reason, CancellationToken ct) =>
        transport.Write(
            HttpMethod.Post, $"{Path(agent)}/{verb}", new StopReason(reason), ClientJson.Default.StopReason,
            ClientJson.Default.Agent, ct);

    private static string Path(string agent) => $"v1/agents/{Query.Segment(agent)}";
}

/// <summary>The operations <c>runs.*</c> of operators, in the client's environment.</summary>
public sealed class RunOperations
{
    private readonly Transport transport;

    internal RunOperations(Transport transport) => this.transport = transport;

    /// <summary><c>runs.get</c>.</summary>
    public Task<Response<Run>> Get(string run, CancellationToken ct = default) =>
        transport.Get(Path(run), ClientJson.Default.Run, ct);

    /// <summary>
    /// <c>runs.stop</c>: ends it, and what was lent in it. Needs the role admin or support. The reason has 1 to 500
    /// characters and is kept in the audit log.
    /// </summary>
    public Task<Response<Run>> Stop(string run, string reason, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, Path(run) + "/stop", new StopReason(reason), ClientJson.Default.StopReason,
        ClientJson.Default.Run, ct);

    private static string Path(string run) => $"v1/runs/{Query.Segment(run)}";
}
