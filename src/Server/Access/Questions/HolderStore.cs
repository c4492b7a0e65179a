using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Questions;

/// <summary>Reads whom a question is about.</summary>
internal sealed class HolderStore(IDatabase database)
{
    /// <summary>Members of the tenant as a whole, behind one of them.</summary>
    public ValueTask<List<AskedMember>> List(TenantScope scope, string? after, long limit, CancellationToken ct) =>
        database.Many(
            $"""
            select id, user_id, role from membership
            where tenant_id = {scope.Tenant} and workspace_id is null and id > {after ?? ""}
            order by id limit {limit}
            """,
            Read, ct);

    public ValueTask<AskedMember?> Find(TenantScope scope, MemberId member, CancellationToken ct) => database.One(
        $"""
        select id, user_id, role from membership
        where tenant_id = {scope.Tenant} and workspace_id is null and id = {member}
        """,
        Read, ct);

    /// <summary>Whether a key of the line that begins with one is good. <paramref name="only"/>: of that app.</summary>
    public async ValueTask<bool> IsLive(TenantScope scope, KeyId first, AppId? only)
    {
        var ofApp = only is { } app ? Sql.Of($"and k.app_id = {app}") : null;
        return await database.One(
            $"""
            select k.id from app_key k join tenant_app a on a.app_id = k.app_id and a.tenant_id = {scope.Tenant}
            where (k.id = {first} or k.lineage_id = {first}) and k.environment_id = {scope.Environment}
                and k.revoked_at is null {ofApp} limit 1
            """,
            row => row.Text()) is not null;
    }

    /// <summary>All workspaces of the tenant, which are bounded, in the order of their ids.</summary>
    public ValueTask<List<string>> ListWorkspaces(TenantScope scope, CancellationToken ct) => database.Many(
        $"select id from workspace where tenant_id = {scope.Tenant} order by id", row => row.Text(), ct);

    private static AskedMember Read(Row row) => new(
        row.Id<MemberKind>(), row.Id<UserKind>(), Wire.Parse<TenantRole>(row.Text()));
}

internal sealed record AskedMember(MemberId Id, UserId User, TenantRole Role);
