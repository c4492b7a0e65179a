using System.Text.Json.Serialization;
using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Questions;

/// <summary>Whether a member may do something, with the shortest proof, or with what is nearest to one.</summary>
/// <param name="By">What allows it: a built-in role, an app's role, or a grant's id; null where nothing does.</param>
/// <param name="Revision">The revision of the tenant's grants that was asked.</param>
/// <param name="Proof">From the member to what allows it; empty where nothing does.</param>
/// <param name="Missing">The least grant that would allow it; null where it is allowed.</param>
/// <param name="LeastRole">The least built-in role that would; null where it is allowed, or none does.</param>
/// <param name="Failed">Grants of the permission that reach the member and do not allow it here and now.</param>
internal sealed record AccessExplanation(
    bool Allowed, string? By, long Revision, IReadOnlyList<ProofStep> Proof, MissingGrant? Missing,
    TenantRole? LeastRole, IReadOnlyList<FailedGrant> Failed);

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
}

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
