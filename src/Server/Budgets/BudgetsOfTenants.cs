using Castellan.Budgets.Leases;
using Castellan.Budgets.Reservations;
using Castellan.Kernel;
using Castellan.Tenants;

namespace Castellan.Budgets;

/// <summary>Budgets and reservations end with their tenant.</summary>
internal sealed class BudgetsOfTenants(
    BudgetStore budgets, ReservationStore reservations, CountedBudgets counted) : ITenantData
{
    public async ValueTask Erase(Change change, TenantScope scope)
    {
        await reservations.Erase(change, scope);
        await budgets.Erase(change, scope);
        counted.Forget(change, scope.Environment);
    }

    public ValueTask<string?> FindInWorkspace(Change change, TenantScope scope) => new((string?)null);
}
