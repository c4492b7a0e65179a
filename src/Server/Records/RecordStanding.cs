using System.Collections.Frozen;
using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Records;

/// <summary>
/// Step 2 for calls about records: the app has a contract with this collection, and whoever is not inside of the tenant
/// comes to public rules only. It is asked before a body is read, so that a stranger learns nothing of a collection.
/// </summary>
internal sealed class RecordStanding(ContractDirectory contracts, ContractStore store) : IStanding
{
    /// <summary>The rules that decide each operation: a stranger comes in where any of them is public.</summary>
    private static readonly FrozenDictionary<string, RuleKind[]> Decide = new Dictionary<string, RuleKind[]>
    {
        ["records.list"] = [RuleKind.List],
        ["records.query"] = [RuleKind.List],
        ["records.get"] = [RuleKind.Read],
        ["records.history"] = [RuleKind.Read],
        ["records.create"] = [RuleKind.Create],
        ["records.update"] = [RuleKind.Update],
        ["records.replace"] = [RuleKind.Update],
        ["records.upsert"] = [RuleKind.Create, RuleKind.Update],
        ["records.delete"] = [RuleKind.Delete],
        ["records.restore"] = [RuleKind.Delete],
        ["records.bulk"] = [RuleKind.Create, RuleKind.Update, RuleKind.Delete],
    }.ToFrozenDictionary();

    public ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange)
    {
        if (!invocation.Operation.InTenantOfHeader || invocation.Caller.App is not { } app) return default;
        // Step 5 asks for a credential.
        if (invocation.Caller.Kind is CallerKind.App && !invocation.Operation.TakesApps) return default;
        return inChange ? CheckAgain(invocation, reads) : CheckFirst(invocation, app);
    }

    private async ValueTask<Problem?> CheckFirst(Invocation invocation, AppId app)
    {
        var contract = await contracts.Find(app, invocation.Caller.Environment!);
        invocation.Found = contract;
        var name = invocation.Request.Path("collection");
        var collection = name is null ? null : contract?.Collections.GetValueOrDefault(name);
        if (!IsInside(invocation) && !IsPublic(invocation.Operation, collection))
            return Stranger(invocation);
        if (collection is null) return GateProblems.NotFound.With(Missing(contract, name));
        invocation.Conditions?.Add(ContractStore.IsStill(contract!.Number, contract.Revision));
        return null;
    }

    /// <summary>
    /// The contract that decided is still in force: an apply runs before or after a write, never in between.
    /// </summary>
    private async ValueTask<Problem?> CheckAgain(Invocation invocation, IReads reads)
    {
        if (invocation.Found is not ContractInForce decided) return null;
        if (contracts.IsStill(decided)) return null;
        var scope = new EnvironmentScope(decided.Environment, decided.App);
        var revision = await store.RevisionOf(scope, decided.Number, reads);
        if (revision != decided.Revision) return RecordErrors.ContractChanged.With();
        invocation.Conditions?.Add(ContractStore.IsStill(decided.Number, decided.Revision));
        return null;
    }

    /// <summary>A key that does not hold the operation is no more than the app itself.</summary>
    private static bool IsInside(Invocation invocation) => invocation.Caller switch
    {
        { Kind: CallerKind.Key } key => key.Holds(invocation.Operation.Name),
        { Kind: CallerKind.User, TenantRole: not null } => true,
        // A tenant that has granted it nothing has refused it before.
        { Kind: CallerKind.Agent } => true,
        _ => false,
    };

    private static bool IsPublic(Operation operation, CompiledCollection? collection) =>
        collection is not null && Decide.TryGetValue(operation.Name, out var kinds)
        && kinds.Any(kind => collection.Rules[kind] is { IsPublic: true });

    private static Problem Stranger(Invocation invocation) => invocation.Caller.Kind is CallerKind.Key
        ? GateProblems.PermissionDenied.With($"This key does not hold {invocation.Operation.Name}.")
        : GateProblems.NotFoundFor(invocation.Caller);

    private static string Missing(ContractInForce? contract, string? name) => contract is null
        ? "The app has no contract in this environment."
        : $"'{name}' is no collection of contract version {contract.Version}: it has "
            + $"{string.Join(", ", contract.Contract.Collections.Select(c => c.Name))}.";
}
