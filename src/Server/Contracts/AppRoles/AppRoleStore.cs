using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.AppRoles;

/// <summary>Every statement about roles of apps on memberships.</summary>
internal sealed class AppRoleStore(IDatabase database)
{
    /// <summary>Roles on these memberships, by membership.</summary>
    public ValueTask<List<HeldRole>> List(
        TenantScope scope, AppId app, IReadOnlyList<MemberId> members, IReads? within = null) =>
        (within ?? database).Many(
            $"""
            select member_id, role from member_app_role
            where member_id in ({ [.. members.Select(m => m.Value)]}) and app_id = {app} and tenant_id = {scope.Tenant}
            order by role
            """,
            row => new HeldRole(row.Id<MemberKind>(), row.Text()));

    public async ValueTask Replace(
        Change change, TenantScope scope, AppId app, MemberId member, IReadOnlyList<string> roles)
    {
        await change.Queue($"""
            delete from member_app_role
            where member_id = {member} and app_id = {app} and tenant_id = {scope.Tenant}
            """);
        foreach (var role in roles)
        {
            await change.Queue($"""
                insert into member_app_role (member_id, app_id, role, tenant_id, created_at)
                values ({member}, {app}, {role}, {scope.Tenant}, {change.Now})
                """);
        }
    }
}

/// <summary>A role of an app on one membership.</summary>
internal sealed record HeldRole(MemberId Member, string Role);
