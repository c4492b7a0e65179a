using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Rewrites;

/// <summary>How often the tables of a contract were written anew, and which of them are being so.</summary>
internal sealed record TableStates(IReadOnlyDictionary<string, long> Generations, IReadOnlySet<string> Rewriting)
{
    public long GenerationOf(string collection) => Generations.GetValueOrDefault(collection);
}

/// <summary>One table on its way: through which record it is copied.</summary>
internal sealed record Rewrite(
    AppId App, string Environment, long Number, string Collection, long Version, (string Tenant, string Id) After,
    long Copied, bool IsCopied, string? Error);

/// <summary>Every statement about rewrites, but for those on the tables themselves.</summary>
internal sealed class RewriteStore(IDatabase database)
{
    private static readonly Raw Selected = new("""
        select c.app_id, c.environment_id, r.number, r.collection, r.version, r.after_tenant, r.after_id, r.copied,
            r.is_copied, r.error
        from contract_rewrite r join contract c on c.number = r.number
        """);

    private static Rewrite Read(Row row) => new(
        row.Id<AppKind>(), row.Text(), row.Int64(), row.Text(), row.Int64(), (row.Text(), row.Text()), row.Int64(),
        row.Bool(), row.TextOrNull());

    public async ValueTask<TableStates> Tables(EnvironmentScope scope, long number, IReads? within = null)
    {
        var generations = await (within ?? database).Many(
            $"select collection, generation from contract_collection where number = {number}",
            row => KeyValuePair.Create(row.Text(), row.Int64()));
        var rewriting = await List(scope, number, within);
        return new TableStates(
            generations.ToDictionary(), rewriting.Where(r => r.Error is null).Select(r => r.Collection).ToHashSet());
    }

    public ValueTask<List<Rewrite>> List(EnvironmentScope scope, long number, IReads? within = null) =>
        (within ?? database).Many(
            $"{Selected} where r.number = {number} and c.environment_id = {scope.Environment} order by r.collection",
            Read);

    /// <summary>All that are under way on the installation: for the worker.</summary>
    public ValueTask<List<Rewrite>> ListRunning(InstallationScope _, CancellationToken ct) => database.Many(
        $"{Selected} where r.error is null order by r.number, r.collection limit 100", Read, ct);

    /// <summary>Takes a rewrite for a while, so that one node works at it. False where another one has it.</summary>
    public async ValueTask<bool> Lease(
        EnvironmentScope scope, Upkeep upkeep, Rewrite rewrite, DateTimeOffset now, DateTimeOffset until) =>
        await upkeep.Run($"""
            update contract_rewrite set leased_until = {until}
            where number = {rewrite.Number} and collection = {rewrite.Collection} and leased_until < {now}
                and exists (select 1 from contract where number = {rewrite.Number}
                    and environment_id = {scope.Environment})
            """) == 1;

    public static ValueTask<int> Advance(EnvironmentScope _, ITransaction transaction, Rewrite to) =>
        transaction.Run($"""
            update contract_rewrite set after_tenant = {to.After.Tenant}, after_id = {to.After.Id},
                copied = {to.Copied}, is_copied = {to.IsCopied}
            where number = {to.Number} and collection = {to.Collection} and version = {to.Version}
            """);

    public ValueTask Insert(Change change, EnvironmentScope _, long number, string collection, long version) =>
        change.Queue($"""
            insert into contract_rewrite (number, collection, version, after_tenant, after_id, copied, is_copied,
                leased_until)
            values ({number}, {collection}, {version}, '', '', 0, {false}, 0)
            """);

    public ValueTask Fail(Change change, EnvironmentScope _, Rewrite rewrite, string error) => change.Queue($"""
        update contract_rewrite set error = {error}
        where number = {rewrite.Number} and collection = {rewrite.Collection}
        """);

    /// <summary>Forgets the rewrites of a contract, those that have failed too.</summary>
    public async ValueTask Clear(Change change, EnvironmentScope _, long number)
    {
        await change.Queue($"delete from contract_rewrite where number = {number}");
        await change.Queue($"delete from contract_rewrite_changed where number = {number}");
    }

    public ValueTask SetGeneration(
        Change change, EnvironmentScope _, long number, string collection, long generation) => change.Queue($"""
            insert into contract_collection (number, collection, generation)
            values ({number}, {collection}, {generation})
            on conflict (number, collection) do update set generation = excluded.generation
            """);

    /// <summary>A record that changes while its table is being written anew.</summary>
    public static Sql Note(long number, string collection, TenantId tenant, string record) => $"""
        insert into contract_rewrite_changed (number, collection, tenant_id, record_id)
        values ({number}, {collection}, {tenant}, {record}) on conflict do nothing
        """;

    /// <summary>Takes some of the noted records off the list.</summary>
    public static ValueTask<List<(string Tenant, string Id)>> TakeChanged(
        ITransaction transaction, Rewrite rewrite, long limit) => transaction.Many(
            $"""
            delete from contract_rewrite_changed
            where number = {rewrite.Number} and collection = {rewrite.Collection} and (tenant_id, record_id) in (
                select tenant_id, record_id from contract_rewrite_changed
                where number = {rewrite.Number} and collection = {rewrite.Collection} limit {limit})
            returning tenant_id, record_id
            """,
            row => (row.Text(), row.Text()));
}
