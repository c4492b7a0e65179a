using Castellan.Installation.Environments;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Platform.Storage;

namespace Castellan.Installation;

/// <summary>
/// The environments of this installation: full partitions of users, tenants, records, keys, usage and audit. A frozen
/// one is read-only and a killed one refused, from the next request on.
/// </summary>
internal sealed class EnvironmentDirectory(EnvironmentStore store, Notices notices) : IStanding
{
    public const string Sandbox = "sandbox";
    public const string Live = "live";

    private static readonly InstallationScope Scope = new();

    private readonly SharedMemory<string, DataEnvironment> memory =
        notices.Remember<string, DataEnvironment>("environment", NoticeKeys.Name);

    private HashSet<string> names = [Sandbox, Live];

    public IReadOnlyCollection<string> Names => names;

    public bool Exists(string name) => names.Contains(name);

    public async ValueTask Load(CancellationToken ct) =>
        names = [.. (await store.List(Scope, ct)).Select(environment => environment.Id)];

    public async ValueTask<EnvironmentState> StateOf(string name) =>
        (await Find(name))?.State ?? EnvironmentState.Active;

    public void Forget(Change change, string name) => memory.Forget(change, name);

    public ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange)
    {
        if (CheckName(invocation) is { } problem) return new(problem);
        var caller = invocation.Caller;
        // Workers keep house meanwhile.
        if (caller is not { Environment: { } own, Kind: not CallerKind.System }) return default;
        // Of operators only what they do to the environment's data: the installation is never stopped.
        if (caller.Kind is CallerKind.Operator && invocation.Operation is not { OnInstallation: false, Writes: true })
            return default;
        return (inChange ? memory.TryGetExact(own, out var known) : memory.TryGet(own, out known))
            ? new(Judge(invocation, known))
            : CheckByRead(invocation, own, reads, inChange);
    }

    /// <summary>
    /// A credential belongs to one environment; a request that names another is an error, never a switch. An operator's
    /// belongs to none, so that each call says whose data it means.
    /// </summary>
    private Problem? CheckName(Invocation invocation)
    {
        var caller = invocation.Caller;
        var named = invocation.Request.Environment;
        if (named is null)
            return caller is { Kind: CallerKind.Operator, Environment: null } && invocation.Operation.NeedsEnvironment
                ? GateProblems.EnvironmentRequired.With()
                : null;
        if (!Exists(named)) return GateProblems.EnvironmentRequired.With($"There is no environment '{named}'.");
        if (caller.Kind is CallerKind.Operator or CallerKind.Nobody || caller.Environment == named) return null;
        return GateProblems.EnvironmentMismatch.With();
    }

    private async ValueTask<Problem?> CheckByRead(Invocation invocation, string own, IReads reads, bool inChange)
    {
        var found = inChange ? await store.Find(Scope, own, reads) : await Find(own);
        return found is null ? GateProblems.CredentialInvalid.With() : Judge(invocation, found);
    }

    private ValueTask<DataEnvironment?> Find(string name) =>
        memory.Get(name, store, static (name, store) => store.Find(Scope, name));

    private static Problem? Judge(Invocation invocation, DataEnvironment environment)
    {
        var operation = invocation.Operation;
        // Operators look at what is stopped, and stop and help people in it.
        var mayAct = invocation.Caller.Kind is CallerKind.Operator && (operation.Urgent || operation.AllowedWhenFrozen);
        if (environment.State is EnvironmentState.Killed && !mayAct) return StopProblems.EnvironmentKilled.With();
        if (environment.State is EnvironmentState.Frozen && operation is { Writes: true, AllowedWhenFrozen: false }
            && !mayAct)
        {
            return StopProblems.EnvironmentFrozen.With();
        }
        invocation.Conditions?.Add(EnvironmentStore.IsStill(Scope, environment.Id, environment.Stop?.How));
        return null;
    }
}
