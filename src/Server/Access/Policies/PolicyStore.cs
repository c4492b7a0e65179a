using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Policies;

/// <summary>Every statement about policies. A change of one ends a row and writes the next.</summary>
internal sealed class PolicyStore(IDatabase database)
{
    private static readonly Raw Columns = new("""
        p.id, p.tenant_id, p.name, p.description, p.mode, p.operations, p.app_permissions, p.app_id, p.workspace_id,
        p.collection, p.condition, p.message, p.created_by, p.created_at, p.updated_at, p.version,
        p.since_revision
        """);

    private static AccessPolicy Read(Row row)
    {
        var (id, tenant, name, description, mode) = (
            row.Id<PolicyKind>(), row.Id<TenantKind>(), row.Text(), row.TextOrNull(),
            Wire.Parse<PolicyMode>(row.Text()));
        var (operations, ofApp, app) = (Names(row.Text()), Names(row.Text()), row.IdOrNull<AppKind>());
        return new AccessPolicy(
            id, tenant, name, description, mode, [.. operations.Concat(ofApp).Order(StringComparer.Ordinal)], app,
            row.IdOrNull<WorkspaceKind>(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull(), row.Text(),
            row.Time(), row.Time(), row.Int64(), row.Int64())
        {
            Forbidden = operations.Select(operation => new Permission(operation, null))
                .Concat(ofApp.Select(permission => new Permission(permission, app))).ToHashSet(),
        };
    }

    /// <summary>Policies in force at a revision, or now.</summary>
    public static ValueTask<List<AccessPolicy>> ListAt(TenantId tenant, long? at, IReads reads)
    {
        var inForce = at is { } revision
            ? Sql.Of($"p.since_revision <= {revision} and (p.until_revision is null or p.until_revision > {revision})")
            : Sql.Of($"p.until_revision is null");
        return reads.Many(
            $"select {Columns} from access_policy p where p.tenant_id = {tenant} and {inForce} order by p.id", Read);
    }

    /// <summary><paramref name="only"/>: what is not for another app alone.</summary>
    public ValueTask<AccessPolicy?> Find(TenantScope scope, PolicyId id, AppId? only, IReads? within = null) =>
        (within ?? database).One(
            $"""
            select {Columns} from access_policy p
            where p.id = {id} and p.tenant_id = {scope.Tenant} and p.until_revision is null {Of(only)}
            """,
            Read);

    public ValueTask<List<AccessPolicy>> List(
        TenantScope scope, AppId? only, string? after, long limit, CancellationToken ct) => database.Many(
        $"""
        select {Columns} from access_policy p
        where p.tenant_id = {scope.Tenant} and p.until_revision is null and p.id > {after ?? ""} {Of(only)}
        order by p.id limit {limit}
        """,
        Read, ct);

    /// <summary>Whether another policy of the tenant has the name.</summary>
    public async ValueTask<bool> HasName(Change change, TenantScope scope, string name, PolicyId? beside) =>
        await change.One(
            $"""
            select id from access_policy where tenant_id = {scope.Tenant} and name_key = {Key(name)}
                and until_revision is null and id <> {beside?.Value ?? ""}
            """,
            row => row.Text()) is not null;

    public ValueTask Insert(Change change, TenantScope scope, AccessPolicy policy) => change.Queue($"""
        insert into access_policy (id, since_revision, environment_id, tenant_id, name, name_key, description, mode,
            operations, app_permissions, app_id, workspace_id, collection, condition, message, created_by,
            created_at, updated_at, version)
        values ({policy.Id}, {policy.SinceRevision}, {scope.Environment}, {scope.Tenant}, {policy.Name},
            {Key(policy.Name)}, {policy.Description}, {Wire.Name(policy.Mode)},
            {Names(policy.Forbidden.Where(permission => permission.App is null))},
            {Names(policy.Forbidden.Where(permission => permission.App is not null))}, {policy.AppId},
            {policy.WorkspaceId}, {policy.Collection}, {policy.Condition}, {policy.Message},
            {policy.CreatedBy}, {policy.CreatedAt}, {policy.UpdatedAt}, {policy.Version})
        """);

    public ValueTask End(Change change, TenantScope scope, PolicyId id, long revision) =>
        EndWhere(change, scope, revision, $"id = {id}");

    public ValueTask EndInWorkspace(Change change, TenantScope scope, long revision) =>
        EndWhere(change, scope, revision, $"workspace_id = {scope.Workspace}");

    /// <summary>Whether a policy in force is bound to the scope's workspace.</summary>
    public async ValueTask<bool> HasInWorkspace(Change change, TenantScope scope) => await change.One(
        $"""
        select id from access_policy where tenant_id = {scope.Tenant} and workspace_id = {scope.Workspace}
            and until_revision is null limit 1
        """,
        row => row.Text()) is not null;

    /// <summary>Removes everything that is kept of the tenant's policies.</summary>
    public async ValueTask Erase(Change change, TenantScope scope)
    {
        await change.Queue($"delete from access_policy where tenant_id = {scope.Tenant}");
        await change.Queue($"delete from access_policy_hit where tenant_id = {scope.Tenant}");
    }

    private static ValueTask EndWhere(Change change, TenantScope scope, long revision, Sql which) => change.Queue($"""
        update access_policy set until_revision = {revision}
        where tenant_id = {scope.Tenant} and until_revision is null and {which}
        """);

    private static Sql? Of(AppId? only) =>
        only is { } app ? Sql.Of($"and (p.app_id is null or p.app_id = {app})") : null;

    private static string Key(string name) => name.ToLowerInvariant();

    private static Json Names(IEnumerable<Permission> permissions) => new(JsonSerializer.Serialize(
        [.. permissions.Select(permission => permission.Name).Order(StringComparer.Ordinal)],
        AccessJson.Wire.IReadOnlyListString));

    private static IReadOnlyList<string> Names(string json) =>
        JsonSerializer.Deserialize(json, AccessJson.Wire.IReadOnlyListString)!;
}
