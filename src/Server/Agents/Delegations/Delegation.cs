using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Agents.Delegations;

/// <summary>
/// What a user has lent to an agent through an app: operations, in one tenant where it names one, for at most an hour.
/// <paramref name="HandedOnBy"/> are the agents through which it came, the last one first; <paramref name="RunId"/> is
/// the run that took it, null until one has.
/// </summary>
internal sealed record Delegation(
    DelegationId Id, string Environment, AppId AppId, UserId UserId, AgentId AgentId, RunId? RunId,
    DelegationId? ParentId, IReadOnlyList<AgentId> HandedOnBy, IReadOnlyList<string> Operations, TenantId? TenantId,
    DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt, long Version)
    : IVersioned
{
    /// <summary>How long anything is lent at most.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public static readonly TimeSpan Usual = TimeSpan.FromMinutes(15);

    /// <summary>How often it may be handed on.</summary>
    public const int HandedOnMost = 2;

    /// <summary>The session in which it was lent, with which it ends.</summary>
    [JsonIgnore]
    public SessionId Session { get; init; }

    [JsonIgnore]
    public Target Target => new("delegation", Id.Value) { User = UserId };

    public bool IsGood(DateTimeOffset now) => RevokedAt is null && ExpiresAt > now;

    /// <summary>
    /// As it is where nobody took it back, but the kill of its agent did, or of one that handed it on.
    /// </summary>
    public Delegation Under(IEnumerable<Agent> agents)
    {
        var killed = agents.Where(agent => agent.State is AgentState.Killed && agent.UpdatedAt < ExpiresAt)
            .Select(agent => (DateTimeOffset?)agent.UpdatedAt).Min();
        return killed is null || RevokedAt <= killed ? this : this with { RevokedAt = killed };
    }

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, AgentsJson.Wire.Delegation);
}

internal sealed record Lend(
    TenantId Tenant, AgentId Agent, IReadOnlyList<string> Operations, DateTimeOffset? ExpiresAt)
{
    public static Lend Bind(Input input) => new(
        input.Path<TenantKind>("tenant"), input.Reference<AgentKind>("agent_id"), AgentInputs.Operations(input),
        input.TimeOrNull("expires_at"));
}

internal sealed record ListDelegations(Page Page)
{
    public static ListDelegations Bind(Input input) => new(input.Page());
}

internal sealed record RevokeDelegation(DelegationId Delegation)
{
    public static RevokeDelegation Bind(Input input) => new(input.Path<DelegationKind>("delegation"));
}
