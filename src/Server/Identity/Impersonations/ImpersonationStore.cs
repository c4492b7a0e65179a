using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Identity;

/// <summary>Every statement about impersonations.</summary>
internal sealed class ImpersonationStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "id, environment_id, user_id, app_id, operator_id, operator_role, operator_name, reason, created_at, "
        + "expires_at, ended_at, version");

    private static Impersonation Read(Row row) => new(
        row.Id<ImpersonationKind>(), row.Text(), row.Id<UserKind>(), row.Id<AppKind>(), row.Id<OperatorKind>(),
        Wire.Parse<OperatorRole>(row.Text()), row.TextOrNull(), row.Text(), row.Time(), row.Time(), row.TimeOrNull(),
        row.Int64());

    /// <summary>The one with this token, whatever its state. Which environment it is of, only its row says.</summary>
    public ValueTask<Impersonation?> FindByHash(InstallationScope scope, byte[] hash) =>
        database.One($"select {Columns} from impersonation where hash = {hash}", Read);

    public ValueTask<List<Impersonation>> List(
        EnvironmentScope scope, UserId user, string? after, long limit, CancellationToken ct) => database.Many(
        $"""
        select {Columns} from impersonation
        where environment_id = {scope.Environment} and user_id = {user} and id > {after ?? ""}
        order by id limit {limit}
        """,
        Read, ct);

    public async ValueTask<Impersonation> Lock(
        Change change, EnvironmentScope scope, UserId user, ImpersonationId id) =>
        await change.One(
            $"""
            select {Columns} from impersonation
            where id = {id} and user_id = {user} and environment_id = {scope.Environment} {change.ForUpdate}
            """,
            Read)
        ?? throw new Refusal(GateProblems.NotFound);

    public ValueTask Insert(Change change, EnvironmentScope scope, Impersonation made, string token) =>
        change.Queue($"""
            insert into impersonation ({Columns}, hash)
            values ({made.Id}, {scope.Environment}, {made.UserId}, {made.AppId}, {made.OperatorId},
                {Wire.Name(made.OperatorRole)}, {made.OperatorName}, {made.Reason}, {made.CreatedAt},
                {made.ExpiresAt}, {made.EndedAt}, {made.Version}, {OpaqueToken.Hash(token)})
            """);

    public ValueTask Update(Change change, EnvironmentScope scope, Impersonation ended) => change.Queue($"""
        update impersonation set ended_at = {ended.EndedAt}, version = {ended.Version}
        where id = {ended.Id} and environment_id = {scope.Environment}
        """);

    /// <summary>All of an environment, or of one user in it.</summary>
    public ValueTask EndAll(Change change, EnvironmentScope scope, UserId? user = null)
    {
        var ofUser = user is { } one ? Sql.Of($"and user_id = {one}") : null;
        return change.Queue($"""
            update impersonation set ended_at = {change.Now}, version = version + 1
            where environment_id = {scope.Environment} and ended_at is null and expires_at > {change.Now} {ofUser}
            """);
    }
}
