using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Agents.Delegations;

/// <summary>Every statement about delegations.</summary>
internal sealed class DelegationStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "id, environment_id, app_id, user_id, agent_id, run_id, parent_id, handed_on_by, operations, tenant_id, "
        + "created_at, expires_at, revoked_at, version, session_id");

    private static Delegation Read(Row row) => new(
        row.Id<DelegationKind>(), row.Text(), row.Id<AppKind>(), row.Id<UserKind>(), row.Id<AgentKind>(),
        row.IdOrNull<RunKind>(), row.IdOrNull<DelegationKind>(), Agents(row.TextOrNull()), Names.Read(row.Text()),
        row.IdOrNull<TenantKind>(), row.Time(), row.Time(), row.TimeOrNull(), row.Int64())
    {
        Session = row.Id<SessionKind>(),
    };

    public ValueTask<Delegation?> Find(EnvironmentScope scope, DelegationId id, IReads? within = null) =>
        (within ?? database).One(
            $"select {Columns} from delegation where id = {id} and environment_id = {scope.Environment}", Read);

    public ValueTask<Delegation?> Lock(Change change, EnvironmentScope scope, DelegationId id) => change.One(
        $"""
        select {Columns} from delegation
        where id = {id} and environment_id = {scope.Environment} {change.ForUpdate}
        """,
        Read);

    /// <summary>Somebody else's takes as long as one that is not there.</summary>
    public ValueTask<Delegation?> LockOf(Change change, EnvironmentScope scope, UserId user, DelegationId id) =>
        change.One(
            $"""
            select {Columns} from delegation
            where id = {id} and environment_id = {scope.Environment} and user_id = {user} {change.ForUpdate}
            """,
            Read);

    /// <summary>What a user has lent and is good still, newest first; of one app where that app asks.</summary>
    public ValueTask<List<Delegation>> ListOfUser(
        EnvironmentScope scope, UserId user, DateTimeOffset now, string? before, long limit, CancellationToken ct)
    {
        var ofApp = scope.App is { } app ? Sql.Of($"and app_id = {app}") : null;
        var older = before is null ? null : Sql.Of($"and id < {before}");
        return database.Many(
            $"""
            select {Columns} from delegation
            where environment_id = {scope.Environment} and user_id = {user} and revoked_at is null
                and expires_at > {now} {ofApp} {older}
                and exists (select 1 from agent a
                    where a.id = delegation.agent_id and a.state <> {Wire.Name(AgentState.Killed)})
            order by id desc limit {limit}
            """,
            Read, ct);
    }

    /// <summary>
    /// All that was ever lent to an agent, newest first. What ended with the session in which it was lent is revoked.
    /// </summary>
    public ValueTask<List<Delegation>> ListOfAgent(
        EnvironmentScope scope, AgentId agent, string? before, long limit, CancellationToken ct)
    {
        var older = before is null ? null : Sql.Of($"and id < {before}");
        return database.Many(
            $"""
            select {Columns}, (select s.revoked_at from session s
                where s.id = delegation.session_id and s.revoked_at < delegation.expires_at)
            from delegation
            where agent_id = {agent} and environment_id = {scope.Environment} {older}
            order by id desc limit {limit}
            """,
            row =>
            {
                var lent = Read(row);
                return row.TimeOrNull() is { } left && !(lent.RevokedAt < left) ? lent with { RevokedAt = left } : lent;
            },
            ct);
    }

    public ValueTask<int> Insert(Change change, EnvironmentScope scope, Delegation made) => change.Run($"""
        insert into delegation (id, environment_id, app_id, user_id, session_id, agent_id, run_id, parent_id,
            handed_on_by, operations, tenant_id, created_at, expires_at, version)
        values ({made.Id}, {scope.Environment}, {made.AppId}, {made.UserId}, {made.Session}, {made.AgentId},
            {made.RunId}, {made.ParentId}, {Chain(made.HandedOnBy)}, {Names.Write(made.Operations)}, {made.TenantId},
            {made.CreatedAt}, {made.ExpiresAt}, {made.Version})
        """);

    /// <summary>The run that takes it.</summary>
    public ValueTask<int> SetRun(Change change, EnvironmentScope scope, Delegation taken) => change.Run($"""
        update delegation set run_id = {taken.RunId}, version = {taken.Version}
        where id = {taken.Id} and environment_id = {scope.Environment}
        """);

    /// <summary>Ends it, and whatever was handed on of it.</summary>
    public ValueTask Revoke(Change change, EnvironmentScope scope, DelegationId id) =>
        RevokeFrom(change, scope, $"id = {id}");

    public ValueTask RevokeOfRun(Change change, EnvironmentScope scope, RunId run) =>
        RevokeFrom(change, scope, $"run_id = {run}");

    /// <summary>Erases what a user has lent; who was deleted has lent nothing.</summary>
    public static async ValueTask Erase(Change change, EnvironmentScope scope, UserId user)
    {
        await change.Run($"""
            update delegation set parent_id = null where environment_id = {scope.Environment} and user_id = {user}
            """);
        await change.Run($"delete from delegation where environment_id = {scope.Environment} and user_id = {user}");
    }

    /// <summary>Removes what had ended before, unless something that was handed on of it is still there.</summary>
    public static Sql Prune(DateTimeOffset before, int piece) => $"""
        delete from delegation where id in (
            select d.id from delegation d
            where d.expires_at < {before}
                and not exists (select 1 from delegation child where child.parent_id = d.id)
            order by d.expires_at limit {piece})
        """;

    /// <summary>As a condition of a Change: nothing about it has changed.</summary>
    public static Sql IsStill(EnvironmentScope scope, DelegationId id, long version) => $"""
        exists (select 1 from delegation
            where id = {id} and environment_id = {scope.Environment} and version = {version})
        """;

    /// <summary>
    /// Again until nothing is left: on PostgreSQL what is being handed on meanwhile is seen only by the next statement,
    /// which has waited for its parent.
    /// </summary>
    private static async ValueTask RevokeFrom(Change change, EnvironmentScope scope, Sql roots)
    {
        int ended;
        do
        {
            ended = await change.Run($"""
                with recursive tree (id) as (
                    select id from delegation
                    where environment_id = {scope.Environment} and {roots} and expires_at > {change.Now}
                    union
                    select d.id from delegation d join tree t on d.parent_id = t.id
                )
                update delegation set revoked_at = {change.Now}, version = version + 1
                where id in (select id from tree) and revoked_at is null and expires_at > {change.Now}
                """);
        }
        while (ended > 0);
    }

    private static IReadOnlyList<AgentId> Agents(string? chain) =>
        chain is null ? [] : [.. chain.Split(' ').Select(id => new AgentId(id))];

    private static string? Chain(IReadOnlyList<AgentId> agents) => agents.Count == 0 ? null : string.Join(' ', agents);
}
