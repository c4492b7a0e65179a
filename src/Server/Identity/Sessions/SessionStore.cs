using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Identity;

/// <summary>Every statement about sessions.</summary>
internal sealed class SessionStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "id, environment_id, user_id, app_id, created_at, last_used_at, expires_at, generation, rotated_at, "
        + "revoked_at, user_agent, ip, browser");

    private static Session Read(Row row) => new(
        row.Id<SessionKind>(), row.Text(), row.Id<UserKind>(), row.Id<AppKind>(), row.Time(), row.Time(), row.Time(),
        row.Int64(), row.Time(), row.TimeOrNull(), row.TextOrNull(), row.TextOrNull(), row.TextOrNull());

    /// <summary>The session whatever its state: who asks decides what that means.</summary>
    public ValueTask<Session?> Find(
        EnvironmentScope scope, SessionId id, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One(
            $"select {Columns} from session where id = {id} and environment_id = {scope.Environment}", Read, ct);

    /// <summary>As a condition of a Change. That it has not expired is known without asking.</summary>
    public static Sql IsAlive(EnvironmentScope scope, SessionId id) => $"""
        exists (select 1 from session where id = {id} and environment_id = {scope.Environment} and revoked_at is null)
        """;

    public ValueTask<List<Session>> ListLive(
        EnvironmentScope scope, UserId user, DateTimeOffset now, string? after, long limit, CancellationToken ct) =>
        database.Many(
            $"""
            select {Columns} from session
            where user_id = {user} and environment_id = {scope.Environment} and id > {after ?? ""} {Live(now)}
            order by id limit {limit}
            """,
            Read, ct);

    /// <summary>
    /// Whether this person has signed in from this network address while sessions of then may still live.
    /// </summary>
    public async ValueTask<bool> IsFamiliar(EnvironmentScope scope, string emailKey, string ip, DateTimeOffset now) =>
        await database.One(
            $"""
            select s.id from session s join user_account u on u.id = s.user_id
            where u.environment_id = {scope.Environment} and u.email_key = {emailKey} and s.ip = {ip}
                and s.created_at > {now - Session.Lifetime} limit 1
            """,
            row => row.Text()) is not null;

    public ValueTask Insert(Change change, EnvironmentScope scope, Session session) => change.Queue($"""
        insert into session ({Columns})
        values ({session.Id}, {scope.Environment}, {session.UserId}, {session.AppId}, {session.CreatedAt},
            {session.LastUsedAt}, {session.ExpiresAt}, {session.Generation}, {session.RotatedAt}, {session.RevokedAt},
            {session.UserAgent}, {session.Ip}, {session.Browser})
        """);

    public ValueTask<Session?> Lock(ITransaction transaction, EnvironmentScope scope, SessionId id) => transaction.One(
        $"""
        select {Columns} from session where id = {id} and environment_id = {scope.Environment} {transaction.ForUpdate}
        """,
        Read);

    /// <summary>Housekeeping: the rotation itself stands in no log.</summary>
    public ValueTask Rotate(ITransaction transaction, EnvironmentScope scope, Session rotated) => transaction.Queue($"""
        update session set generation = {rotated.Generation}, rotated_at = {rotated.RotatedAt},
            last_used_at = {rotated.LastUsedAt}
        where id = {rotated.Id} and environment_id = {scope.Environment}
        """);

    /// <summary>Locks what will be revoked.</summary>
    public ValueTask<List<Session>> LockLive(Change change, EnvironmentScope scope, UserId user) => change.Many(
        $"""
        select {Columns} from session
        where user_id = {user} and environment_id = {scope.Environment} {Live(change.Now)}
        order by id {change.ForUpdate}
        """,
        Read);

    public ValueTask<Session?> LockLive(Change change, EnvironmentScope scope, SessionId id) => change.One(
        $"""
        select {Columns} from session
        where id = {id} and environment_id = {scope.Environment} {Live(change.Now)} {change.ForUpdate}
        """,
        Read);

    public ValueTask Revoke(Change change, EnvironmentScope scope, SessionId id) => change.Queue(
        $"update session set revoked_at = {change.Now} where id = {id} and environment_id = {scope.Environment}");

    public ValueTask RevokeAll(Change change, EnvironmentScope scope) => change.Queue($"""
        update session set revoked_at = {change.Now}
        where environment_id = {scope.Environment} and revoked_at is null
        """);

    private static Sql Live(DateTimeOffset now) => Sql.Of(
        $"and revoked_at is null and expires_at > {now} and last_used_at > {now - Session.Idle}");
}
