using Castellan.Apps;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>Begins and ends impersonations: whose, by whom, and who hears of it.</summary>
internal sealed class Impersonations(
    ImpersonationStore store, ImpersonationDirectory directory, UserStore users, IStaff staff, IdentityMail mail)
{
    /// <summary>Who is staff too is looked at by nobody: what their colleagues may do, roles say.</summary>
    public async ValueTask<CreatedImpersonation> Begin(
        Change change, EnvironmentScope scope, Impersonate input, App app)
    {
        var user = (await users.Lock(change, scope, input.User)).User;
        if (user.SuspendedAt is not null) throw new Refusal(IdentityErrors.UserSuspended);
        if (await staff.Has(user.Email, change)) throw new Refusal(IdentityErrors.StaffNotImpersonated);
        var caller = change.Caller;
        var made = new Impersonation(
            ImpersonationId.New(change.Now), scope.Environment, user.Id, app.Id, caller.Operator!.Value,
            caller.OperatorRole!.Value, caller.Display, input.Reason, change.Now, change.Now + Impersonation.Lifetime,
            EndedAt: null, Version: 1);
        var token = ImpersonationDirectory.NewToken();
        await store.Insert(change, scope, made, token);
        await mail.Impersonated(change, scope, user.Email, app.Name, made.ExpiresAt);
        Record(change, "user.impersonated", made, Snapshot.None, input.Reason);
        return new CreatedImpersonation(made, token);
    }

    public async ValueTask<Impersonation> End(Change change, EnvironmentScope scope, EndImpersonation input)
    {
        var before = await store.Lock(change, scope, input.User, input.Impersonation);
        var after = before with { EndedAt = before.EndedAt ?? change.Now, Version = before.Version + 1 };
        await store.Update(change, scope, after);
        directory.ForgetAll(change);
        Record(change, "user.impersonation_ended", after, Snapshot.Of(before, IdentityJson.Wire.Impersonation), null);
        return after;
    }

    /// <summary>Part of signing a user out everywhere.</summary>
    public async ValueTask EndAll(Change change, EnvironmentScope scope, UserId user)
    {
        await store.EndAll(change, scope, user);
        directory.ForgetAll(change);
    }

    // The reason is for the log; apps that read events learn that it was done, and no more.
    private static void Record(
        Change change, string fact, Impersonation impersonation, Snapshot before, string? reason)
    {
        change.Audit(
            impersonation.Target, before, Snapshot.Of(impersonation, IdentityJson.Wire.Impersonation), reason);
        change.Emit(fact, impersonation.Target, Snapshot.None);
    }
}
