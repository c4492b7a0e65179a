using Castellan.Budgets.Alerts;
using Castellan.Budgets.Leases;
using Castellan.Kernel;

namespace Castellan.Budgets;

/// <summary>
/// How budgets are made and changed, by operators for any subject, and by a tenant inside of it.
/// </summary>
internal sealed class BudgetKeeping(
    BudgetStore store, BudgetOptions options, CountedBudgets counted, BudgetAlerts alerts)
{
    private static readonly int[] UsualAlerts = [50, 80, 100];

    public async ValueTask<Budget> Create(
        Change change, EnvironmentScope scope, CreateBudget input, BudgetKeeper keeper)
    {
        BudgetInputs.RequireCurrency(input.Unit, input.Currency);
        var (kind, id, tenant) = await RequireSubject(change, scope, input);
        if (tenant is not null && await store.HasAsMany(change, scope, tenant, options.PerTenantMax))
            throw new Refusal(BudgetErrors.LimitReached, $"A tenant may have {options.PerTenantMax} budgets.");
        if (await store.HasAsMany(change, scope, null, options.PerEnvironmentMax))
            throw new Refusal(BudgetErrors.LimitReached, $"An environment may have {options.PerEnvironmentMax}.");
        var budget = new Budget(
            BudgetId.New(change.Now), scope.Environment, tenant, kind, id, input.Unit, input.Currency, input.Window,
            input.Cap, input.Name, input.Alerts ?? UsualAlerts, keeper, change.Now, change.Now, Version: 1);
        await store.Insert(change, scope, budget);
        Record(change, "budget.created", Snapshot.None, budget, budget.Snapshot(), input.Reason);
        return budget.With(null, change.Now);
    }

    /// <summary>A cap below what is used pauses at once: nothing more is held.</summary>
    public async ValueTask<Budget> Update(
        Change change, EnvironmentScope scope, TenantId? within, GateRequest request, UpdateBudget input)
    {
        var before = await Lock(change, scope, within, request, input.Budget);
        var after = before with
        {
            Name = input.Name ?? before.Name,
            Cap = input.Cap ?? before.Cap,
            Alerts = input.Alerts ?? before.Alerts,
            UpdatedAt = change.Now,
            Version = before.Version + 1,
        };
        await store.Update(change, scope, after);
        Record(change, "budget.updated", before.Snapshot(), after, after.Snapshot(), input.Reason);
        var window = BudgetWindows.StartOf(after.Window, change.Now);
        var state = await WindowStore.Find(change, after.Id, window);
        if (state is not null) await alerts.Raise(change, after, window, state);
        return after.With(state, change.Now);
    }

    public async ValueTask<Nothing> Delete(
        Change change, EnvironmentScope scope, TenantId? within, GateRequest request, BudgetId id)
    {
        var before = await Lock(change, scope, within, request, id);
        await store.Delete(change, scope, id);
        Record(change, "budget.deleted", before.Snapshot(), before, Snapshot.None, reason: null);
        return Nothing.Value;
    }

    /// <summary>A tenant does not know of budgets that are not its, and leaves those of operators alone.</summary>
    private async ValueTask<Budget> Lock(
        Change change, EnvironmentScope scope, TenantId? within, GateRequest request, BudgetId id)
    {
        var before = await store.Lock(change, scope, id);
        if (before is null || (within is not null && before.TenantId != within))
            throw new Refusal(GateProblems.NotFound);
        if (within is not null && before.KeptBy is BudgetKeeper.Operator)
            throw new Refusal(BudgetErrors.KeptByOperator);
        request.RequireMatch(before);
        return before;
    }

    private async ValueTask<(BudgetSubject Kind, string Id, TenantId? Tenant)> RequireSubject(
        Change change, EnvironmentScope scope, CreateBudget input)
    {
        var tenant = input.Tenant;
        var kind = input.Subject ?? (tenant is null ? BudgetSubject.Environment : BudgetSubject.Tenant);
        // What is counted for a tenant is counted in it.
        if (kind is BudgetSubject.Tenant && tenant is null && TenantId.TryParse(input.SubjectId, out var named))
            tenant = named;
        var id = input.SubjectId ?? kind switch
        {
            BudgetSubject.Environment => scope.Environment,
            BudgetSubject.Tenant when tenant is { } own => own.Value,
            _ => throw BudgetInputs.Refused("/subject_id", "required", "The subject is not named.", "Send its id."),
        };
        if (kind is BudgetSubject.Environment && input.Tenant is not null)
        {
            throw BudgetInputs.Refused("/subject", "beyond_tenant", "An environment is more than a tenant.",
                "Send tenant, or leave it out.");
        }
        if (tenant is { } ofTenant && !await store.HasSubject(
            change, scope, null, BudgetSubject.Tenant, ofTenant.Value))
        {
            throw BudgetInputs.Refused("/tenant_id", "not_there", "There is no such tenant in this environment.",
                "Name a tenant of tenants.list.");
        }
        var isOther = kind is BudgetSubject.Tenant && tenant is { } one && id != one.Value;
        if (isOther || !await store.HasSubject(change, scope, tenant, kind, id))
        {
            throw BudgetInputs.Refused("/subject_id", "not_there", $"There is no such {Wire.Name(kind)} here.",
                "Name one of this environment, and of the tenant where one is named.");
        }
        return (kind, id, tenant);
    }

    private void Record(
        Change change, string fact, Snapshot before, Budget budget, Snapshot after, string? reason)
    {
        counted.Forget(change, budget.Environment);
        change.Audit(budget.Target, before, after, reason, budget.TenantId);
        change.Emit(fact, budget.Target, budget.Snapshot(), budget.TenantId);
    }
}
