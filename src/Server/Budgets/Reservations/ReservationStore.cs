using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Budgets.Reservations;

/// <summary>Every statement about reservations, and about what they hold of budgets.</summary>
internal sealed class ReservationStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "id, tenant_id, app_id, user_id, key_id, agent_id, unit, currency, amount, settled, state, metadata, "
        + "created_at, expires_at, ended_at, version, principal");

    private static Reservation Read(Row row) => new(
        row.Id<ReservationKind>(), row.Id<TenantKind>(), row.IdOrNull<AppKind>(), row.IdOrNull<UserKind>(),
        row.IdOrNull<KeyKind>(), row.IdOrNull<AgentKind>(), Wire.Parse<BudgetUnit>(row.Text()),
        row.Text() is { Length: > 0 } currency ? currency : null, row.Int64(), row.Int64OrNull(),
        Wire.Parse<ReservationState>(row.Text()),
        JsonSerializer.Deserialize(row.Text(), BudgetsJson.Wire.IReadOnlyDictionaryStringString)!,
        row.Time(), row.Time(), row.TimeOrNull(), row.Int64())
    {
        Principal = row.Text(),
    };

    public ValueTask<Reservation?> Find(TenantScope scope, ReservationId id, CancellationToken ct) => database.One(
        $"""
        select {Columns} from reservation
        where id = {id} and tenant_id = {scope.Tenant} and environment_id = {scope.Environment}
        """,
        Read, ct);

    public static ValueTask<Reservation?> Lock(ITransaction transaction, TenantScope scope, ReservationId id) =>
        transaction.One(
            $"""
            select {Columns} from reservation
            where id = {id} and tenant_id = {scope.Tenant} and environment_id = {scope.Environment}
            {transaction.ForUpdate}
            """,
            Read);

    public static ValueTask Insert(ITransaction transaction, TenantScope scope, Reservation made) =>
        transaction.Queue($"""
            insert into reservation (id, environment_id, tenant_id, app_id, user_id, key_id, agent_id, principal, unit,
                currency, amount, state, metadata, created_at, expires_at, version)
            values ({made.Id}, {scope.Environment}, {scope.Tenant}, {made.AppId}, {made.UserId}, {made.KeyId},
                {made.AgentId}, {made.Principal}, {Wire.Name(made.Unit)}, {made.Currency ?? ""}, {made.Amount},
                {Wire.Name(made.State)}, {Text(made.Metadata)}, {made.CreatedAt}, {made.ExpiresAt}, {made.Version})
            """);

    public static ValueTask End(ITransaction transaction, Reservation ended) => transaction.Queue($"""
        update reservation set settled = {ended.Settled}, state = {Wire.Name(ended.State)}, ended_at = {ended.EndedAt},
            version = {ended.Version}
        where id = {ended.Id}
        """);

    public static ValueTask InsertHold(ITransaction transaction, ReservationId id, Hold hold) =>
        transaction.Queue($"""
            insert into budget_hold (reservation_id, budget_id, starts_at, amount)
            values ({id}, {hold.Budget}, {hold.Window}, {hold.Amount})
            """);

    public static ValueTask DeleteHolds(ITransaction transaction, ReservationId id) =>
        transaction.Queue($"delete from budget_hold where reservation_id = {id}");

    /// <summary>
    /// Open reservations whose time has passed, at most <paramref name="most"/>. Those that somebody else is ending are
    /// passed over.
    /// </summary>
    public static ValueTask<List<string>> LockDue(
        ITransaction transaction, EnvironmentScope scope, DateTimeOffset now, long most) =>
        transaction.Many(
            $"""
            select id from reservation
            where environment_id = {scope.Environment} and state = 'open' and expires_at <= {now}
            order by expires_at limit {most} {transaction.SkipLocked}
            """,
            row => row.Text());

    /// <summary>True where one is due.</summary>
    public async ValueTask<bool> HasDue(EnvironmentScope scope, DateTimeOffset now, CancellationToken ct) =>
        await database.One(
            $"""
            select id from reservation
            where environment_id = {scope.Environment} and state = 'open' and expires_at <= {now} limit 1
            """,
            row => row.Text(), ct) is not null;

    /// <summary>Environments in which one is due.</summary>
    public ValueTask<List<string>> EnvironmentsWithDue(
        InstallationScope scope, DateTimeOffset now, CancellationToken ct) =>
        database.Many(
            $"""
            select e.id from environment e
            where exists (select 1 from reservation r
                where r.environment_id = e.id and r.state = 'open' and r.expires_at <= {now})
            order by e.id
            """,
            row => row.Text(), ct);

    /// <summary>What reservations hold together, by window, in the order of locking.</summary>
    public static ValueTask<List<Hold>> HoldsOf(ITransaction transaction, IReadOnlyList<string> ids) =>
        transaction.Many(
            $"""
            select budget_id, starts_at, cast(sum(amount) as bigint) from budget_hold where reservation_id in ({ids})
            group by budget_id, starts_at order by budget_id, starts_at
            """,
            ReadHold);

    public static async ValueTask Expire(ITransaction transaction, IReadOnlyList<string> ids, DateTimeOffset now)
    {
        await transaction.Queue($"delete from budget_hold where reservation_id in ({ids})");
        await transaction.Queue($"""
            update reservation set state = {Wire.Name(ReservationState.Expired)}, ended_at = {now},
                version = version + 1
            where id in ({ids})
            """);
    }

    /// <summary>Removes what ended before a time. Ids are in the order of their making.</summary>
    public static Sql Prune(DateTimeOffset before, long most) => $"""
        delete from reservation where id in (
            select id from reservation where id < {ReservationId.Earliest(before)} and state <> 'open'
            order by id limit {most})
        """;

    /// <summary>Of a tenant, which is erased. What they hold of others' budgets is free again.</summary>
    public async ValueTask Erase(Change change, TenantScope scope)
    {
        var held = await change.Many(
            $"""
            select h.budget_id, h.starts_at, cast(sum(h.amount) as bigint) from budget_hold h
            join reservation r on r.id = h.reservation_id
            where r.tenant_id = {scope.Tenant} group by h.budget_id, h.starts_at order by h.budget_id, h.starts_at
            """,
            ReadHold);
        foreach (var hold in held) await WindowStore.Release(change.Raw, hold.Budget, hold.Window, hold.Amount);
        await change.Queue($"""
            delete from budget_hold
            where reservation_id in (select id from reservation where tenant_id = {scope.Tenant})
            """);
        await change.Queue($"delete from reservation where tenant_id = {scope.Tenant}");
    }

    private static Hold ReadHold(Row row) => new(row.Id<BudgetKind>(), row.Time(), row.Int64());

    private static Json Text(IReadOnlyDictionary<string, string> metadata) =>
        new(JsonSerializer.Serialize(metadata, BudgetsJson.Wire.IReadOnlyDictionaryStringString));
}

/// <summary>An amount that is held of one window of a budget.</summary>
internal readonly record struct Hold(BudgetId Budget, DateTimeOffset Window, long Amount);
