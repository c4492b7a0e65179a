using Castellan.Contracts.Dropped;
using Castellan.Contracts.Rewrites;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts;

/// <summary>
/// Carries out the difference of two contracts inside one Change. Every step is instant, or bounded by the rows of a
/// small table; what is dropped is put aside under another name.
/// </summary>
internal sealed class ContractApplication(
    CollectionTables tables, TableNames names, DroppedStore dropped, ExistingRecords existing)
{
    public async ValueTask CarryOut(Change change, long number, Contract from, Contract to, TableStates states)
    {
        await tables.Prepare(change, number);
        foreach (var gone in from.Collections.Where(c => to.Find(c.Name) is null))
        {
            var kept = await dropped.Note(change, number, gone.Name, column: null);
            await tables.PutAside(change, number, gone, states.GenerationOf(gone.Name), kept);
        }
        // All tables before any reference is checked, because references go in circles.
        foreach (var added in to.Collections.Where(c => from.Find(c.Name) is null))
            await tables.Create(change, number, added);
        foreach (var after in to.Collections)
        {
            if (from.Find(after.Name) is not { } before) continue;
            // A rewrite has made its columns and indexes already.
            if (states.Rewriting.Contains(after.Name)) await Check(change, number, before, after);
            else await Alter(change, Table(number, after.Name, states), before, after);
        }
    }

    private IndexedTable Table(long number, string collection, TableStates states) =>
        new(number, collection, names.Records(number, collection), states.GenerationOf(collection));

    private async ValueTask Check(Change change, long number, Collection before, Collection after)
    {
        await existing.RequireReferences(change, number, before, after);
        await existing.RequireWorkspaces(change, number, before, after);
    }

    private async ValueTask Alter(Change change, IndexedTable table, Collection before, Collection after)
    {
        var number = table.Number;
        var (old, wanted) = (CollectionTables.All(before).ToList(), CollectionTables.All(after).ToList());
        // What is converted is indexed anew.
        var converted = after.Fields.Where(f => before.Find(f.Name) is { } was && IsOtherColumn(was, f)).ToList();
        bool Stays(CollectionIndex index) =>
            old.Any(i => i.Key == index.Key) && wanted.Any(i => i.Key == index.Key)
            && !index.Columns.Any(c => converted.Any(f => f.Name == c.Name));
        foreach (var index in old.Where(i => !Stays(i))) await tables.DropIndex(change, table, index);
        await Columns(change, number, before, after);
        await Check(change, number, before, after);
        foreach (var index in wanted.Where(i => !Stays(i)))
        {
            if (index.Unique) await existing.RequireUnique(change, number, after, index);
            await tables.AddIndex(change, table, index);
        }
    }

    private async ValueTask Columns(Change change, long number, Collection before, Collection after)
    {
        var table = names.Records(number, after.Name);
        foreach (var gone in before.Fields.Where(f => after.Find(f.Name) is null))
            await PutAside(change, number, after.Name, table, gone);
        foreach (var field in after.Fields)
        {
            if (before.Find(field.Name) is not { } was)
            {
                await existing.RequireValues(change, table, after, field);
                await tables.AddColumn(change, table, field);
            }
            else if (IsOtherColumn(was, field))
            {
                var kept = await PutAside(change, number, after.Name, table, was);
                await tables.AddColumn(change, table, field with { Default = default });
                await existing.Convert(change, table, (was, kept), field);
            }
        }
    }

    private async ValueTask<Identifier> PutAside(
        Change change, long number, string collection, TableName table, Field field)
    {
        var kept = new Identifier(await dropped.Note(change, number, collection, field.Name));
        await tables.PutAside(change, table, field, kept);
        return kept;
    }

    public static bool IsOtherColumn(Field before, Field after) =>
        before.Type != after.Type || before.Secret != after.Secret;
}
