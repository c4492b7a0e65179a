using System.Text.Json;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts;

/// <summary>
/// What a contract asks of the records that are there already. Where one does not fit, the refusal names it; nothing
/// was changed then.
/// </summary>
internal sealed class ExistingRecords(TableNames names)
{
    /// <summary>A property that every write must have needs a value on the records that are there.</summary>
    public async ValueTask RequireValues(Change change, TableName table, Collection collection, Field field)
    {
        if (!field.Required || field.Default.ValueKind is not JsonValueKind.Undefined) return;
        if (await AnyOf(change, $"select id from {table} limit 1") is { } id)
        {
            throw Refused($"{field.Name} is new and required, and {collection.Name} has records, such as {id}. "
                + "Give the property a default, or require it later.");
        }
    }

    public async ValueTask RequireWorkspaces(Change change, long number, Collection before, Collection after)
    {
        if (after.Workspaces is not WorkspaceUse.Required || before.Workspaces is WorkspaceUse.Required) return;
        var table = names.Records(number, after.Name);
        if (await AnyOf(change, $"select id from {table} where workspace_id is null limit 1") is { } id)
            throw Refused($"{id} of {after.Name} lies in no workspace. Keep \"workspace\": \"optional\".");
    }

    public async ValueTask RequireReferences(Change change, long number, Collection before, Collection after)
    {
        foreach (var reference in after.References)
        {
            if (before.ReferenceOf(reference.Field) is { } was && was.Collection == reference.Collection) continue;
            // A property that is declared with its reference has no values yet.
            if (before.Find(reference.Field) is null) continue;
            var (from, to) = (names.Records(number, after.Name), names.Records(number, reference.Collection));
            var column = new Identifier(reference.Field);
            if (await AnyOf(change, $"""
                select r.id from {from} r where r.{column} is not null and not exists
                    (select 1 from {to} t where t.tenant_id = r.tenant_id and t.id = r.{column}) limit 1
                """) is { } id)
            {
                throw Refused($"{reference.Field} of {id} of {after.Name} is the id of no record of "
                    + $"{reference.Collection}. Correct or empty it first.");
            }
        }
    }

    public async ValueTask RequireUnique(Change change, long number, Collection collection, CollectionIndex index)
    {
        Sql columns = $"tenant_id";
        Sql present = $"deleted_at is null";
        foreach (var column in index.Columns.Select(c => new Identifier(c.Name)))
        {
            columns = $"{columns}, {column}";
            present = $"{present} and {column} is not null";
        }
        var table = names.Records(number, collection.Name);
        if (await AnyOf(change, $"""
            select min(id) from {table} where {present} group by {columns} having count(*) > 1 limit 1
            """) is { } id)
        {
            throw Refused($"{string.Join(", ", index.Columns)} of {collection.Name} is not unique: {id} shares its "
                + "values with another record of its tenant. Change one of them first.");
        }
    }

    /// <summary>Fills a property of another type from the values that were put aside.</summary>
    public async ValueTask Convert(Change change, TableName table, (Field Field, Identifier Column) from, Field to)
    {
        if (from.Field.Secret || to.Secret)
        {
            if (await AnyOf(change, $"select id from {table} limit 1") is null) return;
            throw Refused($"{to.Name} cannot become secret, or plain, while there are records. Declare another "
                + "property, copy the values over, then drop this one.");
        }
        var last = ("", "");
        while (await Chunk(change, table, from, last) is { Count: > 0 } rows)
        {
            foreach (var (tenant, id, value) in rows)
            {
                if (ValueConversion.To(to, value) is not { } converted)
                    throw Refused($"{to.Name} of {id} cannot be converted: it is {value}. Correct it first.");
                await change.Queue($"""
                    update {table} set {to.Column} = {converted} where tenant_id = {tenant} and id = {id}
                    """);
            }
            last = (rows[^1].Tenant, rows[^1].Id);
        }
    }

    private static ValueTask<List<(string Tenant, string Id, string Value)>> Chunk(
        Change change, TableName table, (Field Field, Identifier Column) from, (string Tenant, string Id) after) =>
        change.Many(
            $"""
            select tenant_id, id, {from.Column} from {table}
            where {from.Column} is not null and (tenant_id, id) > ({after.Tenant}, {after.Id})
            order by tenant_id, id limit 500
            """,
            row => (row.Text(), row.Text(), ValueConversion.Read(row, from.Field)));

    private static ValueTask<string?> AnyOf(Change change, Sql sql) => change.One(sql, row => row.Text());

    private static Refusal Refused(string detail) => new(ContractErrors.DataInTheWay, detail);
}
