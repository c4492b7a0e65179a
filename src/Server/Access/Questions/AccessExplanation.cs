using System.Text.Json.Serialization;
using Castellan.Access.Permissions;
using Castellan.Access.Policies;
using Castellan.Kernel;

namespace Castellan.Access.Questions;

/// <summary>
/// Whether a member may do something. Where it is allowed, <paramref name="By"/> names the built-in role, the app's
/// role or the grant that does, and <paramref name="Proof"/> is the shortest way from the member to it. Where not,
/// <paramref name="Missing"/> is the least grant and <paramref name="LeastRole"/> the least built-in role that would
/// allow it, and <paramref name="Failed"/> are grants of the permission that reach the member and do not. Where a
/// policy refuses what is allowed else, it is <paramref name="By"/>; <paramref name="Policies"/> are all that were met,
/// also those in trial. <paramref name="Revision"/> is of the tenant's grants; <paramref name="Basis"/> is all that it
/// rests on, with which <c>access.replay</c> gives the same answer later.
/// </summary>
internal sealed record AccessExplanation(
    bool Allowed, string? By, long Revision, IReadOnlyList<ProofStep> Proof, MissingGrant? Missing,
    TenantRole? LeastRole, IReadOnlyList<FailedGrant> Failed, IReadOnlyList<MetPolicy> Policies,
    DecisionBasis Basis);

/// <summary>
/// The question as it was understood, and what its answer rests on. The roles are the member's at the time; those of
/// the app, and the version of the contract that declares them, only where a permission of the app was asked about.
/// <paramref name="AskedDigest"/> is a SHA-256 of what was told about the question.
/// </summary>
internal sealed record DecisionBasis(
    UserId UserId, string Permission, AppId? AppId, WorkspaceId? WorkspaceId, string? Collection, RecordId? RecordId,
    long Revision, string BuiltInRoles, DateTimeOffset DecidedAt, TenantRole? TenantRole,
    IReadOnlyList<string> AppRoles, long? ContractVersion, string? AskedDigest);

[JsonConverter(typeof(NameConverter<ProofKind>))]
internal enum ProofKind
{
    /// <summary>The user whom it is about.</summary>
    User,

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
}

/// <summary>A policy that is about the question, as it was since a revision.</summary>
internal sealed record MetPolicy(PolicyId PolicyId, string Name, PolicyMode Mode, long SinceRevision);

internal sealed record ProofStep(ProofKind Kind, string Id);

/// <summary>As <c>grants.create</c> takes it.</summary>
internal sealed record MissingGrant(
    UserId UserId, string Permission, AppId? AppId, WorkspaceId? WorkspaceId, string? Collection, RecordId? RecordId);

/// <summary>A grant that would have allowed it, but for this.</summary>
internal sealed record FailedGrant(GrantId GrantId, FailureCause Cause, string Detail);

[JsonConverter(typeof(NameConverter<FailureCause>))]
internal enum FailureCause
{
    OtherResource,
    Expired,
    ConditionFails,
}

internal sealed record ExplainAccess(UserId User, string Permission, ResourcePattern Resource)
{
    public static ExplainAccess Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new ExplainAccess(
            input.Reference<UserKind>("user_id"), input.Text("permission", max: 100), ResourcePattern.Bind(input));
    }
}
