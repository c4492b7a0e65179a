using System.Globalization;
using Castellan.Budgets.Reservations;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Budgets;

/// <summary>Every statement about budgets themselves. What they have used is <see cref="WindowStore"/>'s.</summary>
internal sealed class BudgetStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "b.id, b.environment_id, b.tenant_id, b.subject_kind, b.subject_id, b.unit, b.currency, b.span, b.cap, b.name, "
        + "b.alerts, b.keeper, b.created_at, b.updated_at, b.version");

    private static Budget Read(Row row) => new(
        row.Id<BudgetKind>(), row.Text(), row.IdOrNull<TenantKind>(), Wire.Parse<BudgetSubject>(row.Text()), row.Text(),
        Wire.Parse<BudgetUnit>(row.Text()), row.Text() is { Length: > 0 } currency ? currency : null,
        Wire.Parse<BudgetWindow>(row.Text()), row.Int64(), row.Text(), Percents(row.Text()),
        Wire.Parse<BudgetKeeper>(row.Text()), row.Time(), row.Time(), row.Int64());

    private static int[] Percents(string text) =>
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(percent => int.Parse(percent, CultureInfo.InvariantCulture))];

    private static readonly string[] CountedUnits =
        [Wire.Name(BudgetUnit.Requests), Wire.Name(BudgetUnit.Records), Wire.Name(BudgetUnit.Bytes)];

    /// <summary>With its current window.</summary>
    public ValueTask<Budget?> Find(EnvironmentScope scope, BudgetId id, DateTimeOffset now, CancellationToken ct) =>
        database.One($"{WithUse(now)} where b.id = {id} and b.environment_id = {scope.Environment}", Used(now), ct);

    public ValueTask<Budget?> Find(TenantScope scope, BudgetId id, DateTimeOffset now, CancellationToken ct) =>
        database.One(
            $"""
            {WithUse(now)}
            where b.id = {id} and b.environment_id = {scope.Environment} and b.tenant_id = {scope.Tenant}
            """,
            Used(now), ct);

    public ValueTask<List<Budget>> List(
        EnvironmentScope scope, TenantId? tenant, string? subject, DateTimeOffset now, string? after, long limit,
        CancellationToken ct)
    {
        var ofTenant = tenant is { } named ? Sql.Of($"and b.tenant_id = {named}") : null;
        var ofSubject = subject is null ? null : Sql.Of($"and b.subject_id = {subject}");
        return database.Many(
            $"""
            {WithUse(now)}
            where b.environment_id = {scope.Environment} and b.id > {after ?? ""} {ofTenant} {ofSubject}
            order by b.id limit {limit}
            """,
            Used(now), ct);
    }

    public ValueTask<List<Budget>> List(
        TenantScope scope, DateTimeOffset now, string? after, long limit, CancellationToken ct) =>
        List(new EnvironmentScope(scope.Environment, scope.App), scope.Tenant, subject: null, now, after, limit, ct);

    /// <summary>
    /// Budgets that count a unit for one of these subjects, in the order in which they are locked. Nobody lowers or
    /// deletes one until the transaction has ended.
    /// </summary>
    public static ValueTask<List<Budget>> Match(
        ITransaction transaction, EnvironmentScope scope, BudgetCharge charge) =>
        transaction.Many(
            $"""
            select {Columns} from budget b
            where b.environment_id = {scope.Environment} and b.subject_id in ({charge.Subjects})
                and b.unit = {Wire.Name(charge.Unit)} and b.currency = {charge.Currency ?? ""}
                and (b.tenant_id is null or b.tenant_id = {charge.Tenant})
            order by b.id {transaction.ForKeyShare}
            """,
            Read);

    /// <summary>For workers, whichever environment it is of.</summary>
    public ValueTask<Budget?> Find(InstallationScope scope, BudgetId id, CancellationToken ct) =>
        database.One($"select {Columns} from budget b where b.id = {id}", Read, ct);

    /// <summary>The budgets of an environment that count what the server counts itself.</summary>
    public ValueTask<List<Budget>> Counted(EnvironmentScope scope, CancellationToken ct) => database.Many(
        $"""
        select {Columns} from budget b
        where b.environment_id = {scope.Environment} and b.unit in ({CountedUnits}) order by b.id
        """,
        Read, ct);

    public ValueTask<Budget?> Lock(Change change, EnvironmentScope scope, BudgetId id) => change.One(
        $"""
        select {Columns} from budget b where b.id = {id} and b.environment_id = {scope.Environment} {change.ForUpdate}
        """,
        Read);

    /// <summary>
    /// What a reservation holds, in the order of locking. Nobody lowers or deletes these budgets until the transaction
    /// has ended.
    /// </summary>
    public static ValueTask<List<(Budget Budget, Hold Hold)>> HeldBy(
        ITransaction transaction, EnvironmentScope scope, ReservationId reservation) =>
        transaction.Many(
            $"""
            select {Columns}, h.starts_at, h.amount from budget b join budget_hold h on h.budget_id = b.id
            where h.reservation_id = {reservation} and b.environment_id = {scope.Environment}
            order by b.id {transaction.ForKeyShare}
            """,
            row =>
            {
                var budget = Read(row);
                return (budget, new Hold(budget.Id, row.Time(), row.Int64()));
            });

    /// <summary>Keeps it as it is until the transaction has ended; null where it is gone.</summary>
    public static ValueTask<Budget?> Keep(ITransaction transaction, EnvironmentScope scope, BudgetId id) =>
        transaction.One(
            $"""
            select {Columns} from budget b
            where b.id = {id} and b.environment_id = {scope.Environment} {transaction.ForKeyShare}
            """,
            Read);

    /// <summary>Whether the environment, or the tenant, has as many as a bound.</summary>
    public async ValueTask<bool> HasAsMany(Change change, EnvironmentScope scope, TenantId? tenant, int bound)
    {
        var own = tenant is { } named ? Sql.Of($"and tenant_id = {named}") : null;
        return await change.One(
            $"""
            select id from budget where environment_id = {scope.Environment} {own}
            order by id limit 1 offset {bound - 1L}
            """,
            row => row.Text()) is not null;
    }

    public ValueTask<int> Insert(Change change, EnvironmentScope scope, Budget budget) => change.Run($"""
        insert into budget (id, environment_id, tenant_id, subject_kind, subject_id, unit, currency, span, cap, name,
            alerts, keeper, created_at, updated_at, version)
        values ({budget.Id}, {scope.Environment}, {budget.TenantId}, {Wire.Name(budget.Subject)}, {budget.SubjectId},
            {Wire.Name(budget.Unit)}, {budget.Currency ?? ""}, {Wire.Name(budget.Window)}, {budget.Cap}, {budget.Name},
            {string.Join(' ', budget.Alerts)}, {Wire.Name(budget.KeptBy)}, {budget.CreatedAt}, {budget.UpdatedAt},
            {budget.Version})
        """);

    public ValueTask<int> Update(Change change, EnvironmentScope scope, Budget budget) => change.Run($"""
        update budget set name = {budget.Name}, cap = {budget.Cap}, alerts = {string.Join(' ', budget.Alerts)},
            updated_at = {budget.UpdatedAt}, version = {budget.Version}
        where id = {budget.Id} and environment_id = {scope.Environment}
        """);

    /// <summary>With all that it has used and holds.</summary>
    public async ValueTask Delete(Change change, EnvironmentScope scope, BudgetId id)
    {
        await change.Queue($"delete from budget_lease where budget_id = {id}");
        await change.Queue($"delete from budget_hold where budget_id = {id}");
        await change.Queue($"delete from budget_hour where budget_id = {id}");
        await change.Queue($"delete from budget_window where budget_id = {id}");
        await change.Queue($"delete from budget where id = {id} and environment_id = {scope.Environment}");
    }

    /// <summary>All of a tenant, which is erased.</summary>
    public async ValueTask Erase(Change change, TenantScope scope)
    {
        var own = Sql.Of($"(select id from budget where tenant_id = {scope.Tenant})");
        await change.Queue($"delete from budget_lease where budget_id in {own}");
        await change.Queue($"delete from budget_hold where budget_id in {own}");
        await change.Queue($"delete from budget_hour where budget_id in {own}");
        await change.Queue($"delete from budget_window where budget_id in {own}");
        await change.Queue($"delete from budget where tenant_id = {scope.Tenant}");
    }

    /// <summary>Whether a subject is there: in the environment, and within the tenant where one is named.</summary>
    public async ValueTask<bool> HasSubject(
        Change change, EnvironmentScope scope, TenantId? tenant, BudgetSubject kind, string id) =>
        await change.One(Subject(scope.Environment, tenant, kind, id), row => row.Text()) is not null;

    private static Sql Subject(string environment, TenantId? tenant, BudgetSubject kind, string id) =>
        (kind, tenant) switch
        {
            (BudgetSubject.Environment, _) => Sql.Of(
                $"select id from environment where id = {id} and id = {environment}"),
            (BudgetSubject.Tenant, _) => Sql.Of(
                $"select id from tenant where id = {id} and environment_id = {environment} and deleted_at is null"),
            (BudgetSubject.App, null) => Sql.Of($"select id from app where id = {id}"),
            (BudgetSubject.App, { } within) => Sql.Of(
                $"select app_id from tenant_app where app_id = {id} and tenant_id = {within}"),
            (BudgetSubject.User, null) => Sql.Of(
                $"""
                select id from user_account
                where id = {id} and environment_id = {environment} and deleted_at is null
                """),
            (BudgetSubject.User, { } within) => Sql.Of(
                $"select user_id from membership where user_id = {id} and tenant_id = {within} limit 1"),
            (BudgetSubject.Key, null) => Sql.Of(
                $"select id from app_key where id = {id} and environment_id = {environment}"),
            (BudgetSubject.Key, { } within) => Sql.Of(
                $"select id from app_key where id = {id} and tenant_id = {within} and environment_id = {environment}"),
            _ => Sql.Of($"select id from agent where id = {id} and environment_id = {environment}"),
        };

    /// <summary>Budgets with the row of their current window.</summary>
    private static Sql WithUse(DateTimeOffset now) => $"""
        select {Columns}, w.settled, w.held, w.alerted from budget b
        left join budget_window w on w.budget_id = b.id and w.starts_at = case b.span
            when 'hour' then {BudgetWindows.StartOf(BudgetWindow.Hour, now)}
            when 'day' then {BudgetWindows.StartOf(BudgetWindow.Day, now)}
            when 'month' then {BudgetWindows.StartOf(BudgetWindow.Month, now)} else 0 end
        """;

    private static Func<Row, Budget> Used(DateTimeOffset now) => row =>
    {
        var budget = Read(row);
        var (settled, held, alerted) = (row.Int64OrNull(), row.Int64OrNull(), row.Int64OrNull());
        return budget.With(settled is { } used ? new WindowState(used, held ?? 0, alerted ?? 0) : null, now);
    };
}

/// <summary>
/// What a call would take, and from whose budgets: ids of its subjects, the environment's name among them.
/// </summary>
internal sealed record BudgetCharge(
    TenantId? Tenant, IReadOnlyList<string> Subjects, BudgetUnit Unit, string? Currency)
{
    /// <summary>
    /// Everybody whom a call is by, for or through. An agent that has handed on what it was lent is charged too.
    /// </summary>
    public static List<string> SubjectsOf(Caller caller, TenantId? tenant, UserId? user)
    {
        var subjects = new List<string>(6) { caller.Environment! };
        if (tenant is { } ofTenant) subjects.Add(ofTenant.Value);
        if (caller.App is { } app) subjects.Add(app.Value);
        if ((user ?? caller.User) is { } who) subjects.Add(who.Value);
        if (caller.Key is { } key) subjects.Add(key.Value);
        if (caller.Agent is { } agent) subjects.Add(agent.Value);
        if (caller.Lent is { } lent) subjects.AddRange(lent.HandedOnBy.Select(other => other.Value));
        return subjects;
    }
}
