using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Granting;

/// <summary>
/// Every statement about grants and revisions, and about what of roles and groups is in force with them.
/// </summary>
internal sealed class GrantStore(IDatabase database)
{
    private static readonly Raw Columns = new("""
        g.id, g.tenant_id, g.user_id, g.group_id, g.key_id, g.agent_id, g.permission, g.permission_app_id, g.role_id,
        g.app_id, g.workspace_id, g.collection, g.record_id, g.condition, g.reason, g.created_by, g.created_at,
        g.expires_at, g.since_revision, g.until_revision, g.ended_at
        """);

    private static AccessGrant Read(Row row)
    {
        var (id, tenant, user, group, key, agent) = (
            row.Id<GrantKind>(), row.Id<TenantKind>(), row.IdOrNull<UserKind>(), row.IdOrNull<GroupKind>(),
            row.IdOrNull<KeyKind>(), row.IdOrNull<AgentKind>());
        var (permission, declaredBy) = (row.TextOrNull(), row.IdOrNull<AppKind>());
        return new AccessGrant(
            id, tenant, user, group, key, agent, permission, row.IdOrNull<RoleKind>(), row.IdOrNull<AppKind>(),
            row.IdOrNull<WorkspaceKind>(), row.TextOrNull(), row.IdOrNull<RecordKind>(), row.TextOrNull(),
            row.TextOrNull(), row.Text(), row.Time(), row.TimeOrNull(), row.Int64(), row.Int64OrNull(),
            row.TimeOrNull())
        {
            Given = permission is null ? null : new Permission(permission, declaredBy),
        };
    }

    /// <summary>
    /// As a condition: nothing of what the tenant gives away has changed. One that is lost is looked into.
    /// </summary>
    public static Sql IsStill(TenantId tenant, long revision) =>
        $"(select max(r.revision) from access_revision r where r.tenant_id = {tenant}) = {revision}";

    /// <summary>The tenant's last revision; 0 before the first.</summary>
    public async ValueTask<long> Revision(TenantId tenant, IReads? within = null) => (await (within ?? database).Many(
        $"select coalesce(max(revision), 0) from access_revision where tenant_id = {tenant}", row => row.Int64()))[0];

    public ValueTask InsertRevision(Change change, TenantScope scope, long revision) => change.Queue($"""
        insert into access_revision (tenant_id, revision, environment_id, operation, actor, created_at)
        values ({scope.Tenant}, {revision}, {scope.Environment}, {change.Operation}, {change.Caller.Principal},
            {change.Now})
        """);

    /// <summary>Grants in force at a revision, or now.</summary>
    public ValueTask<List<AccessGrant>> ListAt(TenantId tenant, long? at, IReads reads) => reads.Many(
        $"select {Columns} from access_grant g where g.tenant_id = {tenant} and {InForce(at)} order by g.id", Read);

    public ValueTask<List<(RoleId Role, Permission Permission)>> ListRolePermissionsAt(
        TenantId tenant, long? at, IReads reads) => reads.Many(
        $"""
        select p.role_id, p.permission, p.app_id from access_role_permission p
        where p.tenant_id = {tenant} and {InForce(at)} order by p.role_id, p.permission
        """,
        row => (row.Id<RoleKind>(), new Permission(row.Text(), App(row.Text()))));

    public ValueTask<List<(GroupId Group, UserId User)>> ListGroupMembersAt(
        TenantId tenant, long? at, IReads reads) => reads.Many(
        $"""
        select m.group_id, m.user_id from access_group_member m
        where m.tenant_id = {tenant} and {InForce(at)} order by m.user_id, m.group_id
        """,
        row => (row.Id<GroupKind>(), row.Id<UserKind>()));

