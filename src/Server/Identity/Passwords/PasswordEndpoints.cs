using Castellan.Apps;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform.Crypto;

namespace Castellan.Identity;

/// <summary>Password forms inside an app: signing up and in.</summary>
internal sealed class PasswordEndpoints(
    PasswordForms forms, SignUps signUps, PasswordSignIn signIn, Sessions sessions, SessionAnswers answers) : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Write<SignUp, SignUpAnswer>(
            "users.sign_up", "POST", "/v1/auth/sign-up", Identity.SignUp.Bind, SignUp, IdentityJson.Wire.SignUpAnswer)
        {
            Summary = "Sign a person up by address and password; in live a mail says the rest.",
            Grants = [Grant.App], Rate = RateClass.Credential, ShowsSecret = true,
            Problems = [IdentityErrors.PasswordFormsOff, IdentityErrors.EmailTaken],
        },
        new Write<SignIn, SessionTokens>(
            "users.sign_in", "POST", "/v1/auth/sign-in", Identity.SignIn.Bind, SignIn, IdentityJson.Wire.SessionTokens)
        {
            Summary = "Sign a person in by address and password.",
            Grants = [Grant.App], Rate = RateClass.Credential, ShowsSecret = true,
            Problems =
            [
                IdentityErrors.PasswordFormsOff, IdentityErrors.SignInFailed, GateProblems.SignInDelayed,
                IdentityErrors.UserSuspended,
            ],
        },
    ];

    private async ValueTask<SignUpAnswer> SignUp(WriteCall<SignUp, SignUpAnswer> call)
    {
        var (email, password, name) = call.Input;
        var (scope, app) = await forms.Require(call);
        var hash = await forms.HashNew(scope, password, email, name, call.Aborted);
        var opened = await call.ChangeFirst(async change =>
        {
            var user = await signUps.Register(change, scope, email, name, hash);
            if (user is null) return null;
            return new Opened(user, await sessions.Open(change, scope, user.Id, app, call.Request));
        });
        return opened is null
            ? SignUpAnswer.VerificationSent
            : SignUpAnswer.SignedIn(await answers.For(opened.User, opened.Session));
    }

    private async ValueTask<SessionTokens> SignIn(WriteCall<SignIn, SessionTokens> call)
    {
        var (scope, app) = await forms.Require(call);
        var proven = await signIn.Prove(scope, call.Input.Email, call.Input.Password, call.Request, call.Aborted);
        var opened = await call.ChangeFirst(async change =>
        {
            var user = await signIn.Confirm(change, scope, proven);
            return new Opened(user, await sessions.Open(change, scope, user.Id, app, call.Request));
        });
        return await answers.For(opened.User, opened.Session);
    }

    private sealed record Opened(User User, Session Session);
}

/// <summary>What guards every password form inside an app.</summary>
internal sealed class PasswordForms(AppDirectory apps, PasswordRules rules, PasswordHasher hasher)
{
    /// <summary>In <c>live</c> only where an operator allowed this app to ask for passwords.</summary>
    public async ValueTask<(EnvironmentScope Scope, AppId App)> Require<TIn>(Call<TIn> call)
    {
        var scope = call.Environment;
        var app = scope.App ?? throw new Refusal(GateProblems.CredentialRequired);
        var allowed = scope.Environment == EnvironmentDirectory.Sandbox
            || await apps.FindSettings(app, scope.Environment) is { PasswordForms: true };
        return allowed ? (scope, app) : throw new Refusal(IdentityErrors.PasswordFormsOff);
    }

    /// <summary>The hash of a password that may be one, or a refusal of all that is wrong with it.</summary>
    public async ValueTask<string> HashNew(
        EnvironmentScope scope, string password, string? email, string? name, CancellationToken ct)
    {
        var environment = scope.Environment;
        await rules.Require(password, PasswordLength.Min(environment), environment, [email, name], ct);
        return await hasher.Hash(password, ct);
    }
}
