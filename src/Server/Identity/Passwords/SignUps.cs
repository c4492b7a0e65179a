using Castellan.Installation;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>
/// Signs people up. In <c>sandbox</c> plainly: the user exists at once, or the address is taken. In <c>live</c> the
/// caller learns nothing: each case makes one change and sends one mail. There the password waits in the mailed link
/// until the address is proven, so that nobody can prepare an account for somebody else's address.
/// </summary>
internal sealed class SignUps(UserStore users, EmailLinks links, IdentityMail mail)
{
    /// <summary>The new user in sandbox; null in live.</summary>
    public async ValueTask<User?> Register(
        Change change, EnvironmentScope scope, string email, string? name, string passwordHash)
    {
        var plain = scope.Environment == EnvironmentDirectory.Sandbox;
        var user = new User(UserId.New(change.Now), email, EmailVerified: false, name, change.Now, null, Version: 1);
        if (await users.TryInsert(change, scope, user, plain ? passwordHash : null))
        {
            // In live nobody has shown yet that the address is theirs.
            if (plain) change.DoneBy(user.Id, user.Email);
            await SendVerification(change, scope, user, plain ? null : passwordHash);
            var after = Snapshot.Of(user, IdentityJson.Wire.User);
            change.Audit(user.Target, Snapshot.None, after);
            change.Emit("user.signed_up", user.Target, after);
            return plain ? user : null;
        }
        if (plain) throw new Refusal(IdentityErrors.EmailTaken);
        await Remind(change, scope, email, passwordHash);
        return null;
    }

    private async ValueTask Remind(Change change, EnvironmentScope scope, string email, string passwordHash)
    {
        if (await users.FindLogin(scope, EmailAddress.Key(email), change) is not { } known) return;
        change.Audit(known.User.Target, Snapshot.None, Snapshot.None, "The address was known.");
        if (!known.User.EmailVerified) await SendVerification(change, scope, known.User, passwordHash);
        else if (await links.Create(change, scope, LinkPurpose.ResetPassword, known.User.Id) is { } token)
            await mail.AlreadySignedUp(change, scope, known.User.Email, token);
    }

    private async ValueTask SendVerification(Change change, EnvironmentScope scope, User user, string? passwordHash)
    {
        if (await links.Create(change, scope, LinkPurpose.VerifyEmail, user.Id, passwordHash) is { } token)
            await mail.VerifyEmail(change, scope, user.Email, token);
    }
}
