using Castellan.Kernel;

namespace Castellan.Tenants;

/// <summary>
/// Operators suspend a tenant: everybody's calls on it are refused, in all apps, and nothing is lost.
/// </summary>
internal sealed class SuspensionEndpoints(TenantStore store, TenantStanding standing, Stops stops) : IEndpoints
{
    /// <summary>What a suspended tenant still has; whose it is, its grants say.</summary>
    public const string Reinstates = "tenants.reinstate";

    private const string Route = "/v1/tenants/{tenant}";

    private static readonly Grant Keepers = Grant.Operator(OperatorRole.Admin, OperatorRole.Support);

    public IEnumerable<Operation> Operations() =>
    [
        new Write<ActOnTenant, Tenant>(
            "tenants.suspend", "POST", Route + "/suspend", ActOnTenant.Bind, Suspend, TenantsJson.Wire.Tenant)
        {
            Summary = "Refuse all calls on a tenant, of its people and of apps, until reinstated. Nothing is lost.",
            Grants = [Keepers], Urgent = true, Problems = [StopProblems.StopRefused],
        },
        new Write<ActOnTenant, Tenant>(
            Reinstates, "POST", Route + "/reinstate", ActOnTenant.Bind, Reinstate, TenantsJson.Wire.Tenant)
        {
            Summary = "Let a suspended tenant's people and apps in again.",
            Grants = [Keepers], AllowedWhenFrozen = true, Problems = [StopProblems.StopRefused],
        },
    ];

    private ValueTask<Tenant> Suspend(WriteCall<ActOnTenant, Tenant> call) => call.Change(async change =>
    {
        var before = await store.Lock(change, call.Tenant);
        if (before.Stop is { } present)
            throw StopProblems.NotNow("The tenant", present, "End it with tenants.reinstate; once is enough.");
        var stop = Stop.Of(change, StopKind.Suspended, call.Input.Reason);
        var after = await Save(change, call, "tenant.suspended", before, before with
        {
            Stop = stop,
            SuspendedAt = stop.Since,
        });
        await stops.Tell(change, after.Target, stop);
        return after;
    });

    private ValueTask<Tenant> Reinstate(WriteCall<ActOnTenant, Tenant> call) => call.Change(async change =>
    {
        var before = await store.Lock(change, call.Tenant);
        if (before.Stop is null)
        {
            throw StopProblems.NotNow("The tenant", stop: null,
                "Nothing is to be done. A tenant that was deleted comes back with tenants.restore, within its grace.");
        }
        return await Save(change, call, "tenant.reinstated", before, before with
        {
            Stop = null,
            SuspendedAt = null,
        });
    });

    private async ValueTask<Tenant> Save(
        Change change, Call<ActOnTenant> call, string fact, Tenant before, Tenant changed)
    {
        call.Request.RequireMatch(before);
        var after = changed with { UpdatedAt = change.Now, Version = before.Version + 1 };
        await store.Update(change, call.Tenant, after);
        standing.Forget(change, after.Id);
        change.Audit(after.Target, before.Snapshot(), after.Snapshot(), call.Input.Reason);
        change.Emit(fact, after.Target, after.Snapshot());
        return after;
    }
}
