using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Installation;

/// <summary>
/// The environments of this installation: full partitions of users, tenants, records, keys, usage and audit.
/// </summary>
internal sealed class EnvironmentDirectory(IDatabase database) : IStanding
{
    public const string Sandbox = "sandbox";
    public const string Live = "live";

    private HashSet<string> names = [Sandbox, Live];

    public IReadOnlyCollection<string> Names => names;

    public bool Exists(string name) => names.Contains(name);

    public async ValueTask Load(CancellationToken ct) =>
        names = [.. await database.Many($"select id from environment order by id", row => row.Text(), ct)];

    /// <summary>
    /// A credential belongs to one environment; a request that names another is an error, never a switch. An operator's
    /// belongs to none, so that each call says whose data it means.
    /// </summary>
    public ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange)
    {
        var caller = invocation.Caller;
        var named = invocation.Request.Environment;
        if (named is null)
            return caller is { Kind: CallerKind.Operator, Environment: null } && invocation.Operation.NeedsEnvironment
                ? new(GateProblems.EnvironmentRequired.With())
                : default;
        if (!Exists(named)) return new(GateProblems.EnvironmentRequired.With($"There is no environment '{named}'."));
        if (caller.Kind is CallerKind.Operator or CallerKind.Nobody || caller.Environment == named) return default;
        return new(GateProblems.EnvironmentMismatch.With());
    }
}
