using Castellan.Contracts;
using Castellan.Contracts.Dropped;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tenants;

namespace Castellan.Records;

/// <summary>
/// Erases a tenant's records in every collection of every app of its environment, with their history, and also where a
/// contract has dropped the collection and its data wait for the end of their grace.
/// </summary>
internal sealed class RecordErasure(
    ContractStore contracts, DroppedStore dropped, CollectionTables tables, TableNames names)
    : ITenantData
{
    public async ValueTask Erase(Change change, TenantScope scope)
    {
        var environment = new EnvironmentScope(scope.Environment, App: null);
        foreach (var version in await contracts.ListCurrent(environment, change))
        {
            foreach (var collection in ContractCompiler.Trusted(version).Collections)
            {
                await Erase(change, scope, names.Records(version.Number, collection.Name));
                await Erase(change, scope, names.History(version.Number, collection.Name));
            }
        }
        foreach (var kept in await dropped.ListCollections(environment, change))
        {
            await Erase(change, scope, names.Kept(kept.Number, kept.KeptAs));
            // One that a rewrite has replaced has left its history to its successor.
            var history = names.Kept(kept.Number, kept.KeptAs + DroppedData.HistorySuffix);
            if (await tables.HasColumn(history, new Identifier("id"), change)) await Erase(change, scope, history);
        }
        await change.Queue($"delete from member_app_role where tenant_id = {scope.Tenant}");
    }

    private static async ValueTask Erase(Change change, TenantScope scope, TableName table) =>
        await change.Queue($"delete from {table} where tenant_id = {scope.Tenant}");
}
