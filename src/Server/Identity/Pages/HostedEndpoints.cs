using Castellan.Kernel;

namespace Castellan.Identity.Pages;

/// <summary>
/// What only Castellan's own pages do with passwords. The rules are those of every other way: <see cref="SignUps"/>,
/// <see cref="PasswordSignIn"/>, <see cref="PasswordRules"/>.
/// </summary>
internal sealed class HostedEndpoints(
    SignUps signUps, PasswordSignIn signIn, PasswordForms passwords, PageSessions sessions,
    PasswordChanges changes) : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Write<HostedSignIn, HostedSession>(
            "users.sign_in_hosted", "POST", "/{environment}/sign-in", HostedSignIn.Bind, SignIn,
            PagesJson.Wire.HostedSession)
        {
            Summary = "Sign a person in on Castellan's own page.",
            Grants = [Grant.Page(EmailLinkEndpoints.PagePurpose)], Hosted = true, ShowsSecret = true,
            Rate = RateClass.Credential,
            Problems = [IdentityErrors.SignInFailed, GateProblems.SignInDelayed, IdentityErrors.UserSuspended],
        },
        new Write<SignUp, HostedSession>(
            "users.sign_up_hosted", "POST", "/{environment}/sign-up", Identity.SignUp.Bind, SignUp,
            PagesJson.Wire.HostedSession)
        {
            Summary = "Sign a person up on Castellan's own page; in live a mail says the rest.",
            Grants = [Grant.Page(EmailLinkEndpoints.PagePurpose)], Hosted = true, ShowsSecret = true,
            Rate = RateClass.Credential,
            Problems = [IdentityErrors.EmailTaken],
        },
        new Write<HostedSignOut, Nothing>(
            "users.sign_out_hosted", "POST", "/{environment}/sign-out", HostedSignOut.Bind, SignOut,
            PagesJson.Wire.Nothing)
        {
            Summary = "Sign the browser out of Castellan's own pages, and of one app where it asks.",
            Grants = [Grant.User], Hosted = true, Status = 204, AllowedWhenFrozen = true,
        },
        new Write<ChangePassword, HostedSession>(
            "me.change_password", "POST", "/{environment}/account/password", Pages.ChangePassword.Bind, ChangePassword,
            PagesJson.Wire.HostedSession)
        {
            Summary = "Change my password; signs me out everywhere but here.",
            Grants = [Grant.User], Hosted = true, ShowsSecret = true, Rate = RateClass.Credential,
            Problems = [GateProblems.SignInDelayed],
        },
        new Read<ProveMe, Nothing>(
            "me.prove", "POST", "/{environment}/account/proof", ProveMe.Bind, Prove, PagesJson.Wire.Nothing)
        {
            Summary = "Prove by address and password that it is still me, before what cannot be undone.",
            Grants = [Grant.User], Hosted = true, Status = 204, Rate = RateClass.Credential,
            Problems = [GateProblems.SignInDelayed],
        },
    ];

    private async ValueTask<HostedSession> SignIn(WriteCall<HostedSignIn, HostedSession> call)
    {
        var scope = call.Environment;
        var proven = await signIn.Prove(scope, call.Input.Email, call.Input.Password, call.Request, call.Aborted);
        return await call.ChangeFirst(async change =>
        {
            var user = await signIn.Confirm(change, scope, proven);
            if (call.Input.Replaces is { } old) await sessions.End(change, scope, old);
            change.Audit(user.Target, Snapshot.None, Snapshot.None);
            change.Emit("user.signed_in", user.Target, Snapshot.Of(user, IdentityJson.Wire.User));
            return await Open(change, scope, user.Id);
        });
    }

    private async ValueTask<HostedSession> SignUp(WriteCall<SignUp, HostedSession> call)
    {
        var (email, password, name) = call.Input;
        var scope = call.Environment;
        var hash = await passwords.HashNew(scope, password, email, name, call.Aborted);
        return await call.ChangeFirst(async change =>
        {
            var user = await signUps.Register(change, scope, email, name, hash);
            return user is null ? new HostedSession(Token: null) : await Open(change, scope, user.Id);
        });
    }

    private ValueTask<Nothing> SignOut(WriteCall<HostedSignOut, Nothing> call) => call.Change(async change =>
    {
        await sessions.End(change, call.Environment, call.Input.Token);
        await changes.EndSession(change, call.Environment, call.User, call.Input.Session);
        var user = new Target("user", call.User.Value) { User = call.User };
        change.Audit(user, Snapshot.None, Snapshot.None);
        change.Emit("user.signed_out", user, Snapshot.None);
        return Nothing.Value;
    });

    private async ValueTask<HostedSession> ChangePassword(WriteCall<ChangePassword, HostedSession> call)
    {
        var scope = call.Environment;
        var (email, name) = await changes.NamesOf(scope, call.User);
        var proven = await Proven(call, email, call.Input.Current, field: "/current");
        var hash = await passwords.HashNew(scope, call.Input.Password, email, name, call.Aborted);
        return await call.ChangeFirst(async change =>
        {
            var user = await signIn.Confirm(change, scope, proven);
            await changes.Set(change, scope, user, hash);
            return await Open(change, scope, user.Id);
        });
    }

    private async ValueTask<Nothing> Prove(Call<ProveMe> call)
    {
        var (email, _) = await changes.NamesOf(call.Environment, call.User);
        if (EmailAddress.Key(call.Input.Email) != EmailAddress.Key(email))
            throw Invalid("/email", "not_yours", "'email' is not the user's address.");
        await Proven(call, email, call.Input.Password, field: "/password");
        return Nothing.Value;
    }

    private async ValueTask<ProvenLogin> Proven<TIn>(Call<TIn> call, string email, string password, string field)
    {
        try
        {
            return await signIn.Prove(call.Environment, email, password, call.Request, call.Aborted);
        }
        catch (Refusal refusal) when (refusal.Problem.Type == IdentityErrors.SignInFailed)
        {
            throw Invalid(field, "not_your_password", "This is not the user's password.");
        }
    }

    private static Refusal Invalid(string pointer, string code, string detail) =>
        new(GateProblems.InputInvalid.With() with
        {
            Errors = [new FieldProblem(pointer, code, detail, "Enter it again.")],
        });

    private async ValueTask<HostedSession> Open(Change change, EnvironmentScope scope, UserId user)
    {
        var token = PageSessions.NewToken();
        await sessions.Insert(change, scope, user, token);
        return new HostedSession(token);
    }
}

