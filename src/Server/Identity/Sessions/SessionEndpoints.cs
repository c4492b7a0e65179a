using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>A user's own sessions, over all apps of the environment.</summary>
internal sealed class SessionEndpoints(
    SessionStore store, Sessions sessions, SessionAnswers answers, SessionDirectory directory, Cursors cursors)
    : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Write<RefreshSession, SessionTokens>(
            "sessions.refresh", "POST", "/v1/auth/refresh", RefreshSession.Bind, Refresh,
            IdentityJson.Wire.SessionTokens)
        {
            Summary = "Exchange a refresh token for new tokens; each works once.",
            Grants = [Grant.App], Rate = RateClass.Standard, ShowsSecret = true, AllowedWhenFrozen = true,
            Problems = [IdentityErrors.RefreshRefused],
        },
        new Read<ListSessions, ListOf<Session>>(
            "sessions.list", "GET", "/v1/me/sessions", ListSessions.Bind, List, IdentityJson.Wire.ListOfSession)
        {
            Summary = "List where I am signed in.", Grants = [Grant.User], OfOwnAccount = true,
        },
        new Write<RevokeSession, Nothing>(
            "sessions.revoke", "DELETE", "/v1/me/sessions/{session}", RevokeSession.Bind, Revoke,
            IdentityJson.Wire.Nothing)
        {
            Summary = "Sign me out there.", Grants = [Grant.User], Status = 204, AllowedWhenFrozen = true,
            Urgent = true,
        },
        new Write<NoInput, Nothing>(
            "sessions.revoke_all", "DELETE", "/v1/me/sessions", NoInput.Bind, RevokeAll, IdentityJson.Wire.Nothing)
        {
            Summary = "Sign me out everywhere, here too.",
            Grants = [Grant.User], Status = 204, AllowedWhenFrozen = true, EndsStanding = true, Urgent = true,
        },
    ];

    private async ValueTask<SessionTokens> Refresh(WriteCall<RefreshSession, SessionTokens> call)
    {
        var scope = call.Environment;
        var app = scope.App ?? throw new Refusal(GateProblems.CredentialRequired);
        var rotation = await sessions.Rotate(scope, app, call.Input.RefreshToken, call.Now);
        if (rotation is null || await directory.FindUser(scope, rotation.Session.UserId) is not { } user)
            throw new Refusal(IdentityErrors.RefreshRefused);
        return await answers.For(user, rotation.Session);
    }

    private ValueTask<ListOf<Session>> List(Call<ListSessions> call) => cursors.Page<Session>(
        "sessions.list", call.Environment, call.Input.Page, [call.User.Value],
        async (after, limit) =>
        {
            var live = await store.ListLive(call.Environment, call.User, call.Now, after, limit, call.Aborted);
            return [.. live.Select(session => session with { Current = IsCurrent(session, call.Caller) })];
        },
        session => session.Id.Value);

    private static bool IsCurrent(Session session, Caller caller) => caller.Session is { } own
        ? session.Id == own
        : caller.Credential is { } browser && session.Browser == browser;

    private ValueTask<Nothing> Revoke(WriteCall<RevokeSession, Nothing> call) => call.Change(async change =>
    {
        var session = await store.LockLive(change, call.Environment, call.Input.Session);
        if (session is null || session.UserId != call.User) throw new Refusal(GateProblems.NotFound);
        await sessions.Revoke(change, call.Environment, session.Id);
        return Nothing.Value;
    });

    private ValueTask<Nothing> RevokeAll(WriteCall<NoInput, Nothing> call) => call.Change(async change =>
    {
        await sessions.RevokeAll(change, call.Environment, call.User);
        change.Audit(new Target("user", call.User.Value) { User = call.User }, Snapshot.None, Snapshot.None);
        return Nothing.Value;
    });
}

/// <summary>Makes the answer of everything that signs somebody in.</summary>
internal sealed class SessionAnswers(Sessions sessions, AccessTokens tokens)
{
    public async ValueTask<SessionTokens> For(User user, Session session) => new(
        await tokens.Issue(session.Environment, session.AppId, session.UserId, session.Id), "Bearer",
        (long)AccessTokens.Lifetime.TotalSeconds, sessions.RefreshToken(session), user);
}
