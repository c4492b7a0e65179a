using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Platform.Storage;

namespace Castellan.Identity;

/// <summary>
/// What memory knows of users and their sessions, and the standing that it gives them: a revoked or expired session, a
/// suspended or deleted user are refused from the next request on.
/// </summary>
internal sealed class SessionDirectory(SessionStore sessions, UserStore users, Notices notices, TimeProvider time)
    : IStanding, IUserStanding
{
    private readonly SharedMemory<(string, SessionId), Session> knownSessions =
        notices.Remember<(string, SessionId), Session>(
            "session", NoticeKeys.Pair(NoticeKeys.Name, NoticeKeys.Id<SessionKind>()));

    private readonly SharedMemory<(string, UserId), User> knownUsers =
        notices.Remember<(string, UserId), User>(
            "user", NoticeKeys.Pair(NoticeKeys.Name, NoticeKeys.Id<UserKind>()));

    public ValueTask<User?> FindUser(EnvironmentScope scope, UserId id) => knownUsers.Get(
        (scope.Environment, id), (users, scope), static (key, state) => state.users.Find(state.scope, key.Item2));

    public void Forget(Change change, Session session) =>
        knownSessions.Forget(change, (session.Environment, session.Id));

    public void ForgetSessions(Change change) => knownSessions.ForgetAll(change);

    public void Forget(Change change, EnvironmentScope scope, UserId user) =>
        knownUsers.Forget(change, (scope.Environment, user));

    public async ValueTask<bool> IsActive(EnvironmentScope scope, UserId user) =>
        await FindUser(scope, user) is { SuspendedAt: null };

    /// <summary>Whether the user exists and is not suspended, as <paramref name="reads"/> see it.</summary>
    public async ValueTask<bool> IsActive(EnvironmentScope scope, UserId id, IReads reads) =>
        await users.Find(scope, id, reads) is { SuspendedAt: null };

    /// <summary>Whether the user is active and the session lives.</summary>
    public async ValueTask<bool> IsSignedIn(EnvironmentScope scope, UserId user, SessionId id) =>
        await FindUser(scope, user) is { SuspendedAt: null }
        && await FindSession(scope, id) is { RevokedAt: null } session && session.UserId == user
        && session.ExpiresAt > time.GetUtcNow();

    public async ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange)
    {
        var caller = invocation.Caller;
        if (caller is not { Kind: CallerKind.User, User: { } id, Environment: { } environment }) return null;
        var scope = new EnvironmentScope(environment, caller.App);
        var user = inChange ? await FindWithin(reads, scope, id) : await FindUser(scope, id);
        if (user is null) return GateProblems.CredentialInvalid.With();
        if (user.SuspendedAt is not null) return GateProblems.CredentialInvalid.With("The user is suspended.");
        invocation.Conditions?.Add(UserStore.IsActive(scope, id));
        if (caller.Session is not { } sessionId) return null;
        var session = inChange ? await FindWithin(reads, scope, sessionId) : await FindSession(scope, sessionId);
        invocation.Conditions?.Add(SessionStore.IsAlive(scope, sessionId));
        invocation.GoodUntil(session?.ExpiresAt);
        return session is { RevokedAt: null } && session.UserId == id && session.ExpiresAt > invocation.Now
            ? null
            : GateProblems.CredentialInvalid.With();
    }

    private ValueTask<User?> FindWithin(IReads reads, EnvironmentScope scope, UserId id) =>
        knownUsers.TryGetExact((scope.Environment, id), out var known)
            ? new ValueTask<User?>(known)
            : users.Find(scope, id, reads);

    private ValueTask<Session?> FindWithin(IReads reads, EnvironmentScope scope, SessionId id) =>
        knownSessions.TryGetExact((scope.Environment, id), out var known)
            ? new ValueTask<Session?>(known)
            : sessions.Find(scope, id, reads);

    private ValueTask<Session?> FindSession(EnvironmentScope scope, SessionId id) => knownSessions.Get(
        (scope.Environment, id), (sessions, scope), static (key, state) => state.sessions.Find(state.scope, key.Item2));
}
