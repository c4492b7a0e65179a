using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts;

/// <summary>Every statement about contracts, their versions and what they have dropped.</summary>
internal sealed class ContractStore(IDatabase database)
{
    private static readonly Raw Selected = new("""
        select c.number, v.version, v.hash, v.document, v.created_at, v.actor_kind, v.actor_id, v.reason
        from contract c join contract_version v on v.app_id = c.app_id and v.environment_id = c.environment_id
        """);

    private static ContractVersion Read(Row row) => new(
        row.Int64(), row.Int64(), row.Text(), row.Text(), row.Time(), Wire.Parse<CallerKind>(row.Text()), row.Text(),
        row.TextOrNull());

    /// <summary>The version in force, or null where the app has none in the environment.</summary>
    public ValueTask<ContractVersion?> FindCurrent(
        EnvironmentScope scope, AppId app, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One(
            $"""
            {Selected} and v.version = c.version
            where c.app_id = {app} and c.environment_id = {scope.Environment}
            """,
            Read, ct);

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
            insert into contract (app_id, environment_id, version, hash, updated_at)
            values ({app}, {scope.Environment}, 0, '', {change.Now}) on conflict do nothing
            """);
        return (await change.One(
            $"""
            select number, version, hash from contract where app_id = {app} and environment_id = {scope.Environment}
            {change.ForUpdate}
            """,
            row => new ContractHead(row.Int64(), row.Int64(), row.Text())))!;
    }

    public async ValueTask Insert(Change change, EnvironmentScope scope, AppId app, ContractVersion version)
    {
        await change.Queue($"""
            insert into contract_version (app_id, environment_id, version, hash, document, created_at, actor_kind,
                actor_id, reason)
            values ({app}, {scope.Environment}, {version.Version}, {version.Hash}, {version.Document},
                {version.CreatedAt}, {Wire.Name(version.ActorKind)}, {version.ActorId}, {version.Reason})
            """);
        await change.Queue($"""
            update contract set version = {version.Version}, hash = {version.Hash}, updated_at = {version.CreatedAt}
            where app_id = {app} and environment_id = {scope.Environment}
            """);
    }

    /// <summary>
    /// Notes what is put aside: a collection where <paramref name="column"/> is null. Gives the number that makes the
    /// name unique under which it is kept.
    /// </summary>
    public async ValueTask<long> NoteDropped(Change change, long number, string collection, string? column)
    {
        var id = (await change.One(
            $"""
            insert into contract_dropped (number, collection, column_name, kept_as, dropped_at)
            values ({number}, {collection}, {column}, '', {change.Now}) returning id
            """,
            row => row.Text()))!;
        var kept = $"dropped_{id}_{column ?? collection}";
        await change.Run($"update contract_dropped set kept_as = {kept} where id = {long.Parse(id)}");
        return long.Parse(id);
    }

    /// <summary>As a condition of a Change: the contract that a call was decided by is still in force.</summary>
    public static Sql IsStill(long number, long version) =>
        $"exists (select 1 from contract where number = {number} and version = {version})";
}

/// <summary>The contract's row: what its tables are named by, and the version in force, 0 before the first.</summary>
internal sealed record ContractHead(long Number, long Version, string Hash);

/// <summary>One applied version. <paramref name="Document"/> is the text as it was sent.</summary>
internal sealed record ContractVersion(
    long Number, long Version, string Hash, string Document, DateTimeOffset CreatedAt, CallerKind ActorKind,
    string ActorId, string? Reason);
