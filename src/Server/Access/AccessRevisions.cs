using Castellan.Access.Granting;
using Castellan.Kernel;
using Castellan.Tenants;

namespace Castellan.Access;

/// <summary>
/// Numbers every change of what a tenant gives away. Whoever makes one locks the tenant's row first, as those do who
/// change its members: so revisions have no gaps, and nobody who is leaving is given anything.
/// </summary>
internal sealed class AccessRevisions(
    TenantStore tenants, GrantStore store, GrantDirectory directory, TenantStanding standing)
{
    /// <summary>Locks the tenant, numbers the change, and gives what was in force before it.</summary>
    public async ValueTask<Revising> Begin(Change change, TenantScope scope)
    {
        await tenants.Lock(change, scope);
        var before = await GrantDirectory.Load(store, scope.Tenant, change);
        return new Revising(before, await Next(change, scope, before.Revision));
    }

    /// <summary>Locks the tenant and numbers the change, for one that gives nothing to anybody.</summary>
    public async ValueTask<long> Number(Change change, TenantScope scope)
    {
        await tenants.Lock(change, scope);
        return await Next(change, scope);
    }

    /// <summary>As <see cref="Number"/>, for a change that has locked the tenant already.</summary>
    public async ValueTask<long> Next(Change change, TenantScope scope) =>
        await Next(change, scope, await store.Revision(scope.Tenant, change));

    private async ValueTask<long> Next(Change change, TenantScope scope, long last)
    {
        await store.InsertRevision(change, scope, last + 1);
        Forget(change, scope);
        return last + 1;
    }

    /// <summary>Memory forgets the tenant when the change is made, and who is no stranger to it by a grant.</summary>
    public void Forget(Change change, TenantScope scope)
    {
        directory.Forget(change, scope.Tenant);
        standing.Forget(change, scope.Tenant);
    }
}

/// <summary>A change under way: what is in force before it, and the revision that it makes.</summary>
internal sealed record Revising(TenantGrants Before, long Revision);
