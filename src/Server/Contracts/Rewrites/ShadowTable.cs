using Castellan.Contracts.Tables;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Rewrites;

/// <summary>
/// Fills the table that will take another one's place: records are copied in the order of their keys, and once more
/// where they have changed since.
/// </summary>
internal sealed class ShadowTable(TableNames names)
{
    /// <summary>Records of one transaction: some milliseconds of the writer.</summary>
    public const int Chunk = 200;

    /// <summary>Copies the next records; gives the key of the last, or null at the end.</summary>
    public async ValueTask<((string Tenant, string Id)? Last, int Count)> CopyNext(
        ITransaction transaction, Rewrite rewrite, Collection before, Collection after)
    {
        var from = names.Records(rewrite.Number, rewrite.Collection);
        var keys = await transaction.Many(
            $"""
            select tenant_id, id from {from} where (tenant_id, id) > ({rewrite.After.Tenant}, {rewrite.After.Id})
            order by tenant_id, id limit {(long)Chunk}
            """,
            row => (Tenant: row.Text(), Id: row.Text()));
        if (keys.Count == 0) return (null, 0);
        var last = keys[^1];
        await Copy(transaction, rewrite, (before, after), $"""
            (tenant_id, id) > ({rewrite.After.Tenant}, {rewrite.After.Id})
                and (tenant_id, id) <= ({last.Tenant}, {last.Id})
            """);
        return (last, keys.Count);
    }

    /// <summary>Brings records that have changed to what they are now; those that are gone go.</summary>
    public async ValueTask<int> CopyChanged(
        ITransaction transaction, Rewrite rewrite, Collection before, Collection after, int limit)
    {
        var changed = await RewriteStore.TakeChanged(transaction, rewrite, limit);
        var to = names.Shadow(rewrite.Number, rewrite.Collection);
        foreach (var (tenant, id) in changed)
        {
            await transaction.Run($"delete from {to} where tenant_id = {tenant} and id = {id}");
            await Copy(transaction, rewrite, (before, after), $"tenant_id = {tenant} and id = {id}");
        }
        return changed.Count;
    }

    private async ValueTask Copy(
        ITransaction transaction, Rewrite rewrite, (Collection Before, Collection After) shapes, Sql which)
    {
        var from = names.Records(rewrite.Number, rewrite.Collection);
        var to = names.Shadow(rewrite.Number, rewrite.Collection);
        Sql target = $"";
        Sql source = $"";
        var converted = new List<(Field From, Field To)>();
        foreach (var field in shapes.After.Fields)
        {
            var was = shapes.Before.Find(field.Name);
            if (was is null && field.Default.ValueKind is System.Text.Json.JsonValueKind.Undefined) continue;
            if (was is not null && was.Type != field.Type)
            {
                converted.Add((was, field));
                continue;
            }
            target = $"{target}, {field.Column}";
            source = was is null
                ? Sql.Of($"{source}, {ColumnValues.Of(field, field.Default)}")
                : Sql.Of($"{source}, {field.Column}");
        }
        var system = new Raw(
            "tenant_id, id, workspace_id, owner_id, version, created_at, updated_at, deleted_at, actor, run");
        // Only its own key may be there already; a unique key that is violated ends the rewrite.
        await transaction.Run($"""
            insert into {to} ({system}{target}) select {system}{source} from {from} where {which}
            on conflict (tenant_id, id) do nothing
            """);
        foreach (var (field, wanted) in converted) await Convert(transaction, (from, to), (field, wanted), which);
    }

    private static async ValueTask Convert(
        ITransaction transaction, (TableName From, TableName To) tables, (Field From, Field To) fields, Sql which)
    {
        var rows = await transaction.Many(
            $"""
            select tenant_id, id, {fields.From.Column} from {tables.From}
            where {which} and {fields.From.Column} is not null
            """,
            row => (Tenant: row.Text(), Id: row.Text(), Value: ValueConversion.Read(row, fields.From)));
        foreach (var (tenant, id, value) in rows)
        {
            if (ValueConversion.To(fields.To, value) is not { } converted)
                throw new RewriteFailed($"{fields.To.Name} of {id} cannot be converted: it is {value}.");
            await transaction.Queue($"""
                update {tables.To} set {fields.To.Column} = {converted} where tenant_id = {tenant} and id = {id}
                """);
        }
    }
}

/// <summary>A record does not fit what the contract makes of it. The message names it.</summary>
internal sealed class RewriteFailed(string message) : Exception(message);
