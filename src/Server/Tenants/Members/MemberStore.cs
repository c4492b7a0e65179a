using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tenants.Members;

/// <summary>Every statement about memberships. What is written here is forgotten by the standing's memory.</summary>
internal sealed class MemberStore(IDatabase database, TenantStanding standing)
{
    private static readonly Raw Selected = new("""
        select m.id, m.tenant_id, m.workspace_id, m.user_id, u.email, u.name, m.role, m.created_at, m.version
        from membership m join user_account u on u.id = m.user_id and u.deleted_at is null
        """);

    private static Member Read(Row row) => new(
        row.Id<MemberKind>(), row.Id<TenantKind>(), row.IdOrNull<WorkspaceKind>(), row.Id<UserKind>(), row.Text(),
        row.TextOrNull(), Wire.Parse<TenantRole>(row.Text()), row.Time(), row.Int64());

    /// <summary>
    /// A membership of the scope's workspace where it has one, else any of the tenant, also in its workspaces.
    /// </summary>
    public ValueTask<Member?> Find(
        TenantScope scope, MemberId id, IReads? within = null, CancellationToken ct = default)
    {
        var inWorkspace = scope.Workspace is { } workspace ? Sql.Of($"and m.workspace_id = {workspace}") : null;
        return (within ?? database).One(
            $"{Selected} where m.id = {id} and m.tenant_id = {scope.Tenant} {inWorkspace}", Read, ct);
    }

    /// <summary>The user's membership of the tenant as a whole.</summary>
    public ValueTask<Member?> FindOf(TenantScope scope, UserId user, IReads within) => within.One(
        $"{Selected} where m.tenant_id = {scope.Tenant} and m.user_id = {user} and m.workspace_id is null", Read);

    /// <summary>
    /// Whether somebody with this address has a membership of the scope: its workspace's, or the tenant's.
    /// </summary>
    public async ValueTask<bool> HasAddress(Change change, TenantScope scope, string emailKey)
    {
        var there = scope.Workspace is { } workspace
            ? Sql.Of($"(m.workspace_id is null or m.workspace_id = {workspace})")
            : Sql.Of($"m.workspace_id is null");
        return await change.One(
            $"""
            select m.id from user_account u join membership m on m.user_id = u.id
            where u.environment_id = {scope.Environment} and u.email_key = {emailKey} and m.tenant_id = {scope.Tenant}
                and {there} limit 1
            """,
            row => row.Text()) is not null;
    }

    public ValueTask<List<Member>> List(TenantScope scope, string? after, long limit, CancellationToken ct)
    {
        var there = scope.Workspace is { } workspace
            ? Sql.Of($"m.workspace_id = {workspace}")
            : Sql.Of($"m.workspace_id is null");
        return database.Many(
            $"""
            {Selected} where m.tenant_id = {scope.Tenant} and {there} and m.id > {after ?? ""}
            order by m.id limit {limit}
            """,
            Read, ct);
    }

    /// <summary>False where the user has one there already.</summary>
    public async ValueTask<bool> Insert(Change change, TenantScope scope, Membership membership)
    {
        standing.Forget(change, scope.Tenant);
        return await change.Run($"""
            insert into membership (id, environment_id, tenant_id, workspace_id, user_id, role, created_at, updated_at,
                version)
            values ({membership.Id}, {scope.Environment}, {scope.Tenant}, {membership.WorkspaceId},
                {membership.UserId}, {Wire.Name(membership.Role)}, {membership.CreatedAt}, {membership.CreatedAt},
                {membership.Version})
            on conflict do nothing
            """) == 1;
    }

    public ValueTask UpdateRole(Change change, TenantScope scope, Membership membership)
    {
        standing.Forget(change, scope.Tenant);
        return change.Queue($"""
            update membership set role = {Wire.Name(membership.Role)}, updated_at = {change.Now},
                version = {membership.Version}
            where id = {membership.Id} and tenant_id = {scope.Tenant}
            """);
    }

    /// <summary>Removes a membership. With one of the tenant go the user's memberships of its workspaces.</summary>
    public ValueTask Delete(Change change, TenantScope scope, Membership membership)
    {
        standing.Forget(change, scope.Tenant);
        return change.Queue(membership.WorkspaceId is null
            ? Sql.Of($"delete from membership where tenant_id = {scope.Tenant} and user_id = {membership.UserId}")
            : Sql.Of($"delete from membership where tenant_id = {scope.Tenant} and id = {membership.Id}"));
    }

    /// <summary>Whether the tenant has an owner beside this membership, or any where it is null.</summary>
    public async ValueTask<bool> HasOwner(Change change, TenantScope scope, MemberId? beside = null) =>
        await change.One(
            $"""
            select id from membership
            where tenant_id = {scope.Tenant} and workspace_id is null and role = 'owner'
                and id <> {beside?.Value ?? ""} limit 1
            """,
            row => row.Text()) is not null;

    /// <summary>Whether the tenant has as many memberships as a bound, or more.</summary>
    public async ValueTask<bool> HasAsMany(Change change, TenantScope scope, int bound) => await change.One(
        $"select id from membership where tenant_id = {scope.Tenant} order by id limit 1 offset {bound - 1L}",
        row => row.Text()) is not null;

    /// <summary>Whether the user owns as many tenants as a bound, or more.</summary>
    public async ValueTask<bool> OwnsAsMany(Change change, EnvironmentScope scope, UserId user, int bound) =>
        await change.One(
            $"""
            select id from membership
            where user_id = {user} and environment_id = {scope.Environment} and workspace_id is null and role = 'owner'
            order by tenant_id limit 1 offset {bound - 1L}
            """,
            row => row.Text()) is not null;

    /// <summary>
    /// The tenants in which a user has any membership, also deleted ones, in the order in which tenants are locked.
    /// </summary>
    public ValueTask<List<TenantId>> ListTenantsOf(Change change, EnvironmentScope scope, UserId user) => change.Many(
        $"""
        select distinct tenant_id from membership
        where user_id = {user} and environment_id = {scope.Environment} order by tenant_id
        """,
        row => row.Id<TenantKind>());

    /// <summary>The user's memberships of the tenant and of its workspaces.</summary>
    public ValueTask<List<Member>> ListOf(Change change, TenantScope scope, UserId user) => change.Many(
        $"{Selected} where m.tenant_id = {scope.Tenant} and m.user_id = {user} order by m.id", Read);
}