/// <summary>What changes with a password: it, every session, and a mail that says so.</summary>
internal sealed class PasswordChanges(
    UserStore users, Sessions sessions, IdentityMail mail, SessionDirectory directory)
{
    public async ValueTask<(string Email, string? Name)> NamesOf(EnvironmentScope scope, UserId id) =>
        await directory.FindUser(scope, id) is { } user
            ? (user.Email, user.Name)
            : throw new Refusal(GateProblems.NotFound);

    public async ValueTask Set(Change change, EnvironmentScope scope, User user, string hash)
    {
        await users.Rehash(change, scope, user.Id, hash);
        await EmailLinks.CancelAll(change, scope, user.Id);
        await sessions.RevokeAll(change, scope, user.Id);
        await mail.PasswordChanged(change, scope, user.Email);
        var snapshot = Snapshot.Of(user, IdentityJson.Wire.User);
        change.Audit(user.Target, snapshot, snapshot);
        change.Emit("user.password_changed", user.Target, snapshot);
    }

    /// <summary>Ends an app's session, where it is this user's.</summary>
    public async ValueTask EndSession(Change change, EnvironmentScope scope, UserId user, SessionId? id)
    {
        if (id is { } session && await sessions.Find(scope, session) is { } found && found.UserId == user)
            await sessions.Revoke(change, scope, session);
    }
}
