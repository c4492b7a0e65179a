using Castellan.Access.Granting;
using Castellan.Access.Policies;
using Castellan.Kernel;

namespace Castellan.Access.Questions;

/// <summary>
/// Everything that a member may do in the tenant that can be granted, with what it comes of. <paramref
/// name="AppRoles"/> are those of the app that was asked for. What a policy refuses whoever does it and however is left
/// out of all three, on the part that they are for; <paramref name="Forbidden"/> are all policies that refuse, in the
/// order of their ids.
/// </summary>
internal sealed record AccessAbilities(
    MemberId MemberId, UserId UserId, TenantRole Role, long Revision, IReadOnlyList<string> ByRole,
    IReadOnlyList<HeldAppRole> AppRoles, IReadOnlyList<HeldByGrant> ByGrants, IReadOnlyList<RefusingPolicy> Forbidden);

/// <summary>
/// What a policy refuses, on which part of the tenant and under which condition. No permissions are all.
/// </summary>
internal sealed record RefusingPolicy(
    PolicyId PolicyId, string Name, IReadOnlyList<string> Permissions, AppId? AppId, WorkspaceId? WorkspaceId,
    string? Collection, string? Condition)
{
    /// <summary><paramref name="only"/>: what is not for another app alone.</summary>
    public static IReadOnlyList<RefusingPolicy> Of(IEnumerable<AccessPolicy> policies, AppId? only) =>
    [
        .. policies.Where(policy => only is null || policy.AppId is null || policy.AppId == only)
            .Select(policy => new RefusingPolicy(
                policy.Id, policy.Name, policy.Permissions, policy.AppId, policy.WorkspaceId, policy.Collection,
                policy.Condition)),
    ];
}

/// <summary>
/// What a grant in force gives a member, by which group, where and under which condition. No permissions are left where
/// policies refuse all of it.
/// </summary>
internal sealed record HeldByGrant(
    GrantId GrantId, GroupId? GroupId, RoleId? RoleId, IReadOnlyList<string> Permissions, AppId? AppId,
    WorkspaceId? WorkspaceId, string? Collection, RecordId? RecordId, string? Condition, DateTimeOffset? ExpiresAt)
{
    public static HeldByGrant Of(Reaching reaching, IEnumerable<Permission> permissions)
    {
        var (grant, group) = reaching;
        return new HeldByGrant(
            grant.Id, group, grant.RoleId, [.. permissions.Select(permission => permission.Name)], grant.AppId,
            grant.WorkspaceId, grant.Collection, grant.RecordId, grant.Condition, grant.ExpiresAt);
    }
}

/// <summary>
/// One page of who may: agents, keys, members, each in the order of their ids. Nobody does where a policy refuses it
/// whoever does it and however; <paramref name="Forbidden"/> are all policies that can refuse it.
/// </summary>
internal sealed record AccessHolders(
    IReadOnlyList<AccessHolder> Items, IReadOnlyList<RefusingPolicy> Forbidden, string? NextCursor);

/// <summary>
/// Who may do something somewhere in the tenant: a member, or a key or an agent by grants; what a key holds everywhere
/// is its app's affair. <paramref name="Role"/> is the built-in role where that allows it; <paramref name="AppRoles"/>
/// are the app's that do.
/// </summary>
internal sealed record AccessHolder(
    MemberId? MemberId, UserId? UserId, KeyId? KeyId, AgentId? AgentId, TenantRole? Role,
    IReadOnlyList<string> AppRoles, IReadOnlyList<HeldByGrant> Grants);

internal sealed record AskAbilities(MemberId Member, AppId? App)
{
    public static AskAbilities Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new AskAbilities(input.Path<MemberKind>("member"), input.QueryId<AppKind>("app"));
    }
}

internal sealed record AskHolders(string Permission, AppId? App, Page Page)
{
    public static AskHolders Bind(Input input)
    {
        input.Path<TenantKind>("tenant");
        return new AskHolders(input.PathWord("permission"), input.QueryId<AppKind>("app"), input.Page());
    }
}
