using Castellan.Kernel;
using Castellan.Tenants;

namespace Castellan.Budgets;

/// <summary>
/// Budgets inside a tenant: its admins keep their own, and its members see also those that operators have set for it.
/// </summary>
internal sealed class TenantBudgetEndpoints(BudgetStore store, BudgetKeeping keeping, Cursors cursors) : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/budgets";
    private const string One = Route + "/{budget}";
    private static readonly Grant[] Keepers = [Grant.Tenant(TenantRole.Admin)];
    private static readonly Grant[] Readers = [Grant.Tenant(TenantRole.Viewer), Grant.Key];

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateBudget, Budget>(
            "tenants.budgets.create", "POST", Route, CreateBudget.BindInTenant, Create, BudgetsJson.Wire.Budget)
        {
            Summary = "Cap a unit in a tenant, for all of it or for an app, user, key or agent there.",
            Grants = Keepers, Status = 201, Uncounted = true, Problems = [BudgetErrors.LimitReached],
        },
        new Read<ListInTenant, ListOf<Budget>>(
            "tenants.budgets.list", "GET", Route, ListInTenant.Bind, List, BudgetsJson.Wire.ListOfBudget)
        {
            Summary = "List a tenant's budgets with what they have left, also those that operators keep.",
            Grants = Readers, Uncounted = true,
        },
        new Read<NameBudget, Budget>(
            "tenants.budgets.get", "GET", One, NameBudget.BindInTenant, Get, BudgetsJson.Wire.Budget)
        {
            Summary = "Read a tenant's budget: its cap, and what its current window has used, holds and has left.",
            Grants = Readers, Uncounted = true,
        },
        new Write<UpdateBudget, Budget>(
            "tenants.budgets.update", "PATCH", One, UpdateBudget.BindInTenant, Update, BudgetsJson.Wire.Budget)
        {
            Summary = "Raise or lower a cap that the tenant keeps, with a written reason, or change a name or alerts.",
            Grants = Keepers, Uncounted = true, Problems = [BudgetErrors.KeptByOperator],
        },
        new Write<NameBudget, Nothing>(
            "tenants.budgets.delete", "DELETE", One, NameBudget.BindInTenant, Delete, BudgetsJson.Wire.Nothing)
        {
            Summary = "Delete a budget that the tenant keeps.", Status = 204, EndsStanding = true,
            Grants = Keepers, Uncounted = true, Problems = [BudgetErrors.KeptByOperator],
        },
    ];

    private ValueTask<Budget> Create(WriteCall<CreateBudget, Budget> call) => call.Change(
        change => keeping.Create(change, call.Environment, call.Input, BudgetKeeper.Tenant));

    private ValueTask<ListOf<Budget>> List(Call<ListInTenant> call) => cursors.Page(
        "tenants.budgets.list", call.Tenant, call.Input.Page, [],
        (after, limit) => store.List(call.Tenant, call.Now, after, limit, call.Aborted), budget => budget.Id.Value);

    private async ValueTask<Budget> Get(Call<NameBudget> call) =>
        await store.Find(call.Tenant, call.Input.Budget, call.Now, call.Aborted)
        ?? throw new Refusal(GateProblems.NotFound);

    private ValueTask<Budget> Update(WriteCall<UpdateBudget, Budget> call) => call.Change(
        change => keeping.Update(change, call.Environment, call.Tenant.Tenant, call.Request, call.Input));

    private ValueTask<Nothing> Delete(WriteCall<NameBudget, Nothing> call) => call.Change(
        change => keeping.Delete(change, call.Environment, call.Tenant.Tenant, call.Request, call.Input.Budget));
}
