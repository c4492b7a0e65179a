using Castellan.Contracts.Rewrites;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;

namespace Castellan.Contracts;

/// <summary>
/// The contract in force of each app and environment, from memory: compiled once when it is first asked for after an
/// apply, here or on another node. A Change that was decided by the old one does not commit.
/// </summary>
internal sealed class ContractDirectory(
    ContractStore store, RewriteStore rewrites, ContractCompiler compiler, Notices notices)
{
    private readonly SharedMemory<(AppId, string), ContractInForce> contracts =
        notices.Remember<(AppId, string), ContractInForce>(
            "contract", NoticeKeys.Pair(NoticeKeys.Id<AppKind>(), NoticeKeys.Name), capacity: 10_000);

    /// <summary>Null where the app has none in the environment.</summary>
    public ValueTask<ContractInForce?> Find(AppId app, string environment) => contracts.Get(
        (app, environment), (store, rewrites, compiler), static async (key, state) =>
        {
            var scope = new EnvironmentScope(key.Item2, key.Item1);
            if (await state.store.FindCurrent(scope, key.Item1) is not { } version) return null;
            var tables = await state.rewrites.Tables(scope, version.Number);
            return state.compiler.Activate(key.Item1, key.Item2, version, tables);
        });

    /// <summary>True where memory is exact and knows that the contract is in force.</summary>
    public bool IsStill(ContractInForce contract) =>
        contracts.TryGetExact((contract.App, contract.Environment), out var known)
        && known.Revision == contract.Revision;

    public void Forget(Change change, AppId app, string environment) => contracts.Forget(change, (app, environment));
}

/// <summary>
/// A contract that calls are answered by, with its tables' number and its collections ready to serve. Changes of those
/// that are being rewritten are noted.
/// </summary>
internal sealed record ContractInForce(
    AppId App, string Environment, long Number, long Revision, long Version, Contract Contract,
    IReadOnlyDictionary<string, CompiledCollection> Collections, TableStates Tables)
    : IKnowsCollections
{
    public bool HasCollection(string name) => Collections.ContainsKey(name);
}
