using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Identity.Pages;

/// <summary>A browser that is signed in on Castellan's own pages, in one environment.</summary>
internal sealed record PageSession(
    byte[] Hash, string Environment, UserId User, DateTimeOffset SignedInAt, DateTimeOffset UsedAt,
    DateTimeOffset ExpiresAt)
{
    /// <summary>Unused for a working day, it is over.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(8);

    /// <summary>Used or not, people sign in daily.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    public bool IsLive(DateTimeOffset now) => now < ExpiresAt && now < UsedAt + Idle;
}

/// <summary>
/// Every statement about page sessions. A token is opaque and stored hashed; each sign-in makes a new one and ends the
/// one that the browser held, so that nobody can plant a token and wait.
/// </summary>
internal sealed class PageSessions(IDatabase database, Upkeep upkeep, TimeProvider time)
{
    private const string Prefix = "cas_ps_";

    /// <summary>How exact <c>used_at</c> is.</summary>
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(5);

    private static readonly Raw Columns = new("hash, environment_id, user_id, signed_in_at, used_at, expires_at");

    private static PageSession Read(Row row) => new(
        row.Bytes(), row.Text(), row.Id<UserKind>(), row.Time(), row.Time(), row.Time());

    public static string NewToken() => OpaqueToken.New(Prefix);

    /// <summary>The live session of a cookie's token, its use noted; or null.</summary>
    public async ValueTask<PageSession?> Use(EnvironmentScope scope, string? token, CancellationToken ct)
    {
        if (token is null || !OpaqueToken.IsWellFormed(token, Prefix)) return null;
        var session = await database.One(
            $"""
            select {Columns} from page_session
            where hash = {OpaqueToken.Hash(token)} and environment_id = {scope.Environment}
            """,
            Read, ct);
        var now = time.GetUtcNow();
        if (session is null || !session.IsLive(now)) return null;
        if (now - session.UsedAt >= TouchEvery)
            await upkeep.Run(scope, $"update page_session set used_at = {now} where hash = {session.Hash}");
        return session;
    }

    public ValueTask Insert(Change change, EnvironmentScope scope, UserId user, string token) => change.Queue($"""
        insert into page_session ({Columns})
        values ({OpaqueToken.Hash(token)}, {scope.Environment}, {user}, {change.Now}, {change.Now},
            {change.Now + PageSession.Lifetime})
        """);

    public ValueTask End(Change change, EnvironmentScope scope, string token) => change.Queue($"""
        delete from page_session where hash = {OpaqueToken.Hash(token)} and environment_id = {scope.Environment}
        """);

    /// <summary>Part of ending all sessions of a user.</summary>
    public static ValueTask EndAll(Change change, EnvironmentScope scope, UserId user) => change.Queue(
        $"delete from page_session where environment_id = {scope.Environment} and user_id = {user}");

    /// <summary>Part of ending everything that people hold in an environment.</summary>
    public static ValueTask EndAll(Change change, EnvironmentScope scope) =>
        change.Queue($"delete from page_session where environment_id = {scope.Environment}");

    public async ValueTask Prune(DateTimeOffset now) => await upkeep.Prune(
        $"delete from page_session where expires_at < {now} or used_at < {now - PageSession.Idle}");
}
