using Castellan.Access.Granting;
using Castellan.Access.Groups;
using Castellan.Access.Names;
using Castellan.Access.Policies;
using Castellan.Access.Simulation;
using Castellan.Kernel;
using Castellan.Tenants;

namespace Castellan.Access;

/// <summary>
/// What a tenant gives away, and what it forbids, ends with whom and what it was for. The caller holds the tenant's
/// lock.
/// </summary>
internal sealed class AccessOfTenants(
    GrantStore grants, GroupStore groups, NamesOfTenants names, PoliciesOfTenants policies, DecisionStore decisions,
    AccessRevisions revisions)
    : ITenantData
{
    public async ValueTask Erase(Change change, TenantScope scope)
    {
        await policies.Erase(change, scope);
        await grants.Erase(change, scope);
        await names.Erase(change, scope);
        await decisions.Erase(change, scope);
        revisions.Forget(change, scope);
    }

    /// <summary>Grants and policies keep no workspace: they end with it.</summary>
    public ValueTask<string?> FindInWorkspace(Change change, TenantScope scope) => new((string?)null);

    public async ValueTask Depart(Change change, TenantScope scope, UserId user)
    {
        await names.DeleteOf(change, scope, user);
        await decisions.DeleteOf(change, scope, user);
        await policies.Depart(change, scope, user);
        if (!await grants.HasAnything(change, scope, user)) return;
        var revision = await revisions.Next(change, scope);
        await grants.EndOfUser(change, scope, user, revision);
        await groups.EndMember(change, scope, user, revision);
    }

    public async ValueTask CloseWorkspace(Change change, TenantScope scope)
    {
        if (!await grants.HasInWorkspace(change, scope) && !await policies.HasInWorkspace(change, scope)) return;
        var revision = await revisions.Next(change, scope);
        await grants.EndInWorkspace(change, scope, revision);
        await policies.EndInWorkspace(change, scope, revision);
    }
}
