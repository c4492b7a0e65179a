using Castellan.Contracts.Tables;
using Castellan.Kernel;

namespace Castellan.Contracts.Dropped;

/// <summary>What contracts have dropped and the database still keeps.</summary>
internal sealed class DroppedEndpoints(
    ContractAccess access, DroppedStore store, TableNames names, ContractsOptions options, Cursors cursors)
    : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Read<ListContracts, ListOf<KeptData>>(
            "contracts.dropped", "GET", ContractEndpoints.Route + "/dropped", ListContracts.Bind, List,
            ContractsJson.Wire.ListOfKeptData)
        {
            Summary = "List what contracts have dropped and the database still keeps, newest first, with its end.",
            Grants = ContractEndpoints.Readers,
        },
    ];

    private async ValueTask<ListOf<KeptData>> List(Call<ListContracts> call)
    {
        var app = call.Input.App;
        await access.Require(call, app);
        return await cursors.Page("contracts.dropped", call.Environment, call.Input.Page, [app.Value],
            async (before, limit) =>
            {
                var kept = await store.List(
                    call.Environment, app, before is null ? long.MaxValue : long.Parse(before), limit, call.Aborted);
                return kept.ConvertAll(one => KeptData.Of(one, names, options));
            },
            kept => kept.Number.ToString());
    }
}
