using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Audit;

/// <summary>
/// Reads the audit log. Entries appear once they have their position, in the order of it: nothing ever appears behind a
/// reader, and who wrote through this node finds it. Writing is the gate's.
/// </summary>
internal sealed class AuditStore(IDatabase database, Sequencer sequencer)
{
    private static readonly Raw Columns = new(
        "e.id, e.position, e.at, e.environment_id, e.action, e.outcome, e.actor_kind, e.actor_id, "
        + "coalesce(a.name, a.email, e.actor_display), e.act_chain, e.for_user_id, coalesce(f.name, f.email), "
        + "e.run_id, e.target_kind, e.target_id, "
        + "coalesce(u.name, u.email, i.email, w.name), e.target_role, e.app_id, e.tenant_id, e.workspace_id, "
        + "e.request_id, e.decision_id, e.before_digest, e.after_digest, e.reason");

    /// <summary>
    /// People's names are read where they are kept, not from the log: who was deleted has none any more.
    /// </summary>
    private static readonly Raw Named = new("""
        left join user_account a on e.actor_kind = 'user' and a.id = e.actor_id and a.deleted_at is null
        left join user_account f on f.id = e.for_user_id and f.deleted_at is null
        left join user_account u on u.id = e.target_user_id and u.deleted_at is null
        left join invitation i on e.target_kind = 'invitation' and i.id = e.target_id
        left join workspace w on e.target_kind = 'workspace' and w.id = e.target_id
        """);

    private static AuditEntry Read(Row row) => new(
        row.Id<AuditKind>(), row.Int64(), row.Time(), row.TextOrNull(), row.Text(),
        Wire.Parse<AuditOutcome>(row.Text()),
        new Actor(Wire.Parse<CallerKind>(row.Text()), row.Text(), row.TextOrNull()), ReadChain(row),
        row.IdOrNull<RunKind>(), ReadTarget(row), row.IdOrNull<AppKind>(), row.IdOrNull<TenantKind>(),
        row.IdOrNull<WorkspaceKind>(), row.Id<RequestKind>(), row.Id<DecisionKind>(), Hex(row.BytesOrNull()),
        Hex(row.BytesOrNull()), row.TextOrNull());

    /// <summary>
    /// The environment's entries and the installation's own, which concern every environment, newest first.
    /// <paramref name="before"/> is a position.
    /// </summary>
    public async ValueTask<List<AuditEntry>> List(
        EnvironmentScope scope, AuditFilter filter, string? before, long limit, CancellationToken ct)
    {
        await sequencer.CatchUp(ct);
        var (from, position) = Narrowest(filter);
        return await database.Many(
            $"""
            select {Columns} from {from} {Named}
            where (e.environment_id = {scope.Environment} or e.environment_id is null)
                {Older(position, before)} {Matching(filter)}
            order by {position} desc limit {limit}
            """,
            Read, ct);
    }

    /// <summary>
    /// The tenant's entries, newest first; of one app alone where that app itself asks. Of people it tells what
    /// <paramref name="sight"/> lets the reader know.
    /// </summary>
    public async ValueTask<List<ActivityEntry>> Activity(
        TenantScope scope, Sight sight, AppId? ofApp, string? before, long limit, CancellationToken ct)
    {
        await sequencer.CatchUp(ct);
        var own = ofApp is { } app ? Sql.Of($"and e.app_id = {app}") : null;
        return await database.Many(
            $"""
            select e.id, t.tenant_position, e.at, e.action, e.outcome, e.actor_kind, e.actor_id,
                coalesce(a.name, a.email, e.actor_display), e.act_chain, e.for_user_id, coalesce(f.name, f.email),
                e.run_id, e.target_kind, e.target_id,
                coalesce(u.name, u.email, i.email, w.name),
                case when u.id is not null or i.id is not null then e.target_role end,
                e.app_id, e.tenant_id, e.workspace_id, e.request_id, e.reason
            from audit_tenant t join audit_log e on e.position = t.position
                left join user_account a on e.actor_kind = 'user' and a.id = e.actor_id and {Known("a", sight)}
                left join user_account f on f.id = e.for_user_id and {Known("f", sight)}
                left join user_account u on u.id = e.target_user_id and {Known("u", sight)}
                left join invitation i on e.target_kind = 'invitation' and i.id = e.target_id and {sight.Invited}
                left join workspace w on e.target_kind = 'workspace' and w.id = e.target_id
            where t.tenant_id = {scope.Tenant} and e.environment_id = {scope.Environment}
                {Older(new Raw("t.tenant_position"), before)} {own}
            order by t.tenant_position desc limit {limit}
            """,
            ReadActivity, ct);
    }