    /// <summary><paramref name="only"/>: what is not for another app alone.</summary>
    public ValueTask<AccessGrant?> Find(TenantScope scope, GrantId id, AppId? only, IReads? within = null) =>
        (within ?? database).One(
            $"""
            select {Columns} from access_grant g
            where g.id = {id} and g.tenant_id = {scope.Tenant} {Of(only)}
            """,
            Read);

    public ValueTask<List<AccessGrant>> List(
        TenantScope scope, ListGrants query, AppId? only, DateTimeOffset now, string? after, long limit,
        CancellationToken ct)
    {
        var ofUser = query.User is { } user ? Sql.Of($"and g.user_id = {user}") : null;
        var ofGroup = query.Group is { } group ? Sql.Of($"and g.group_id = {group}") : null;
        // Grants name the first key of a line.
        var ofKey = query.Key is { } key
            ? Sql.Of($"""
                and g.key_id = coalesce((select k.lineage_id from app_key k
                    where k.id = {key} and k.environment_id = {scope.Environment}), {key})
                """)
            : null;
        var ofAgent = query.Agent is { } agent ? Sql.Of($"and g.agent_id = {agent}") : null;
        var ofRole = query.Role is { } role ? Sql.Of($"and g.role_id = {role}") : null;
        var not = new Raw(query.State is GrantState.InForce ? "" : "not ");
        return database.Many(
            $"""
            select {Columns} from access_grant g
            where g.tenant_id = {scope.Tenant} and g.id > {after ?? ""} {ofUser} {ofGroup} {ofKey} {ofAgent}
                {ofRole} {Of(only)}
                and {not}(g.until_revision is null and (g.expires_at is null or g.expires_at > {now}))
            order by g.id limit {limit}
            """,
            Read, ct);
    }

    private static Sql? Of(AppId? only) =>
        only is { } app ? Sql.Of($"and (g.app_id is null or g.app_id = {app})") : null;

    public ValueTask Insert(Change change, TenantScope scope, AccessGrant grant) => change.Queue($"""
        insert into access_grant (id, environment_id, tenant_id, user_id, group_id, key_id, agent_id, permission,
            permission_app_id, role_id, app_id, workspace_id, collection, record_id, condition, reason, created_by,
            created_at, expires_at, since_revision)
        values ({grant.Id}, {scope.Environment}, {scope.Tenant}, {grant.UserId}, {grant.GroupId}, {grant.KeyId},
            {grant.AgentId}, {grant.Permission}, {grant.Given?.App}, {grant.RoleId}, {grant.AppId}, {grant.WorkspaceId},
            {grant.Collection}, {grant.RecordId}, {grant.Condition}, {grant.Reason}, {grant.CreatedBy},
            {grant.CreatedAt}, {grant.ExpiresAt}, {grant.SinceRevision})
        """);

    public ValueTask End(Change change, TenantScope scope, GrantId id, long revision) =>
        EndWhere(change, scope, revision, $"id = {id}");

    public ValueTask EndOfRole(Change change, TenantScope scope, RoleId role, long revision) =>
        EndWhere(change, scope, revision, $"role_id = {role}");

    public ValueTask EndOfGroup(Change change, TenantScope scope, GroupId group, long revision) =>
        EndWhere(change, scope, revision, $"group_id = {group}");

    public ValueTask EndOfUser(Change change, TenantScope scope, UserId user, long revision) =>
        EndWhere(change, scope, revision, $"user_id = {user}");

    public ValueTask EndInWorkspace(Change change, TenantScope scope, long revision) =>
        EndWhere(change, scope, revision, $"workspace_id = {scope.Workspace}");

    /// <summary>Whether a grant in force is bound to the scope's workspace.</summary>
    public async ValueTask<bool> HasInWorkspace(Change change, TenantScope scope) => await change.One(
        $"""
        select id from access_grant where tenant_id = {scope.Tenant} and workspace_id = {scope.Workspace}
            and until_revision is null limit 1
        """,
        row => row.Text()) is not null;

