namespace Castellan.Client;

/// <summary>A cap on a unit for a subject in a window.</summary>
/// <param name="Id"><c>bud_...</c></param>
/// <param name="Environment">sandbox or live.</param>
/// <param name="TenantId">The tenant in which alone it counts; null is all of them.</param>
/// <param name="Subject">environment, app, tenant, user, key or agent.</param>
/// <param name="SubjectId">The subject's id, or the environment's name.</param>
/// <param name="Unit">requests, records, bytes, messages, tokens or money.</param>
/// <param name="Currency">Of money: its ISO 4217 code. Amounts are in minor units.</param>
/// <param name="Window">hour, day, month (in UTC) or total.</param>
/// <param name="Cap">In the unit.</param>
/// <param name="Name">What alerts call it.</param>
/// <param name="Alerts">Percents of the cap at which is told how far it is used.</param>
/// <param name="KeptBy">operator or tenant.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was changed last.</param>
/// <param name="Version">Counts its changes from 1.</param>
/// <param name="Use">How its current window stands.</param>
public sealed record Budget(
    string Id, string Environment, string? TenantId, string Subject, string SubjectId, string Unit, string? Currency,
    string Window, long Cap, string Name, IReadOnlyList<int> Alerts, string KeptBy, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt, long Version, BudgetUse? Use);

/// <summary>What of a cap is used, in the budget's unit.</summary>
/// <param name="StartsAt">When the window began; null where it has no end.</param>
/// <param name="ResetsAt">When it begins anew; null is never.</param>
/// <param name="Settled">Used for good.</param>
/// <param name="Held">By open reservations, and by parts that nodes of the server spend.</param>
/// <param name="Left">What may still be taken.</param>
/// <param name="Paused">Whether nothing is left.</param>
public sealed record BudgetUse(
    DateTimeOffset? StartsAt, DateTimeOffset? ResetsAt, long Settled, long Held, long Left, bool Paused);

/// <summary>A budget to make.</summary>
/// <param name="Name">At most 100 characters.</param>
/// <param name="Unit">requests, records, bytes, messages, tokens or money.</param>
/// <param name="Window">hour, day, month or total.</param>
/// <param name="Cap">In the unit; money in minor units.</param>
/// <param name="Subject">environment, app, tenant, user, key or agent; null is the environment, or the tenant.</param>
/// <param name="SubjectId">The subject's id; null is the environment, or the tenant.</param>
/// <param name="TenantId">The tenant in which alone it counts.</param>
/// <param name="Currency">Of money alone: its ISO 4217 code.</param>
/// <param name="Alerts">Percents from 10 to 100; null is 50, 80 and 100.</param>
/// <param name="Reason">Kept in the audit log; at most 500 characters.</param>
public sealed record NewBudget(
    string Name, string Unit, string Window, long Cap, string? Subject = null, string? SubjectId = null,
    string? TenantId = null, string? Currency = null, IReadOnlyList<int>? Alerts = null, string? Reason = null);

/// <summary>What to change of a budget; null leaves a member as it is.</summary>
public sealed record BudgetUpdate
{
    /// <summary>At most 100 characters.</summary>
    public string? Name { get; init; }

    /// <summary>Below what is used, it pauses at once. Needs a reason.</summary>
    public long? Cap { get; init; }

    /// <summary>Percents from 10 to 100; none tells of nothing.</summary>
    public IReadOnlyList<int>? Alerts { get; init; }

    /// <summary>Kept in the audit log; at most 500 characters.</summary>
    public string? Reason { get; init; }
}

/// <summary>
/// The operations <c>budgets.*</c> of operators, in the client's environment. Writing needs the role admin or billing.
/// </summary>
public sealed class BudgetOperations
{
    private readonly Transport transport;

    internal BudgetOperations(Transport transport) => this.transport = transport;

    /// <summary><c>budgets.create</c>.</summary>
    public Task<Response<Budget>> Create(NewBudget budget, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, "v1/budgets", budget, ClientJson.Default.NewBudget, ClientJson.Default.Budget, ct);

    /// <summary><c>budgets.list</c>: all, or those of one tenant, or of one subject.</summary>
    public Task<Response<PageOf<Budget>>> List(
        string? tenant = null, string? subject = null, PageRequest? page = null, CancellationToken ct = default) =>
        transport.Get(
            Query.Of("v1/budgets").Add("tenant", tenant).Add("subject", subject).Add(page).ToString(),
            ClientJson.Default.PageOfBudget, ct);

    /// <summary><c>budgets.get</c>.</summary>
    public Task<Response<Budget>> Get(string budget, CancellationToken ct = default) =>
        transport.Get(Path(budget), ClientJson.Default.Budget, ct);

    /// <summary><c>budgets.update</c>.</summary>
    public Task<Response<Budget>> Update(string budget, BudgetUpdate update, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Patch, Path(budget), update, ClientJson.Default.BudgetUpdate, ClientJson.Default.Budget, ct);

    /// <summary><c>budgets.delete</c>: what it capped is capped no more.</summary>
    public Task Delete(string budget, CancellationToken ct = default) => transport.Delete(Path(budget), ct);

    private static string Path(string budget) => $"v1/budgets/{Query.Segment(budget)}";
}
