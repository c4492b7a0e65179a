using Castellan.Access.Granting;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access;

/// <summary>
/// A Change that rests on grants commits only while they are in force: looked at inside of it on SQLite, and where its
/// condition was lost on PostgreSQL. The tenant's revision says that nothing has changed; else each is looked for.
/// </summary>
internal sealed class AccessStanding(GrantStore store) : IStanding
{
    public ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange) =>
        inChange && invocation is { Held: { Count: > 0 } held, Tenant: { } tenant }
            ? CheckAgain(invocation, tenant, held, reads)
            : default;

    private async ValueTask<Problem?> CheckAgain(
        Invocation invocation, TenantId tenant, List<HeldGrant> held, IReads reads)
    {
        var revision = await store.Revision(tenant, reads);
        if (held.Exists(grant => grant.Revision != revision))
        {
            var grants = await GrantDirectory.Load(store, tenant, reads);
            if (!held.TrueForAll(grants.IsStill))
                return GateProblems.PermissionDenied.With("A grant that this rests on has ended in this moment.");
            revision = grants.Revision;
        }
        invocation.Conditions?.Add(GrantStore.IsStill(tenant, revision));
        return null;
    }
}
