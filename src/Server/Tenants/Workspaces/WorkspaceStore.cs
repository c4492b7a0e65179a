using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tenants.Workspaces;

/// <summary>Every statement about workspaces.</summary>
internal sealed class WorkspaceStore(IDatabase database)
{
    private static readonly Raw Columns = new("w.id, w.tenant_id, w.name, w.created_at, w.updated_at, w.version");

    private static Workspace Read(Row row) => new(
        row.Id<WorkspaceKind>(), row.Id<TenantKind>(), row.Text(), row.Time(), row.Time(), row.Int64());

    public ValueTask<Workspace?> Find(TenantScope scope, CancellationToken ct) => database.One(
        $"select {Columns} from workspace w where w.id = {scope.WorkspaceId} and w.tenant_id = {scope.Tenant}",
        Read, ct);

    public async ValueTask<Workspace> Lock(Change change, TenantScope scope) =>
        await change.One(
            $"""
            select {Columns} from workspace w
            where w.id = {scope.WorkspaceId} and w.tenant_id = {scope.Tenant} {change.ForUpdate}
            """,
            Read)
        ?? throw new Refusal(GateProblems.NotFound);

    public ValueTask<List<Workspace>> List(TenantScope scope, string? after, long limit, CancellationToken ct) =>
        database.Many(
            $"""
            select {Columns} from workspace w where w.tenant_id = {scope.Tenant} and w.id > {after ?? ""}
            order by w.id limit {limit}
            """,
            Read, ct);

    /// <summary>
    /// Workspaces where the user has a role of his or her own, of tenants that the app is installed for.
    /// </summary>
    public ValueTask<List<Workspace>> ListOf(
        EnvironmentScope scope, UserId user, string? after, long limit, CancellationToken ct)
    {
        var installed = scope.App is { } app
            ? Sql.Of($"join tenant_app a on a.tenant_id = w.tenant_id and a.app_id = {app}")
            : null;
        return database.Many(
            $"""
            select {Columns} from membership m join workspace w on w.id = m.workspace_id
                join tenant t on t.id = w.tenant_id {installed}
            where m.user_id = {user} and w.environment_id = {scope.Environment} and t.deleted_at is null
                and w.id > {after ?? ""}
            order by w.id limit {limit}
            """,
            Read, ct);
    }

    /// <summary>How many there are, counted up to a bound.</summary>
    public async ValueTask<int> Count(TenantScope scope, long max)
    {
        var count = await database.Many(
            $"select count(*) from (select 1 from workspace where tenant_id = {scope.Tenant} limit {max}) counted",
            row => row.Int32());
        return count[0];
    }

    public ValueTask Insert(Change change, TenantScope scope, Workspace workspace) => change.Queue($"""
        insert into workspace (id, environment_id, tenant_id, name, created_at, updated_at, version)
        values ({workspace.Id}, {scope.Environment}, {scope.Tenant}, {workspace.Name}, {workspace.CreatedAt},
            {workspace.UpdatedAt}, {workspace.Version})
        """);

    public ValueTask Update(Change change, TenantScope scope, Workspace workspace) => change.Queue($"""
        update workspace set name = {workspace.Name}, updated_at = {workspace.UpdatedAt}, version = {workspace.Version}
        where id = {workspace.Id} and tenant_id = {scope.Tenant}
        """);

    /// <summary>Removes the workspace with its own memberships and invitations.</summary>
    public async ValueTask Delete(Change change, TenantScope scope, Workspace workspace)
    {
        await change.Queue($"delete from invitation where workspace_id = {workspace.Id}");
        await change.Queue($"delete from membership where workspace_id = {workspace.Id}");
        await change.Queue($"delete from workspace where id = {workspace.Id} and tenant_id = {scope.Tenant}");
    }
}
