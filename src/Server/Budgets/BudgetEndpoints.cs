using Castellan.Kernel;

namespace Castellan.Budgets;

/// <summary>Budgets of an environment, of any subject: kept by operators.</summary>
internal sealed class BudgetEndpoints(BudgetStore store, BudgetKeeping keeping, Cursors cursors) : IEndpoints
{
    private const string Route = "/v1/budgets";
    private const string One = Route + "/{budget}";
    private static readonly Grant Keepers = Grant.Operator(OperatorRole.Admin, OperatorRole.Billing);

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateBudget, Budget>(
            "budgets.create", "POST", Route, CreateBudget.Bind, Create, BudgetsJson.Wire.Budget)
        {
            Summary = "Cap a unit for a subject in a window: the environment, or an app, tenant, user, key or agent.",
            Grants = [Keepers], Status = 201, Problems = [BudgetErrors.LimitReached],
        },
        new Read<ListBudgets, ListOf<Budget>>(
            "budgets.list", "GET", Route, ListBudgets.Bind, List, BudgetsJson.Wire.ListOfBudget)
        {
            Summary = "List budgets with what they have left, of one tenant or subject where it is named.",
            Grants = [Grants.AnyOperator],
        },
        new Read<NameBudget, Budget>("budgets.get", "GET", One, NameBudget.Bind, Get, BudgetsJson.Wire.Budget)
        {
            Summary = "Read a budget: its cap, and what its current window has used, holds and has left.",
            Grants = [Grants.AnyOperator],
        },
        new Write<UpdateBudget, Budget>(
            "budgets.update", "PATCH", One, UpdateBudget.Bind, Update, BudgetsJson.Wire.Budget)
        {
            Summary = "Raise or lower a cap, with a written reason, or change a name or alerts.",
            Grants = [Keepers],
        },
        new Write<NameBudget, Nothing>(
            "budgets.delete", "DELETE", One, NameBudget.Bind, Delete, BudgetsJson.Wire.Nothing)
        {
            Summary = "Delete a budget: what it held is capped no more.",
            Grants = [Keepers], Status = 204, EndsStanding = true,
        },
    ];

    private ValueTask<Budget> Create(WriteCall<CreateBudget, Budget> call) => call.Change(
        change => keeping.Create(change, call.Environment, call.Input, BudgetKeeper.Operator));

    private ValueTask<ListOf<Budget>> List(Call<ListBudgets> call)
    {
        var (page, tenant, subject) = call.Input;
        return cursors.Page("budgets.list", call.Environment, page, [tenant?.Value, subject],
            (after, limit) =>
                store.List(call.Environment, tenant, subject, call.Now, after, limit, call.Aborted),
            budget => budget.Id.Value);
    }

    private async ValueTask<Budget> Get(Call<NameBudget> call) =>
        await store.Find(call.Environment, call.Input.Budget, call.Now, call.Aborted)
        ?? throw new Refusal(GateProblems.NotFound);

    private ValueTask<Budget> Update(WriteCall<UpdateBudget, Budget> call) => call.Change(
        change => keeping.Update(change, call.Environment, within: null, call.Request, call.Input));

    private ValueTask<Nothing> Delete(WriteCall<NameBudget, Nothing> call) => call.Change(
        change => keeping.Delete(change, call.Environment, within: null, call.Request, call.Input.Budget));
}
