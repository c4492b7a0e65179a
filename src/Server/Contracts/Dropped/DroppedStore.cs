using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Dropped;

/// <summary>Every statement about what contracts no longer declare and what is kept of it.</summary>
internal sealed class DroppedStore(IDatabase database)
{
    private static readonly Raw Selected = new("""
        select d.id, d.number, d.collection, d.column_name, d.kept_as, d.dropped_at, c.app_id, c.environment_id
        from contract_dropped d join contract c on c.number = d.number
        """);

    private static DroppedData Read(Row row) => new(
        row.Int64(), row.Int64(), row.Text(), row.TextOrNull(), row.Text(), row.Time(), row.Id<AppKind>(), row.Text());

    /// <summary>Newest first.</summary>
    public ValueTask<List<DroppedData>> List(
        EnvironmentScope scope, AppId app, long before, long limit, CancellationToken ct) => database.Many(
            $"""
            {Selected} where c.app_id = {app} and c.environment_id = {scope.Environment} and d.id < {before}
            order by d.id desc limit {limit}
            """,
            Read, ct);

    /// <summary>What has been kept for its grace, in all apps.</summary>
    public ValueTask<List<DroppedData>> ListDue(
        InstallationScope scope, DateTimeOffset before, long limit, CancellationToken ct) => database.Many(
            $"{Selected} where d.dropped_at <= {before} order by d.dropped_at, d.id limit {limit}", Read, ct);

    /// <summary>Whole collections that are kept, in an environment.</summary>
    public ValueTask<List<DroppedData>> ListCollections(EnvironmentScope scope, IReads within) => within.Many(
        $"{Selected} where d.column_name is null and c.environment_id = {scope.Environment}", Read);

    /// <summary>
    /// Notes what is put aside: a collection where <paramref name="column"/> is null. Gives the name under which it is
    /// kept.
    /// </summary>
    public async ValueTask<string> Note(Change change, long number, string collection, string? column)
    {
        var ids = await change.Many(
            $"""
            insert into contract_dropped (number, collection, column_name, kept_as, dropped_at)
            values ({number}, {collection}, {column}, '', {change.Now}) returning id
            """,
            row => row.Int64());
        string kept = $"dropped_{ids[0]}_{column ?? collection}";
        await change.Run($"update contract_dropped set kept_as = {kept} where id = {ids[0]}");
        return kept;
    }

    /// <summary>False where another node was faster.</summary>
    public async ValueTask<bool> Forget(Change change, EnvironmentScope scope, DroppedData dropped) =>
        await change.Run($"""
            delete from contract_dropped where id = {dropped.Id}
                and number in (select number from contract where environment_id = {scope.Environment})
            """) == 1;
}

/// <summary>
/// One thing that a contract no longer declares: a property, or a whole collection where <paramref name="Column"/> is
/// null.
/// </summary>
internal sealed record DroppedData(
    long Id, long Number, string Collection, string? Column, string KeptAs, DateTimeOffset DroppedAt, AppId App,
    string Environment)
{
    /// <summary>Of the name under which the history of a collection is kept beside it.</summary>
    public const string HistorySuffix = "__history";

    public Target Target => new("contract", $"{App}/{Environment}");
}
