using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tenants;

/// <summary>Every statement about tenants themselves.</summary>
internal sealed class TenantStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "t.id, t.name, t.slug, t.created_at, t.updated_at, t.deleted_at, t.version, t.stop, t.stopped_at, "
        + "t.stopped_by, t.stop_reason");

    private static Tenant Read(Row row)
    {
        var tenant = new Tenant(
            row.Id<TenantKind>(), row.Text(), row.Text(), null, row.Time(), row.Time(), row.TimeOrNull(), row.Int64());
        var stop = Stop.Read(row);
        return tenant with { Stop = stop, SuspendedAt = stop?.Since };
    }

    public ValueTask<Tenant?> Find(TenantScope scope, CancellationToken ct) => database.One(
        $"select {Columns} from tenant t where t.id = {scope.Tenant} and t.environment_id = {scope.Environment}",
        Read, ct);

    /// <summary>
    /// The tenant, locked. Everything that changes its members, invitations or installations takes this lock first, so
    /// that rules over several of their rows hold on every node.
    /// </summary>
    public async ValueTask<Tenant> Lock(Change change, TenantScope scope, bool deletedToo = false) =>
        await TryLock(change, scope) is { } tenant && (deletedToo || tenant.DeletedAt is null)
            ? tenant
            : throw new Refusal(GateProblems.NotFound);

    /// <summary>Also a deleted tenant; null where none is there.</summary>
    public ValueTask<Tenant?> TryLock(Change change, TenantScope scope) => change.One(
        $"""
        select {Columns} from tenant t
        where t.id = {scope.Tenant} and t.environment_id = {scope.Environment} {change.ForUpdate}
        """,
        Read);

    /// <summary>A user's own tenants with the role there, a key's installed ones, or all for an operator.</summary>
    public ValueTask<List<Tenant>> List(
        EnvironmentScope scope, UserId? user, TenantState state, string? after, long limit, CancellationToken ct)
    {
        var installed = scope.App is { } app
            ? Sql.Of($"join tenant_app a on a.tenant_id = t.id and a.app_id = {app}")
            : null;
        var mine = user is { } member
            ? Sql.Of($"join membership m on m.tenant_id = t.id and m.user_id = {member} and m.workspace_id is null")
            : null;
        var role = new Raw(mine is null ? "null" : "m.role");
        var existing = new Raw((state, mine) switch
        {
            (TenantState.Active, _) => "t.deleted_at is null",
            (_, null) => "t.deleted_at is not null",
            _ => "t.deleted_at is not null and m.role = 'owner'",
        });
        return database.Many(
            $"""
            select {Columns}, {role} from tenant t {installed} {mine}
            where t.environment_id = {scope.Environment} and {existing} and t.id > {after ?? ""}
            order by t.id limit {limit}
            """,
            row => Read(row) with
            {
                Role = row.TextOrNull() is { } text ? Wire.Parse<TenantRole>(text) : null,
            }, ct);
    }

    /// <summary>False where the slug is taken.</summary>
    public async ValueTask<bool> Insert(Change change, EnvironmentScope scope, Tenant tenant) => await change.Run($"""
        insert into tenant (id, environment_id, name, slug, created_at, updated_at, version)
        values ({tenant.Id}, {scope.Environment}, {tenant.Name}, {tenant.Slug}, {tenant.CreatedAt}, {tenant.UpdatedAt},
            {tenant.Version})
        on conflict (environment_id, slug) do nothing
        """) == 1;

    public async ValueTask Update(Change change, TenantScope scope, Tenant tenant)
    {
        try
        {
            await change.Run($"""
                update tenant set name = {tenant.Name}, slug = {tenant.Slug}, updated_at = {tenant.UpdatedAt},
                    deleted_at = {tenant.DeletedAt}, {Stop.Set(tenant.Stop)}, version = {tenant.Version}
                where id = {scope.Tenant} and environment_id = {scope.Environment}
                """);
        }
        catch (UniqueViolationException taken) when (taken.Constraint == "tenant_environment_id_slug_key")
        {
            throw new Refusal(TenantErrors.SlugTaken, $"'{tenant.Slug}' is taken.");
        }
    }

    /// <summary>Tenants that were deleted at or before a time, oldest first.</summary>
    public ValueTask<List<TenantScope>> ListDeleted(
        InstallationScope scope, DateTimeOffset until, long limit, CancellationToken ct) =>
        database.Many(
            $"select id, environment_id from tenant where deleted_at <= {until} order by deleted_at, id limit {limit}",
            row =>
            {
                var tenant = row.Id<TenantKind>();
                return new TenantScope(row.Text(), tenant, null, null);
            }, ct);

    /// <summary>Removes the tenant and everything that this slice keeps of it.</summary>
    public async ValueTask Erase(Change change, TenantScope scope)
    {
        await change.Queue($"delete from invitation where tenant_id = {scope.Tenant}");
        await change.Queue($"delete from membership where tenant_id = {scope.Tenant}");
        await change.Queue($"delete from workspace where tenant_id = {scope.Tenant}");
        await change.Queue($"delete from tenant_app where tenant_id = {scope.Tenant}");
        await change.Queue($"delete from tenant where id = {scope.Tenant} and environment_id = {scope.Environment}");
    }
}
