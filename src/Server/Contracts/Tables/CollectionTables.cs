using System.Text.Json;
using Castellan.Contracts.Dropped;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Tables;

/// <summary>
/// Every statement that defines tables of apps. All of them are instant, or bounded by the rows of a small table; what
/// would touch many rows is a rewrite.
/// </summary>
internal sealed class CollectionTables(IDatabase database, TableNames names)
{
    private readonly bool isPostgres = database.EngineName == "postgres";

    private Raw Text => new(isPostgres ? "text collate \"C\"" : "text");

    private Raw Integer => new(isPostgres ? "bigint" : "integer");

    private Raw Strict => new(isPostgres ? "" : "strict");

    private Raw JsonType => new(isPostgres ? "jsonb" : "text");

    /// <summary>The schema of a new contract, where the engine has schemas.</summary>
    public async ValueTask Prepare(Change change, long number)
    {
        if (names.Schema(number) is { } schema) await change.Run($"create schema if not exists {schema}");
    }

    public async ValueTask Create(Change change, long number, Collection collection)
    {
        await CreateRecords(change, names.Records(number, collection.Name), collection);
        await change.Run($"""
            create table {names.History(number, collection.Name)} (
                tenant_id {Text} not null,
                id {Text} not null,
                version {Integer} not null,
                at {Integer} not null,
                operation {Text} not null,
                actor {Text} not null,
                run {Text},
                data {JsonType} not null,
                primary key (tenant_id, id, version)
            ) {Strict}
            """);
        var table = new IndexedTable(number, collection.Name, names.Records(number, collection.Name), Generation: 0);
        foreach (var index in All(collection)) await AddIndex(change, table, index);
    }

    public async ValueTask CreateRecords(Change change, TableName table, Collection collection)
    {
        Sql columns = $"";
        foreach (var field in collection.Fields) columns = $"{columns}, {field.Column} {Type(field)}";
        await change.Run($"""
            create table {table} (
                tenant_id {Text} not null,
                id {Text} not null,
                workspace_id {Text},
                owner_id {Text},
                version {Integer} not null,
                created_at {Integer} not null,
                updated_at {Integer} not null,
                deleted_at {Integer},
                actor {Text} not null,
                run {Text}{columns},
                primary key (tenant_id, id)
            ) {Strict}
            """);
    }

    /// <summary>Puts a table aside under a name of its own; its indexes go at once.</summary>
    public async ValueTask PutAside(
        Change change, long number, Collection collection, long generation, string keptAs)
    {
        var table = new IndexedTable(number, collection.Name, names.Records(number, collection.Name), generation);
        foreach (var index in All(collection)) await DropIndex(change, table, index);
        await Rename(change, names.Records(number, collection.Name), names.Kept(number, keptAs).Name);
        var keptHistory = names.Kept(number, keptAs + DroppedData.HistorySuffix);
        await Rename(change, names.History(number, collection.Name), keptHistory.Name);
    }

    public async ValueTask Rename(Change change, TableName table, Identifier to) =>
        await change.Run($"alter table {table} rename to {to}");

    /// <summary>Rows that are there already get the property's default.</summary>
    public async ValueTask AddColumn(Change change, TableName table, Field field) =>
        await change.Run($"alter table {table} add column {field.Column} {Type(field)}{DefaultOf(field)}");

    public async ValueTask PutAside(Change change, TableName table, Field field, Identifier keptAs) =>
        await change.Run($"alter table {table} rename column {field.Column} to {keptAs}");

    public async ValueTask AddIndex(Change change, IndexedTable table, CollectionIndex index)
    {
        Sql columns = $"\"tenant_id\"";
        foreach (var column in index.Columns)
            columns = $"{columns}, {new Identifier(column.Name)}{Direction(column.Descending)}";
        // The id makes an order total, so that pages begin where the last one ended.
        if (!index.Unique) columns = $"{columns}, \"id\"{new Raw(index.Columns[^1].Descending ? " desc" : "")}";
        var kind = new Raw(index.Unique ? "create unique index" : "create index");
        await change.Run($"{kind} {table.NameOf(index)} on {table.Table} ({columns}) where \"deleted_at\" is null");
    }

    public async ValueTask DropIndex(Change change, IndexedTable table, CollectionIndex index) =>
        await change.Run($"drop index {names.QualifiedIndex(table.Number, table.NameOf(index))}");

    /// <summary>Nobody reads or writes it until the Change ends. SQLite's writer is alone already.</summary>
    public async ValueTask LockForSwitch(Change change, TableName table)
    {
        if (isPostgres) await change.Run($"lock table {table} in access exclusive mode");
    }

