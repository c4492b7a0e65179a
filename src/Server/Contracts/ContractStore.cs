using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts;

/// <summary>Every statement about contracts and their versions.</summary>
internal sealed class ContractStore(IDatabase database)
{
    private static readonly Raw Selected = new("""
        select c.number, c.revision, v.version, v.hash, v.document, v.created_at, v.actor_kind, v.actor_id, v.reason
        from contract c join contract_version v on v.app_id = c.app_id and v.environment_id = c.environment_id
        """);

    private static ContractVersion Read(Row row) => new(
        row.Int64(), row.Int64(), row.Int64(), row.Text(), row.Text(), row.Time(), Wire.Parse<CallerKind>(row.Text()),
        row.Text(), row.TextOrNull());

    /// <summary>The version in force, or null where the app has none in the environment.</summary>
    public ValueTask<ContractVersion?> FindCurrent(
        EnvironmentScope scope, AppId app, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One(
            $"""
            {Selected} and v.version = c.version
            where c.app_id = {app} and c.environment_id = {scope.Environment}
            """,
            Read, ct);

    public ValueTask<ContractVersion?> FindVersion(
        EnvironmentScope scope, AppId app, long version, IReads? within = null) => (within ?? database).One(
            $"""
            {Selected} where c.app_id = {app} and c.environment_id = {scope.Environment} and v.version = {version}
            """,
            Read);

    /// <summary>The versions in force of all apps.</summary>
    public ValueTask<List<ContractVersion>> ListCurrent(EnvironmentScope scope, IReads within) => within.Many(
        $"{Selected} and v.version = c.version where c.environment_id = {scope.Environment} order by c.number", Read);

    public ValueTask<ContractVersion?> FindByHash(EnvironmentScope scope, AppId app, string hash, IReads within) =>
        within.One(
            $"""
            {Selected} where c.app_id = {app} and c.environment_id = {scope.Environment} and v.hash = {hash}
            order by v.version desc limit 1
            """,
            Read);

    public ValueTask<List<ContractVersion>> List(
        EnvironmentScope scope, AppId app, long before, long limit, CancellationToken ct) => database.Many(
            $"""
            {Selected} where c.app_id = {app} and c.environment_id = {scope.Environment} and v.version < {before}
            order by v.version desc limit {limit}
            """,
            Read, ct);

    /// <summary>
    /// The app's contract, locked until the change ends, so that one apply at a time compares and carries out. A first
    /// one makes the row, at version 0.
    /// </summary>
    public async ValueTask<ContractHead> Lock(Change change, EnvironmentScope scope, AppId app)
    {
        await change.Run($"""
            insert into contract (app_id, environment_id, version, hash, revision, updated_at)
            values ({app}, {scope.Environment}, 0, '', 0, {change.Now}) on conflict do nothing
            """);
        return (await change.One(
            $"""
            select c.number, c.version, c.pending_version,
                (select max(v.version) from contract_version v
                    where v.app_id = c.app_id and v.environment_id = c.environment_id)
            from contract c where c.app_id = {app} and c.environment_id = {scope.Environment} {change.ForUpdate}
            """,
            row => new ContractHead(row.Int64(), row.Int64(), row.Int64OrNull(), row.Int64OrNull() ?? 0)))!;
    }

    public ValueTask Insert(Change change, EnvironmentScope scope, AppId app, ContractVersion version) =>
        change.Queue($"""
            insert into contract_version (app_id, environment_id, version, hash, document, created_at, actor_kind,
                actor_id, reason)
            values ({app}, {scope.Environment}, {version.Version}, {version.Hash}, {version.Document},
                {version.CreatedAt}, {Wire.Name(version.ActorKind)}, {version.ActorId}, {version.Reason})
            """);

    /// <summary>Puts a version in force; none is pending then.</summary>
    public ValueTask SetCurrent(Change change, EnvironmentScope scope, AppId app, long version, string hash) =>
        change.Queue($"""
            update contract set version = {version}, hash = {hash}, pending_version = null, revision = revision + 1,
                updated_at = {change.Now}
            where app_id = {app} and environment_id = {scope.Environment}
            """);

    /// <summary>A version that waits for rewrites, or none any longer.</summary>
    public ValueTask SetPending(Change change, EnvironmentScope scope, AppId app, long? version) =>
        change.Queue($"""
            update contract set pending_version = {version}, revision = revision + 1, updated_at = {change.Now}
            where app_id = {app} and environment_id = {scope.Environment}
            """);

    /// <summary>The revision of a contract that is known, 0 where it is gone.</summary>
    public async ValueTask<long> RevisionOf(EnvironmentScope scope, long number, IReads within)
    {
        var found = await within.Many(
            $"select revision from contract where number = {number} and environment_id = {scope.Environment}",
            row => row.Int64());
        return found.Count == 0 ? 0 : found[0];
    }

    /// <summary>As a condition of a Change: the contract that a call was decided by is still in force.</summary>
    public static Sql IsStill(long number, long revision) =>
        $"exists (select 1 from contract where number = {number} and revision = {revision})";
}

/// <summary>
/// The contract's row: what its tables are named by, the version in force (0 before the first), the one that waits, and
/// the highest there is.
/// </summary>
internal sealed record ContractHead(long Number, long Version, long? Pending, long Highest);

/// <summary>One applied version. <paramref name="Document"/> is the text as it was sent.</summary>
internal sealed record ContractVersion(
    long Number, long Revision, long Version, string Hash, string Document, DateTimeOffset CreatedAt,
    CallerKind ActorKind, string ActorId, string? Reason);
