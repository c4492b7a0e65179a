using Castellan.Kernel;

namespace Castellan.Access.Policies;

/// <summary>Policies end with their tenant or workspace, and who met them is forgotten when he or she leaves.</summary>
internal sealed class PoliciesOfTenants(PolicyStore store, PolicyHitStore hits)
{
    public ValueTask Erase(Change change, TenantScope scope) => store.Erase(change, scope);

    public ValueTask Depart(Change change, TenantScope scope, UserId user) => hits.DeleteOf(change, scope, user);

    public ValueTask<bool> HasInWorkspace(Change change, TenantScope scope) => store.HasInWorkspace(change, scope);

    public ValueTask EndInWorkspace(Change change, TenantScope scope, long revision) =>
        store.EndInWorkspace(change, scope, revision);
}
