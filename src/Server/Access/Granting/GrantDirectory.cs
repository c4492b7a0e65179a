using Castellan.Access.Policies;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Platform.Storage;

namespace Castellan.Access.Granting;

/// <summary>
/// What each tenant gives away and forbids, from memory. Where other nodes may write, what it said is a condition of a
/// Change.
/// </summary>
internal sealed class GrantDirectory(GrantStore store, IDatabase database, Notices notices)
{
    private const int TenantsMax = 20_000;

    /// <summary>Tries for one reading that no change has crossed.</summary>
    private const int LoadsMax = 3;

    private readonly SharedMemory<TenantId, TenantGrants> memory =
        notices.Remember<TenantId, TenantGrants>("grants", NoticeKeys.Id<TenantKind>(), TenantsMax);

    /// <summary>At once where memory knows them.</summary>
    public ValueTask<TenantGrants> Find(TenantId tenant) => memory.TryGet(tenant, out var known)
        ? new ValueTask<TenantGrants>(known)
        : FindInStore(tenant);

    public void Forget(Change change, TenantId tenant) => memory.Forget(change, tenant);

    /// <summary>
    /// As stored; inside a Change, through it. Reads that another node's change has crossed are made again, so that all
    /// are of one revision.
    /// </summary>
    public static async ValueTask<TenantGrants> Load(
        GrantStore store, TenantId tenant, IReads reads, long? at = null, bool whole = false)
    {
        for (var attempt = 1; ; attempt++)
        {
            var revision = await store.Revision(tenant, reads);
            if (revision == 0) return new TenantGrants(0, [], [], [], []);
            var grants = await store.ListAt(tenant, at, reads);
            var policies = await PolicyStore.ListAt(tenant, at, reads);
            // Who is in which group means nothing where nothing is granted or forbidden, but to who thinks of it.
            if (grants.Count == 0 && policies.Count == 0 && !whole)
                return new TenantGrants(at ?? revision, [], [], [], []);
            var roles = await store.ListRolePermissionsAt(tenant, at, reads);
            var members = await store.ListGroupMembersAt(tenant, at, reads);
            if (at is not null || attempt == LoadsMax || await store.Revision(tenant, reads) == revision)
                return new TenantGrants(at ?? revision, grants, roles, members, policies);
        }
    }

    private async ValueTask<TenantGrants> FindInStore(TenantId tenant) => (await memory.Get(
        tenant, (store, database), static async (key, state) => await Load(state.store, key, state.database)))!;
}
