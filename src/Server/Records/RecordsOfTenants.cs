using Castellan.Contracts;
using Castellan.Contracts.Dropped;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tenants;

namespace Castellan.Records;

/// <summary>
/// A tenant's records in every collection of every app of its environment. They are erased with their history, and also
/// where a contract has dropped the collection and its data wait for the end of their grace.
/// </summary>
internal sealed class RecordsOfTenants(
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

    public async ValueTask<string?> FindInWorkspace(Change change, TenantScope scope)
    {
        var environment = new EnvironmentScope(scope.Environment, App: null);
        foreach (var version in await contracts.ListCurrent(environment, change))
        {
            foreach (var collection in ContractCompiler.Trusted(version).Collections)
            {
                if (collection.Workspaces is WorkspaceUse.None) continue;
                var table = names.Records(version.Number, collection.Name);
                var found = await change.One(
                    $"""
                    select id from {table} where tenant_id = {scope.Tenant} and workspace_id = {scope.Workspace}
                        and deleted_at is null limit 1
                    """,
                    row => row.Text());
                if (found is not null) return $"records of {collection.Name}, such as {found},";
            }
        }
        return null;
    }

    private static async ValueTask Erase(Change change, TenantScope scope, TableName table) =>
        await change.Queue($"delete from {table} where tenant_id = {scope.Tenant}");
}
