using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>
/// What mailed links do, from an app's page or from Castellan's own: proving an address, setting a new password.
/// </summary>
internal sealed class EmailLinkEndpoints(
    UserStore users, EmailLinks links, PasswordResets resets, PasswordForms passwords,
    SessionDirectory directory) : IEndpoints
{
    /// <summary>What Castellan's own pages call with, before anybody has signed in.</summary>
    public const string PagePurpose = "hosted-page";

    /// <summary>An app's page, or Castellan's own.</summary>
    private static readonly IReadOnlyList<Grant> Bearers = [Grant.App, Grant.Page(PagePurpose)];

    public IEnumerable<Operation> Operations() =>
    [
        new Write<VerifyEmail, Done>(
            "users.verify_email", "POST", "/v1/auth/verify", Identity.VerifyEmail.Bind, VerifyEmail,
            IdentityJson.Wire.Done)
        {
            Summary = "Prove an address with the token that was mailed to it.",
            Grants = Bearers, Rate = RateClass.Credential,
            Problems = [IdentityErrors.LinkInvalid],
        },
        new Write<RequestReset, Done>(
            "users.request_reset", "POST", "/v1/auth/reset", Identity.RequestReset.Bind, RequestReset,
            IdentityJson.Wire.Done)
        {
            Summary = "Mail a link that sets a new password, where the address is a user's; answers alike.",
            Grants = Bearers, Rate = RateClass.Credential,
        },
        new Write<ResetPassword, Done>(
            "users.reset_password", "POST", "/v1/auth/reset/confirm", Identity.ResetPassword.Bind, ResetPassword,
            IdentityJson.Wire.Done)
        {
            Summary = "Set a new password with the token that was mailed; signs the user out everywhere.",
            Grants = Bearers, Rate = RateClass.Credential,
            Problems = [IdentityErrors.LinkInvalid],
        },
    ];

    private ValueTask<Done> VerifyEmail(WriteCall<VerifyEmail, Done> call) => call.Change(async change =>
    {
        var scope = call.Environment;
        var link = await links.Use(change, scope, LinkPurpose.VerifyEmail, call.Input.Token);
        var (before, password) = await users.Lock(change, scope, link.User);
        change.DoneBy(before.Id, before.Email);
        var after = before with { EmailVerified = true, Version = before.Version + 1 };
        // The password of a sign-up counts for an address that nobody has proven: a proven one has an owner.
        await users.Prove(change, scope, after, before.EmailVerified ? password : link.PasswordHash ?? password);
        directory.Forget(change, scope, after.Id);
        var snapshot = Snapshot.Of(after, IdentityJson.Wire.User);
        change.Audit(after.Target, Snapshot.Of(before, IdentityJson.Wire.User), snapshot);
        change.Emit("user.email_verified", after.Target, snapshot);
        return new Done(DoneStatus.Verified);
    });

    private ValueTask<Done> RequestReset(WriteCall<RequestReset, Done> call) => call.Change(async change =>
    {
        await resets.Request(change, call.Environment, call.Input.Email);
        return new Done(DoneStatus.Sent);
    });

    private async ValueTask<Done> ResetPassword(WriteCall<ResetPassword, Done> call)
    {
        var (token, password) = call.Input;
        var scope = call.Environment;
        var link = await links.Require(scope, LinkPurpose.ResetPassword, token, call.Now);
        var user = await users.Find(scope, link.User, within: null, call.Aborted);
        var hash = await passwords.HashNew(scope, password, user?.Email, user?.Name, call.Aborted);
        return await call.Change(async change =>
        {
            var changed = await resets.Complete(change, scope, token, hash);
            directory.Forget(change, scope, changed.Id);
            return new Done(DoneStatus.Reset);
        });
    }
}
