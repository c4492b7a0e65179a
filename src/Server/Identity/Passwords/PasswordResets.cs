using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>Forgotten passwords: a mailed link sets a new one, proves the address, and ends every session.</summary>
internal sealed class PasswordResets(
    UserStore users, EmailLinks links, IdentityMail mail, Sessions sessions, SignInThrottle throttle)
{
    /// <summary>
    /// Mails a link where the address is a user's; makes one change either way, so that both take as long.
    /// </summary>
    public async ValueTask Request(Change change, EnvironmentScope scope, string email)
    {
        var emailKey = EmailAddress.Key(email);
        if (await users.FindLogin(scope, emailKey, change) is not { User: var user })
        {
            var unknown = new Target("address", throttle.Alias(emailKey));
            change.Audit(unknown, Snapshot.None, Snapshot.None, "No user has this address.");
            return;
        }
        change.Audit(user.Target, Snapshot.None, Snapshot.None);
        if (await links.Create(change, scope, LinkPurpose.ResetPassword, user.Id) is { } token)
            await mail.ResetPassword(change, scope, user.Email, token);
    }

    /// <summary>Uses the link. The person starts anew: no session, no counted failure.</summary>
    public async ValueTask<User> Complete(Change change, EnvironmentScope scope, string token, string passwordHash)
    {
        var link = await links.Use(change, scope, LinkPurpose.ResetPassword, token);
        var before = (await users.Lock(change, scope, link.User)).User;
        change.DoneBy(before.Id, before.Email);
        var after = before with { EmailVerified = true, Version = before.Version + 1 };
        await users.Prove(change, scope, after, passwordHash);
        await EmailLinks.CancelAll(change, scope, after.Id);
        await sessions.RevokeAll(change, scope, after.Id);
        await throttle.Forget(change, scope, EmailAddress.Key(after.Email));
        await mail.PasswordChanged(change, scope, after.Email);
        var snapshot = Snapshot.Of(after, IdentityJson.Wire.User);
        change.Audit(after.Target, Snapshot.Of(before, IdentityJson.Wire.User), snapshot);
        change.Emit("user.password_reset", after.Target, snapshot);
        return after;
    }
}
