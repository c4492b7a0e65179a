using Castellan.Identity;
using Castellan.Kernel;

namespace Castellan.Tenants.Members;

/// <summary>
/// Every way out of a tenant, and the rule that guards them: a tenant keeps an owner. The caller holds the tenant's
/// lock, so that of two owners who leave at once the second is refused.
/// </summary>
internal sealed class MemberDeparture(MemberStore store, TenantStore tenants, IEnumerable<ITenantData> data)
    : IUserDeparture
{
    public IReadOnlyList<ProblemType> Problems { get; } = [TenantErrors.LastOwner];

    /// <summary>Refuses where the membership is the tenant's last with the role owner.</summary>
    public async ValueTask RequireOwnerBeside(Change change, TenantScope scope, Membership leaving)
    {
        if (leaving.Role is TenantRole.Owner && !await store.HasOwner(change, scope, beside: leaving.Id))
            throw new Refusal(TenantErrors.LastOwner);
    }

    /// <summary>Removes the membership and says so; the audit entry is the operation's.</summary>
    public async ValueTask Remove(Change change, TenantScope scope, Membership leaving)
    {
        await RequireOwnerBeside(change, scope, leaving);
        await Delete(change, scope, leaving);
    }

    /// <summary>
    /// Removes a user from every tenant of the environment, as deleting the user asks for. Refuses where one would lose
    /// its last owner, unless that tenant is deleted itself.
    /// <para>The user's row is locked, so no tenant is joined meanwhile. Roles may change until the tenant is locked
    /// too, so they are read after that.</para>
    /// </summary>
    public async ValueTask Depart(Change change, EnvironmentScope scope, UserId user)
    {
        foreach (var id in await store.ListTenantsOf(change, scope, user))
        {
            var within = new TenantScope(scope.Environment, id, null, scope.App);
            if (await tenants.TryLock(change, within) is not { } tenant) continue;
            foreach (var membership in (await store.ListOf(change, within, user)).Select(member => member.Membership))
            {
                if (tenant.DeletedAt is null) await RequireOwnerBeside(change, within, membership);
                await Delete(change, within, membership);
            }
        }
    }

    private async ValueTask Delete(Change change, TenantScope scope, Membership leaving)
    {
        await store.Delete(change, scope, leaving);
        change.Emit("member.removed", leaving.Target, leaving.Snapshot(), scope.Tenant);
        if (leaving.WorkspaceId is not null) return;
        foreach (var kept in data) await kept.Depart(change, scope, leaving.UserId);
    }
}
