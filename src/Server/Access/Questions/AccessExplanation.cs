using System.Text.Json.Serialization;
using Castellan.Access.Permissions;
using Castellan.Access.Policies;
using Castellan.Kernel;

namespace Castellan.Access.Questions;

/// <summary>
/// Whether a member, a key or an agent for itself may do something. Where it is allowed, <paramref name="By"/> names
/// the built-in role, the app's role or the grant that does, or the key that holds it itself; <paramref name="Proof"/>
/// is the shortest way to it. Where not,
/// <paramref name="Missing"/> is the least grant and <paramref name="LeastRole"/> the least built-in role that would
/// allow it, and <paramref name="Failed"/> are grants of the permission that reach the subject and do not. Where it is
/// not among an agent's operations, the agent is <paramref name="By"/>, and nothing can be granted. Where a policy
/// refuses what is allowed else, it is <paramref name="By"/>; <paramref name="Policies"/> are all that were met, also
/// those in trial. <paramref name="Revision"/> is of the tenant's grants; <paramref name="Basis"/> is all that it rests
/// on, with which <c>access.replay</c> gives the same answer later. <paramref name="Because"/> says in words why it is
/// denied.
/// </summary>
internal sealed record AccessExplanation(
    bool Allowed, string? By, long Revision, IReadOnlyList<ProofStep> Proof, MissingGrant? Missing,
    TenantRole? LeastRole, IReadOnlyList<FailedGrant> Failed, IReadOnlyList<MetPolicy> Policies,
    DecisionBasis Basis, string? Because = null);

/// <summary>
/// The question as it was understood, and what its answer rests on. The roles are the member's at the time; those of
/// the app, and the version of the contract that declares them, only where a permission of the app was asked about.
/// <paramref name="Holds"/> is null for members: whether a key's own permissions, or an agent's operations, include it.
/// <paramref name="AskedDigest"/> is a SHA-256 of what was told about the question.
/// </summary>
internal sealed record DecisionBasis(
    UserId? UserId, KeyId? KeyId, AgentId? AgentId, string Permission, AppId? AppId, WorkspaceId? WorkspaceId,
    string? Collection, RecordId? RecordId, long Revision, string BuiltInRoles, DateTimeOffset DecidedAt,
    TenantRole? TenantRole, IReadOnlyList<string> AppRoles, long? ContractVersion, string? AskedDigest, bool? Holds)
{
    [JsonIgnore]
    public GrantSubject Subject => new(UserId, KeyId, AgentId);
}

[JsonConverter(typeof(NameConverter<ProofKind>))]
internal enum ProofKind
{
    /// <summary>The user whom it is about.</summary>
    User,

    /// <summary>The key that it is about, by the first of its line.</summary>
    Key,

    /// <summary>The agent that it is about.</summary>
    Agent,

    /// <summary>A built-in role, by its name.</summary>
    BuiltInRole,

    /// <summary>A role that the app declares, by its name.</summary>
    AppRole,

    /// <summary>A group that the user is in.</summary>
    Group,

    /// <summary>A role of the tenant, which the grant gives.</summary>
    Role,
    Grant,

    /// <summary>A policy of the tenant, which refuses.</summary>
    Policy,

    /// <summary>
    /// The rules of the collection decide, so far as nothing else is in the way: <c>records.explain</c> tells what they
    /// say.
    /// </summary>
    Rules,
}

/// <summary>A policy that is about the question, as it was since a revision.</summary>
internal sealed record MetPolicy(PolicyId PolicyId, string Name, PolicyMode Mode, long SinceRevision);

internal sealed record ProofStep(ProofKind Kind, string Id);

/// <summary>As <c>grants.create</c> takes it.</summary>
internal sealed record MissingGrant(
    UserId? UserId, KeyId? KeyId, AgentId? AgentId, string Permission, AppId? AppId, WorkspaceId? WorkspaceId,
    string? Collection, RecordId? RecordId);

/// <summary>A grant that would have allowed it, but for this.</summary>
internal sealed record FailedGrant(GrantId GrantId, FailureCause Cause, string Detail);

[JsonConverter(typeof(NameConverter<FailureCause>))]
internal enum FailureCause
{
    OtherResource,
    Expired,
    ConditionFails,
}

internal sealed record ExplainAccess(GrantSubject Subject, string Permission, ResourcePattern Resource)
{
    public static ExplainAccess Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new ExplainAccess(
            SubjectOf(input), input.Text("permission", max: 100), ResourcePattern.Bind(input));
    }

    /// <summary>Exactly one of a member, a key and an agent.</summary>
    public static GrantSubject SubjectOf(Input input)
    {
        var subject = new GrantSubject(
            input.ReferenceOrNull<UserKind>("user_id"), input.ReferenceOrNull<KeyKind>("key_id"),
            input.ReferenceOrNull<AgentKind>("agent_id"));
        var named = new[] { "user_id", "key_id", "agent_id" }.Count(input.HasValue);
        if (named > 1) input.Refuse("user_id", "not_both", "More than one is asked about.", "Send one of them.");
        if (named == 0)
        {
            input.Refuse("user_id", "required", "Nobody is asked about.",
                "Send 'user_id' of a member, 'key_id' or 'agent_id'.");
        }
        return subject;
    }
}
