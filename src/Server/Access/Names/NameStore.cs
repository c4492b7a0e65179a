using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Names;

/// <summary>Every statement about names.</summary>
internal sealed class NameStore(IDatabase database)
{
    private static readonly Raw Columns = new("n.id, n.app_id, n.kind, n.type, n.name, n.user_id, n.created_at");

    private static AccessName Read(Row row) => new(
        row.Id<NameKind>(), row.Id<AppKind>(), Wire.Parse<NameOf>(row.Text()), row.Text(), row.Text(),
        row.IdOrNull<UserKind>(), row.Time());

    /// <summary><paramref name="only"/>: those of one app.</summary>
    public ValueTask<AccessName?> Find(TenantScope scope, NameId id, AppId? only, IReads? within = null) =>
        (within ?? database).One(
            $"""
            select {Columns} from access_name n where n.id = {id} and n.tenant_id = {scope.Tenant} {Of(only)}
            """,
            Read);

    public ValueTask<List<AccessName>> List(
        TenantScope scope, ListNames query, AppId? only, string? after, long limit, CancellationToken ct)
    {
        var ofKind = query.Of is { } kind ? Sql.Of($"and n.kind = {Wire.Name(kind)}") : null;
        var ofUser = query.User is { } user ? Sql.Of($"and n.user_id = {user}") : null;
        return database.Many(
            $"""
            select {Columns} from access_name n
            where n.tenant_id = {scope.Tenant} and n.id > {after ?? ""} {ofKind} {ofUser} {Of(only)}
            order by n.id limit {limit}
            """,
            Read, ct);
    }

    /// <summary>All of a tenant, whichever app has given them.</summary>
    public ValueTask<List<AccessName>> ListAll(TenantId tenant) => database.Many(
        $"select {Columns} from access_name n where n.tenant_id = {tenant} order by n.name, n.id", Read);

    public async ValueTask<bool> HasAsMany(Change change, TenantScope scope, int bound) => await change.One(
        $"select id from access_name where tenant_id = {scope.Tenant} order by id limit 1 offset {bound - 1L}",
        row => row.Text()) is not null;

    /// <summary>False where the app calls somebody or something so already.</summary>
    public async ValueTask<bool> Insert(Change change, TenantScope scope, AccessName name) => await change.Run($"""
        insert into access_name (id, environment_id, tenant_id, app_id, kind, type, name, user_id, created_at)
        values ({name.Id}, {scope.Environment}, {scope.Tenant}, {name.AppId}, {Wire.Name(name.Of)}, {name.Type},
            {name.Name}, {name.UserId}, {name.CreatedAt})
        on conflict do nothing
        """) == 1;

    public ValueTask Delete(Change change, TenantScope scope, NameId id) =>
        change.Queue($"delete from access_name where id = {id} and tenant_id = {scope.Tenant}");

    public ValueTask DeleteOf(Change change, TenantScope scope, UserId user) =>
        change.Queue($"delete from access_name where tenant_id = {scope.Tenant} and user_id = {user}");

    public ValueTask Erase(Change change, TenantScope scope) =>
        change.Queue($"delete from access_name where tenant_id = {scope.Tenant}");

    private static Sql? Of(AppId? only) => only is { } app ? Sql.Of($"and n.app_id = {app}") : null;
}
