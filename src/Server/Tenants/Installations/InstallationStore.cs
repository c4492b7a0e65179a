using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Tenants.Installations;

/// <summary>Every statement about which apps may see a tenant.</summary>
internal sealed class InstallationStore(IDatabase database)
{
    private static AppInstallation Read(Row row) =>
        new(row.Id<TenantKind>(), row.Id<AppKind>(), row.Text(), row.Time());

    public ValueTask<AppInstallation?> Find(Change change, TenantScope scope, AppId app) => change.One(
        $"""
        select i.tenant_id, i.app_id, a.name, i.created_at from tenant_app i join app a on a.id = i.app_id
        where i.tenant_id = {scope.Tenant} and i.app_id = {app}
        """,
        Read);

    public ValueTask<List<AppInstallation>> List(TenantScope scope, string? after, long limit, CancellationToken ct) =>
        database.Many(
            $"""
            select i.tenant_id, i.app_id, a.name, i.created_at from tenant_app i join app a on a.id = i.app_id
            where i.tenant_id = {scope.Tenant} and i.app_id > {after ?? ""}
            order by i.app_id limit {limit}
            """,
            Read, ct);

    public async ValueTask<bool> HasAnother(Change change, TenantScope scope, AppId app) =>
        await change.One(
            $"select app_id from tenant_app where tenant_id = {scope.Tenant} and app_id <> {app} limit 1",
            row => row.Text()) is not null;

    public ValueTask Insert(Change change, TenantScope scope, AppInstallation installed) => change.Queue($"""
        insert into tenant_app (tenant_id, app_id, environment_id, created_at)
        values ({scope.Tenant}, {installed.AppId}, {scope.Environment}, {installed.CreatedAt})
        """);

    public ValueTask Delete(Change change, TenantScope scope, AppId app) => change.Queue(
        $"delete from tenant_app where tenant_id = {scope.Tenant} and app_id = {app}");
}
