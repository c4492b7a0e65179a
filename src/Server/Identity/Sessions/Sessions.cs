using Castellan.Identity.OAuth;
using Castellan.Identity.Pages;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>
/// Opens, rotates and revokes sessions. A refresh token works once; its immediate predecessor gives the same successor
/// for <see cref="Grace"/> after its own rotation, because answers get lost. Anything older means that two hold the
/// token: the session ends. Source: RFC 9700 section 4.14.2.
/// </summary>
internal sealed class Sessions(
    SessionStore store, SessionDirectory directory, RefreshTokens tokens, Upkeep upkeep, Changes changes)
{
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Writes a session and says so in log and events; the caller has proven who the user is. An authorization code has
    /// named its session's <paramref name="id"/> before, and knows the <paramref name="browser"/>.
    /// </summary>
    public async ValueTask<Session> Open(
        Change change, EnvironmentScope scope, UserId user, AppId app, GateRequest request, SessionId? id = null,
        string? browser = null)
    {
        var session = new Session(
            id ?? SessionId.New(change.Now), scope.Environment, user, app, change.Now, change.Now,
            change.Now + Session.Lifetime, Generation: 1, RotatedAt: change.Now, RevokedAt: null, request.UserAgent,
            request.RemoteAddress?.ToString(), browser);
        await store.Insert(change, scope, session);
        Record(change, "session.opened", Snapshot.None, session);
        return session;
    }

    /// <summary>
    /// The token that continues the session from the state that <paramref name="session"/> was read in.
    /// </summary>
    public string RefreshToken(Session session) => tokens.Of(session);

    public ValueTask<Session?> Find(EnvironmentScope scope, SessionId id) => store.Find(scope, id);

    /// <summary>
    /// The session's next token, or null: refused for good. One use in a row of the same token by many gives all of
    /// them the same successor.
    /// </summary>
    public async ValueTask<Rotation?> Rotate(EnvironmentScope scope, AppId app, string refreshToken, DateTimeOffset now)
    {
        if (tokens.Read(scope.Environment, refreshToken) is not (var id, var generation)) return null;
        var (session, reused) = await upkeep.Run(scope, async transaction =>
        {
            var current = await store.Lock(transaction, scope, id);
            if (current is null || current.AppId != app || !current.IsLive(now)
                || !await directory.IsActive(scope, current.UserId, transaction))
            {
                return (null, false);
            }
            if (generation == current.Generation)
            {
                var next = current with { Generation = generation + 1, RotatedAt = now, LastUsedAt = now };
                await store.Rotate(transaction, scope, next);
                return (next, false);
            }
            var isPredecessor = generation == current.Generation - 1;
            if (isPredecessor && now - current.RotatedAt <= Grace) return (current, false);
            return ((Session?)current, generation < current.Generation);
        });
        if (!reused) return session is null ? null : new Rotation(session, tokens.Of(session));
        await RevokeReused(scope, id);
        return null;
    }

    /// <summary>Ends a live session; false where there is none.</summary>
    public async ValueTask<bool> Revoke(Change change, EnvironmentScope scope, SessionId id, string? reason = null)
    {
        if (await store.LockLive(change, scope, id) is not { } session) return false;
        await End(change, scope, session);
        Record(change, "session.revoked", Snapshot.Of(session, IdentityJson.Wire.Session), session, reason);
        return true;
    }

    /// <summary>
    /// Ends all live sessions of a user but <paramref name="except"/>, each with its event, and those on our own pages.
    /// Gives how many.
    /// </summary>
    public async ValueTask<int> RevokeAll(Change change, EnvironmentScope scope, UserId user, SessionId? except = null)
    {
        await PageSessions.EndAll(change, scope, user);
        await AuthorizationCodes.SpendAll(change, scope, user);
        var live = await store.LockLive(change, scope, user);
        live.RemoveAll(session => session.Id == except);
        foreach (var session in live)
        {
            await End(change, scope, session);
            change.Emit("session.revoked", session.Target, Snapshot.Of(session, IdentityJson.Wire.Session));
        }
        return live.Count;
    }

    private async ValueTask RevokeReused(EnvironmentScope scope, SessionId id) => await changes.RunAs(
        Caller.System("sessions", scope.Environment), new WorkerOperation("sessions.revoke_reused") { Urgent = true },
        async change =>
        {
            if (!await Revoke(change, scope, id, "An old refresh token was used again."))
                change.Audit(new Target("session", id.Value), Snapshot.None, Snapshot.None, "It was revoked already.");
            return true;
        });

    private async ValueTask End(Change change, EnvironmentScope scope, Session session)
    {
        await store.Revoke(change, scope, session.Id);
        directory.Forget(change, session);
    }

    // The entry is about the user, so that one search shows what happened to a person.
    private static void Record(Change change, string fact, Snapshot before, Session session, string? reason = null)
    {
        var after = Snapshot.Of(session, IdentityJson.Wire.Session);
        change.Audit(new Target("user", session.UserId.Value) { User = session.UserId }, before, after, reason);
        change.Emit(fact, session.Target, after);
    }
}

/// <summary>A session as it is after its token was rotated, and the token that continues it.</summary>
internal sealed record Rotation(Session Session, string RefreshToken);
