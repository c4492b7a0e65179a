using Castellan.Access.Granting;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access;

/// <summary>
/// A Change that rests on grants commits only while they are in force: read inside of it on SQLite, and where a
/// condition of it was lost on PostgreSQL.
/// </summary>
internal sealed class AccessStanding : IStanding
{
    public ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange) =>
        inChange && invocation.Held is { Count: > 0 } held ? CheckAgain(invocation, held, reads) : default;

    private static async ValueTask<Problem?> CheckAgain(Invocation invocation, List<HeldGrant> held, IReads reads)
    {
        foreach (var grant in held)
        {
            if (!await GrantStore.Holds(reads, grant, invocation.Now))
                return GateProblems.PermissionDenied.With("The grant that this rests on has ended in this moment.");
            invocation.Conditions?.Add(GrantStore.IsStill(grant, invocation.Now));
        }
        return null;
    }
}