    /// <summary>Whether the reader may know the person of this row.</summary>
    private static Sql Known(string alias, Sight sight)
    {
        var person = new Identifier(alias);
        return $"""
            {person}.deleted_at is null and ({sight.Others} or ({sight.Members} and exists (
                select 1 from membership m where m.tenant_id = t.tenant_id and m.user_id = {person}.id)))
            """;
    }

    /// <summary>
    /// Where to look for entries, and the position to go by: what an entry concerns is noted beside the log.
    /// </summary>
    private static (Sql From, Raw Position) Narrowest(AuditFilter filter) =>
        (filter.Target ?? filter.Actor ?? filter.Run?.Value ?? filter.Tenant?.Value) is { } subject
            ? (Sql.Of($"audit_subject s join audit_log e on e.position = s.position and s.subject_id = {subject}"),
                new Raw("s.position"))
            : (Sql.Of($"audit_log e"), new Raw("e.position"));

    private static ActivityEntry ReadActivity(Row row) => new(
        row.Id<AuditKind>(), row.Int64(), row.Time(), row.Text(), Wire.Parse<AuditOutcome>(row.Text()),
        ForTenant(new Actor(Wire.Parse<CallerKind>(row.Text()), row.Text(), row.TextOrNull())), ReadChain(row),
        row.IdOrNull<RunKind>(), ReadTarget(row), row.IdOrNull<AppKind>(), row.Id<TenantKind>(),
        row.IdOrNull<WorkspaceKind>(), row.Id<RequestKind>(), row.TextOrNull());

    /// <summary>The agents that handed it on, then the user for whom it was.</summary>
    private static IReadOnlyList<Actor> ReadChain(Row row)
    {
        var (agents, user, display) = (row.TextOrNull(), row.TextOrNull(), row.TextOrNull());
        if (user is null) return [];
        return
        [
            .. (agents?.Split(' ') ?? []).Select(id => new Actor(CallerKind.Agent, id, Display: null)),
            new Actor(CallerKind.User, user, display),
        ];
    }

    private static AuditTarget ReadTarget(Row row) => new(
        row.Text(), row.Text(), row.TextOrNull(),
        row.TextOrNull() is { } role ? Wire.Parse<TenantRole>(role) : null);

    /// <summary>A customer learns that staff did it, and not the address of whom.</summary>
    private static Actor ForTenant(Actor actor) =>
        actor.Kind is CallerKind.Operator ? actor with { Display = null } : actor;

    private static Sql? Older(Raw position, string? before) =>
        before is null ? null : Sql.Of($"and {position} < {long.Parse(before)}");

    private static Sql Matching(AuditFilter filter)
    {
        Sql?[] parts =
        [
            filter.Actor is { } actor
                ? Sql.Of($"and (e.actor_id = {actor} or e.for_user_id = {actor})")
                : null,
            filter.Run is { } run ? Sql.Of($"and e.run_id = {run}") : null,
            filter.Action is { } action ? Sql.Of($"and e.action = {action}") : null,
            filter.Target is { } target ? Sql.Of($"and e.target_id = {target}") : null,
            filter.App is { } app ? Sql.Of($"and e.app_id = {app}") : null,
            filter.Tenant is { } tenant ? Sql.Of($"and e.tenant_id = {tenant}") : null,
            filter.Since is { } since ? Sql.Of($"and e.at >= {since}") : null,
            filter.Until is { } until ? Sql.Of($"and e.at < {until}") : null,
        ];
        return $"{parts[0]} {parts[1]} {parts[2]} {parts[3]} {parts[4]} {parts[5]} {parts[6]} {parts[7]}";
    }

    private static string? Hex(byte[]? digest) => digest is null ? null : Convert.ToHexStringLower(digest);
}
