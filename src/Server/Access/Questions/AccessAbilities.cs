using Castellan.Access.Granting;
using Castellan.Kernel;

namespace Castellan.Access.Questions;

/// <summary>
/// Everything that a member may do in the tenant that can be granted, with what it comes of. <paramref
/// name="AppRoles"/> are those of the app that was asked for.
/// </summary>
internal sealed record AccessAbilities(
    MemberId MemberId, UserId UserId, TenantRole Role, long Revision, IReadOnlyList<string> ByRole,
    IReadOnlyList<HeldAppRole> AppRoles, IReadOnlyList<HeldByGrant> ByGrants);

/// <summary>What a grant in force gives a member, by which group, where and under which condition.</summary>
internal sealed record HeldByGrant(
    GrantId GrantId, GroupId? GroupId, RoleId? RoleId, IReadOnlyList<string> Permissions, AppId? AppId,
    WorkspaceId? WorkspaceId, string? Collection, RecordId? RecordId, string? Condition, DateTimeOffset? ExpiresAt)
{
    public static HeldByGrant Of(TenantGrants grants, Reaching reaching)
    {
        var (grant, group) = reaching;
        return new HeldByGrant(
            grant.Id, group, grant.RoleId, [.. grants.Given(grant).Select(p => p.Name)], grant.AppId,
            grant.WorkspaceId, grant.Collection, grant.RecordId, grant.Condition, grant.ExpiresAt);
    }
}

/// <summary>
/// A member who may do something somewhere in the tenant. <paramref name="Role"/> is the built-in role where that
/// allows it; <paramref name="AppRoles"/> are the app's that do.
/// </summary>
internal sealed record AccessHolder(
    MemberId MemberId, UserId UserId, TenantRole? Role, IReadOnlyList<string> AppRoles,
    IReadOnlyList<HeldByGrant> Grants);

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
