using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Roles;

/// <summary>
/// Every statement about roles. Neither a role nor what it gave is ever removed: both end with a revision.
/// </summary>
internal sealed class RoleStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "r.id, r.tenant_id, r.name, r.description, r.app_id, r.created_at, r.updated_at, r.version");

    private static AccessRole Read(Row row) => new(
        row.Id<RoleKind>(), row.Id<TenantKind>(), row.Text(), row.TextOrNull(), row.IdOrNull<AppKind>(), [],
        row.Time(), row.Time(), row.Int64());

    public async ValueTask<AccessRole?> Find(TenantScope scope, RoleId id, IReads? within = null)
    {
        var reads = within ?? database;
        var role = await reads.One(
            $"""
            select {Columns} from access_role r
            where r.id = {id} and r.tenant_id = {scope.Tenant} and r.until_revision is null
            """,
            Read);
        return role is null ? null : (await WithPermissions(scope, [role], reads))[0];
    }

    public async ValueTask<List<AccessRole>> List(
        TenantScope scope, string? after, long limit, CancellationToken ct) => await WithPermissions(
        scope,
        await database.Many(
            $"""
            select {Columns} from access_role r
            where r.tenant_id = {scope.Tenant} and r.until_revision is null and r.id > {after ?? ""}
            order by r.id limit {limit}
            """,
            Read, ct),
        database);

    /// <summary>What the role gives.</summary>
    public ValueTask<List<Permission>> PermissionsOf(Change change, TenantScope scope, RoleId role) => change.Many(
        $"""
        select permission, app_id from access_role_permission
        where tenant_id = {scope.Tenant} and role_id = {role} and until_revision is null order by permission
        """,
        ReadPermission);

    /// <summary>Whether another role of the tenant has the name.</summary>
    public async ValueTask<bool> HasName(Change change, TenantScope scope, string name, RoleId beside) =>
        await change.One(
            $"""
            select id from access_role where tenant_id = {scope.Tenant} and name_key = {Key(name)}
                and until_revision is null and id <> {beside}
            """,
            row => row.Text()) is not null;

    public async ValueTask<bool> HasAsMany(Change change, TenantScope scope, int bound) => await change.One(
        $"""
        select id from access_role where tenant_id = {scope.Tenant} and until_revision is null
        order by id limit 1 offset {bound - 1L}
        """,
        row => row.Text()) is not null;

    public ValueTask Insert(Change change, TenantScope scope, AccessRole role, long revision) => change.Queue($"""
        insert into access_role (id, environment_id, tenant_id, name, name_key, description, app_id, created_at,
            updated_at, version, since_revision)
        values ({role.Id}, {scope.Environment}, {scope.Tenant}, {role.Name}, {Key(role.Name)}, {role.Description},
            {role.AppId}, {role.CreatedAt}, {role.UpdatedAt}, {role.Version}, {revision})
        """);

    public ValueTask Update(Change change, TenantScope scope, AccessRole role) => change.Queue($"""
        update access_role set name = {role.Name}, name_key = {Key(role.Name)}, description = {role.Description},
            app_id = {role.AppId}, updated_at = {role.UpdatedAt}, version = {role.Version}
        where id = {role.Id} and tenant_id = {scope.Tenant}
        """);

    public async ValueTask AddPermissions(
        Change change, TenantScope scope, RoleId role, IEnumerable<Permission> permissions, long revision)
    {
        foreach (var permission in permissions)
        {
            await change.Queue($"""
                insert into access_role_permission (role_id, permission, app_id, tenant_id, since_revision)
                values ({role}, {permission.Name}, {permission.App?.Value ?? ""}, {scope.Tenant}, {revision})
                """);
        }
    }

    public async ValueTask EndPermissions(
        Change change, TenantScope scope, RoleId role, IEnumerable<Permission> permissions, long revision)
    {
        foreach (var permission in permissions)
        {
            await change.Queue($"""
                update access_role_permission set until_revision = {revision}
                where role_id = {role} and tenant_id = {scope.Tenant} and permission = {permission.Name}
                    and app_id = {permission.App?.Value ?? ""} and until_revision is null
                """);
        }
    }

    /// <summary>Ends the role with what it gives; its grants end beside.</summary>
    public async ValueTask End(Change change, TenantScope scope, RoleId role, long revision)
    {
        await change.Queue($"""
            update access_role_permission set until_revision = {revision}
            where role_id = {role} and tenant_id = {scope.Tenant} and until_revision is null
            """);
        await change.Queue($"""
            update access_role set until_revision = {revision}, updated_at = {change.Now}
            where id = {role} and tenant_id = {scope.Tenant}
            """);
    }

    private static async ValueTask<List<AccessRole>> WithPermissions(
        TenantScope scope, List<AccessRole> roles, IReads reads)
    {
        if (roles.Count == 0) return roles;
        IReadOnlyList<string> ids = [.. roles.Select(role => role.Id.Value)];
        var held = (await reads.Many(
            $"""
            select role_id, permission from access_role_permission
            where tenant_id = {scope.Tenant} and role_id in ({ids}) and until_revision is null
            order by role_id, permission
            """,
            row => (Role: row.Id<RoleKind>(), Permission: row.Text()))).ToLookup(p => p.Role, p => p.Permission);
        return roles.ConvertAll(role => role with { Permissions = [.. held[role.Id]] });
    }

    private static Permission ReadPermission(Row row)
    {
        var (name, app) = (row.Text(), row.Text());
        return new Permission(name, app.Length == 0 ? null : new AppId(app));
    }

    /// <summary>Names that differ in capitals alone are one.</summary>
    private static string Key(string name) => name.ToLowerInvariant();
}
