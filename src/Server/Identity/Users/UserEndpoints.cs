using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>Users as operators see them, and as an app's own key does.</summary>
internal sealed class UserEndpoints(
    UserStore store, UserSignOut signOut, SessionDirectory directory, Stops stops, Cursors cursors) : IEndpoints
{
    private static readonly Grant Keepers = Grant.Operator(OperatorRole.Admin, OperatorRole.Support);

    public IEnumerable<Operation> Operations() =>
    [
        new Read<ListUsers, ListOf<User>>(
            "users.list", "GET", "/v1/users", ListUsers.Bind, List, IdentityJson.Wire.ListOfUser)
        {
            Summary =
                "List users, or find one by address; a key sees the members of tenants that its app is installed for.",
            Grants = [Grants.AnyOperator, Grant.Key],
        },
        new Read<GetUser, User>("users.get", "GET", "/v1/users/{user}", GetUser.Bind, Get, IdentityJson.Wire.User)
        {
            Summary = "Read a user.", Grants = [Grants.AnyOperator, Grant.Key],
        },
        new Write<ActOnUser, User>(
            "users.suspend", "POST", "/v1/users/{user}/suspend", ActOnUser.Bind, Suspend, IdentityJson.Wire.User)
        {
            Summary = "Refuse a user's calls and sign-ins, until restored. Nothing is lost.", Grants = [Keepers],
            Urgent = true,
        },
        new Write<ActOnUser, User>(
            "users.restore", "POST", "/v1/users/{user}/restore", ActOnUser.Bind, Restore, IdentityJson.Wire.User)
        {
            Summary = "Let a suspended user in again.", Grants = [Keepers], AllowedWhenFrozen = true,
        },
        new Write<ActOnUser, Nothing>(
            "users.sign_out", "POST", "/v1/users/{user}/sign-out", ActOnUser.Bind, SignOut, IdentityJson.Wire.Nothing)
        {
            Summary = "Sign a user out everywhere, with a written reason.", Grants = [Keepers], Status = 204,
            Urgent = true,
        },
    ];

    private ValueTask<ListOf<User>> List(Call<ListUsers> call)
    {
        var emailKey = call.Input.Email is { } email ? EmailAddress.Key(email) : null;
        return cursors.Page<User>("users.list", call.Environment, call.Input.Page, [emailKey],
            async (after, limit) =>
            {
                var users =
                    await store.List(call.Environment, emailKey, call.Caller.App, after, limit, call.Aborted);
                return [.. users.Select(user => Seen(user, call.Caller))];
            },
            user => user.Id.Value);
    }

    private async ValueTask<User> Get(Call<GetUser> call) =>
        Seen(await store.FindKnown(call.Environment, call.Input.User, call.Caller.App, call.Aborted)
            ?? throw new Refusal(GateProblems.NotFound), call.Caller);

    private ValueTask<User> Suspend(WriteCall<ActOnUser, User> call) => call.Change(async change =>
    {
        var stop = Stop.Of(change, StopKind.Suspended, call.Input.Reason);
        var suspended = await Save(change, call, "user.suspended", user => user with
        {
            SuspendedAt = user.SuspendedAt ?? change.Now,
            Stop = user.Stop ?? stop,
        });
        await stops.Tell(change, suspended.Target, stop);
        return suspended;
    });

    private ValueTask<User> Restore(WriteCall<ActOnUser, User> call) => call.Change(change =>
        Save(change, call, "user.restored", user => user with { SuspendedAt = null, Stop = null }));

    private ValueTask<Nothing> SignOut(WriteCall<ActOnUser, Nothing> call) => call.Change(async change =>
    {
        var user = (await store.Lock(change, call.Environment, call.Input.User)).User;
        await signOut.Everywhere(change, call.Environment, user.Id);
        change.Audit(user.Target, Snapshot.None, Snapshot.None, call.Input.Reason);
        return Nothing.Value;
    });

    /// <summary>Why somebody is suspended is the operators' to know.</summary>
    private static User Seen(User user, Caller caller) =>
        caller.Kind is CallerKind.Operator ? user : user with { Stop = null };

    private async ValueTask<User> Save(Change change, Call<ActOnUser> call, string fact, Func<User, User> apply)
    {
        var before = (await store.Lock(change, call.Environment, call.Input.User)).User;
        call.Request.RequireMatch(before);
        var after = apply(before) with { Version = before.Version + 1 };
        await store.Update(change, call.Environment, after);
        directory.Forget(change, call.Environment, after.Id);
        var snapshot = after.Snapshot();
        change.Audit(after.Target, before.Snapshot(), snapshot, call.Input.Reason);
        change.Emit(fact, after.Target, snapshot);
        return after;
    }
}
