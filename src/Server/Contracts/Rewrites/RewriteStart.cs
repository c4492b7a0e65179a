using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Contracts.Rewrites;

/// <summary>Finds the tables that are too large to be altered within one Change, and begins their rewrites.</summary>
internal sealed class RewriteStart(RewriteStore store, CollectionTables tables, TableNames names)
{
    /// <summary>False where nothing has to be rewritten.</summary>
    public async ValueTask<bool> Begin(
        Change change, EnvironmentScope scope, long number, long version, (Contract From, Contract To) contract)
    {
        var begun = false;
        var states = await store.Tables(scope, number, change);
        foreach (var after in contract.To.Collections)
        {
            if (contract.From.Find(after.Name) is not { } before) continue;
            if (!await IsNeeded(change, number, before, after)) continue;
            var shadow = names.Shadow(number, after.Name);
            await tables.Drop(change, shadow);
            await tables.CreateRecords(change, shadow, after);
            var table = new IndexedTable(number, after.Name, shadow, states.GenerationOf(after.Name) + 1);
            foreach (var index in CollectionTables.All(after)) await tables.AddIndex(change, table, index);
            await store.Insert(change, scope, number, after.Name, version);
            begun = true;
        }
        return begun;
    }

    private async ValueTask<bool> IsNeeded(Change change, long number, Collection before, Collection after)
    {
        var table = names.Records(number, after.Name);
        var converts = after.Fields.Any(f =>
            before.Find(f.Name) is { } was && ContractApplication.IsOtherColumn(was, f) && !f.Secret && !was.Secret);
        if (converts && await tables.HasMoreThan(change, table, Limits.ConvertedAtOnce)) return true;
        var known = CollectionTables.All(before).Select(i => i.Key).ToHashSet();
        return CollectionTables.All(after).Any(i => !known.Contains(i.Key))
            && await tables.HasMoreThan(change, table, Limits.IndexedAtOnce);
    }
}
