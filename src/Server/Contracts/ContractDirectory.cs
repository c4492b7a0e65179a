using Castellan.Kernel;
using Castellan.Platform.Memory;
using Castellan.Platform.Storage;

namespace Castellan.Contracts;

/// <summary>
/// The contract in force of each app and environment, from memory: compiled once when it is first asked for after an
/// apply. On PostgreSQL another node's apply is seen within a second, and a Change that was decided by the old one does
/// not commit.
/// </summary>
internal sealed class ContractDirectory(
    ContractStore store, ContractCompiler compiler, IDatabase database, TimeProvider time)
{
    private readonly Remembered<(AppId, string), ContractInForce> contracts = new(time, database.MemoryTrust, 10_000);

    /// <summary>Null where the app has none in the environment.</summary>
    public ValueTask<ContractInForce?> Find(AppId app, string environment) => contracts.Get(
        (app, environment), (store, compiler), static async (key, state) =>
        {
            var scope = new EnvironmentScope(key.Item2, key.Item1);
            return await state.store.FindCurrent(scope, key.Item1) is { } version
                ? state.compiler.Trusted(version)
                : null;
        });

    public void Forget(AppId app, string environment) => contracts.Evict((app, environment));
}

/// <summary>A contract that calls are answered by, with its tables' number.</summary>
internal sealed record ContractInForce(long Number, long Version, Contract Contract);