    /// <summary>Whether a user has a grant or is in a group.</summary>
    public async ValueTask<bool> HasAnything(Change change, TenantScope scope, UserId user) => await change.One(
        $"""
        select id from access_grant where tenant_id = {scope.Tenant} and user_id = {user} and until_revision is null
        union all
        select group_id from access_group_member
        where tenant_id = {scope.Tenant} and user_id = {user} and until_revision is null limit 1
        """,
        row => row.Text()) is not null;

    /// <summary>Whether a user is a member of the tenant, or was given something in it once.</summary>
    public async ValueTask<bool> HasKnown(TenantScope scope, UserId user) => await database.One(
        $"""
        select user_id from membership where tenant_id = {scope.Tenant} and user_id = {user}
        union all
        select user_id from access_grant where tenant_id = {scope.Tenant} and user_id = {user}
        union all
        select user_id from access_group_member where tenant_id = {scope.Tenant} and user_id = {user} limit 1
        """,
        row => row.Text()) is not null;

    /// <summary>Whether a key is of an app of the tenant, or was given something in it once.</summary>
    public async ValueTask<bool> HasKnown(TenantScope scope, KeyId key) => await database.One(
        $"""
        select k.id from app_key k join tenant_app a on a.app_id = k.app_id
        where k.id = {key} and k.environment_id = {scope.Environment} and a.tenant_id = {scope.Tenant}
            and (k.tenant_id is null or k.tenant_id = {scope.Tenant})
        union all
        select key_id from access_grant where tenant_id = {scope.Tenant} and key_id = {key} limit 1
        """,
        row => row.Text()) is not null;

    /// <summary>Whether an agent is of the environment, or was given something in the tenant once.</summary>
    public async ValueTask<bool> HasKnown(TenantScope scope, AgentId agent) => await database.One(
        $"""
        select id from agent where id = {agent} and environment_id = {scope.Environment}
        union all
        select agent_id from access_grant where tenant_id = {scope.Tenant} and agent_id = {agent} limit 1
        """,
        row => row.Text()) is not null;

    /// <summary>Whether a workspace is the tenant's, or something was given or forbidden in it once.</summary>
    public async ValueTask<bool> HasKnown(TenantScope scope, WorkspaceId workspace) => await database.One(
        $"""
        select id from workspace where tenant_id = {scope.Tenant} and id = {workspace}
        union all
        select workspace_id from access_grant where tenant_id = {scope.Tenant} and workspace_id = {workspace}
        union all
        select workspace_id from access_policy where tenant_id = {scope.Tenant} and workspace_id = {workspace} limit 1
        """,
        row => row.Text()) is not null;

    /// <summary>Removes everything that the slice keeps of the tenant.</summary>
    public async ValueTask Erase(Change change, TenantScope scope)
    {
        await change.Queue($"delete from access_grant where tenant_id = {scope.Tenant}");
        await change.Queue($"delete from access_group_member where tenant_id = {scope.Tenant}");
        await change.Queue($"delete from access_group where tenant_id = {scope.Tenant}");
        await change.Queue($"delete from access_role_permission where tenant_id = {scope.Tenant}");
        await change.Queue($"delete from access_role where tenant_id = {scope.Tenant}");
        await change.Queue($"delete from access_revision where tenant_id = {scope.Tenant}");
    }

    /// <summary>The app that declares a permission; an operation's is stored as the empty text.</summary>
    private static AppId? App(string stored) => stored.Length == 0 ? null : new AppId(stored);

    private static Sql InForce(long? at) => at is { } revision
        ? Sql.Of($"since_revision <= {revision} and (until_revision is null or until_revision > {revision})")
        : Sql.Of($"until_revision is null");

    private static ValueTask EndWhere(Change change, TenantScope scope, long revision, Sql which) => change.Queue($"""
        update access_grant set until_revision = {revision}, ended_at = {change.Now}
        where tenant_id = {scope.Tenant} and until_revision is null and {which}
        """);
}