    public async ValueTask Drop(Change change, TableName table) => await change.Run($"drop table if exists {table}");

    /// <summary>Whether a table is there and has a column.</summary>
    public async ValueTask<bool> HasColumn(
        TableName table, Identifier column, IReads? within = null, CancellationToken ct = default)
    {
        var (schema, name) = (table.Schema?.Name, table.Name.Name);
        return await (within ?? database).One(
            isPostgres
                ? Sql.Of($"""
                    select column_name::text from information_schema.columns
                    where table_schema = {schema} and table_name = {name} and column_name = {column.Name}
                    """)
                : Sql.Of($"select name from pragma_table_info({name}) where name = {column.Name}"),
            row => row.Text(), ct) is not null;
    }

    /// <summary>
    /// Takes the values of a column from the next records; gives the key of the last, or null at the end.
    /// </summary>
    public static async ValueTask<(string Tenant, string Id)?> EmptyNext(
        ITransaction transaction, TableName table, Identifier column, (string Tenant, string Id) after, int limit)
    {
        var keys = await transaction.Many(
            $"""
            select tenant_id, id from {table} where (tenant_id, id) > ({after.Tenant}, {after.Id})
            order by tenant_id, id limit {(long)limit}
            """,
            row => (row.Text(), row.Text()));
        if (keys.Count == 0) return null;
        var (tenant, id) = keys[^1];
        await transaction.Run($"""
            update {table} set {column} = null
            where (tenant_id, id) > ({after.Tenant}, {after.Id}) and (tenant_id, id) <= ({tenant}, {id})
                and {column} is not null
            """);
        return keys[^1];
    }

    /// <summary>Drops a column, but from a large table only where that is instant.</summary>
    public async ValueTask DropColumn(Change change, TableName table, Identifier column, long rowsWrittenAnew)
    {
        if (isPostgres || !await HasMoreThan(change, table, rowsWrittenAnew))
            await change.Run($"alter table {table} drop column {column}");
    }

    /// <summary>Whether a table has more rows than so many, without counting further.</summary>
    public async ValueTask<bool> HasMoreThan(Change change, TableName table, long rows) =>
        await change.One($"select id from {table} limit 1 offset {rows}", row => row.Text()) is not null;

    /// <summary>
    /// The declared indexes and those that references and rules need: records that refer to one are found when it is
    /// deleted, and lists of one's own, or of a workspace, do not read the whole tenant.
    /// </summary>
    public static IEnumerable<CollectionIndex> All(Collection collection)
    {
        foreach (var index in collection.Indexes) yield return index;
        var needed = collection.References.Select(r => r.Field).ToList();
        if (Mentions("owner")) needed.Add(SystemColumns.OwnerId);
        if (collection.Workspaces is not WorkspaceUse.None) needed.Add(SystemColumns.WorkspaceId);
        foreach (var column in needed)
        {
            if (collection.Indexes.Any(i => i.Columns[0].Name == column)) continue;
            yield return new CollectionIndex([new IndexColumn(column, Descending: false)], Unique: false);
        }

        bool Mentions(string word) =>
            collection.Rules.List?.Contains(word, StringComparison.Ordinal) is true
            || collection.Rules.Read?.Contains(word, StringComparison.Ordinal) is true;
    }

    /// <summary>Nulls are the smallest, which SQLite's indexes take for granted and PostgreSQL's do not.</summary>
    private Raw Direction(bool descending) => new((isPostgres, descending) switch
    {
        (true, false) => " nulls first",
        (true, true) => " desc nulls last",
        (false, true) => " desc",
        _ => "",
    });

    private Raw Type(Field field) => field switch
    {
        { Secret: true } => new Raw(isPostgres ? "bytea" : "blob"),
        { Type: FieldType.String } => Text,
        { Type: FieldType.Integer or FieldType.Timestamp } => Integer,
        { Type: FieldType.Number } => new Raw(isPostgres ? "double precision" : "real"),
        { Type: FieldType.Boolean } => new Raw(isPostgres ? "boolean" : "integer"),
        _ => JsonType,
    };

    private static Sql DefaultOf(Field field) => field.Default.ValueKind is JsonValueKind.Undefined || field.Secret
        ? Sql.Of($"")
        : Sql.Of($" default {new Literal(ColumnValues.Of(field, field.Default))}");
}

/// <summary>A table with what its indexes are named by.</summary>
internal sealed record IndexedTable(long Number, string Collection, TableName Table, long Generation)
{
    public Identifier NameOf(CollectionIndex index) =>
        TableNames.IndexName(Number, Collection, index.Key, Generation);
}
