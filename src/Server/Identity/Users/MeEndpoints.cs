using Castellan.Identity.Pages;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>The signed-in user.</summary>
internal sealed class MeEndpoints(
    UserStore users, EmailLinks links, Sessions sessions, SessionDirectory directory,
    IEnumerable<IUserDeparture> departures)
    : IEndpoints
{
    private const string Route = "/v1/me";

    public IEnumerable<Operation> Operations() =>
    [
        new Read<NoInput, User>("me.get", "GET", Route, NoInput.Bind, Get, IdentityJson.Wire.User)
        {
            Summary = "Read who I am.", Grants = [Grant.User],
        },
        new Write<UpdateMe, User>("me.update", "PATCH", Route, UpdateMe.Bind, Update, IdentityJson.Wire.User)
        {
            Summary = "Change my name.", Grants = [Grant.User],
        },
        new Write<NoInput, Nothing>("me.delete", "DELETE", Route, NoInput.Bind, Delete, IdentityJson.Wire.Nothing)
        {
            Summary = "Delete my identity, in all apps. Only Castellan's own page can ask for it.",
            Grants = [Grant.User], Status = 204, AllowedWhenFrozen = true, EndsStanding = true,
            Problems = [IdentityErrors.OwnPageOnly, .. departures.SelectMany(departure => departure.Problems)],
        },
    ];

    private async ValueTask<User> Get(Call<NoInput> call) =>
        await directory.FindUser(call.Environment, call.User) ?? throw new Refusal(GateProblems.NotFound);

    private ValueTask<User> Update(WriteCall<UpdateMe, User> call) => call.Change(async change =>
    {
        var before = (await users.Lock(change, call.Environment, call.User)).User;
        call.Request.RequireMatch(before);
        var after = call.Input.Apply(before) with { Version = before.Version + 1 };
        await users.Update(change, call.Environment, after);
        directory.Forget(change, call.Environment, after.Id);
        var snapshot = Snapshot.Of(after, IdentityJson.Wire.User);
        change.Audit(after.Target, Snapshot.Of(before, IdentityJson.Wire.User), snapshot);
        change.Emit("user.updated", after.Target, snapshot);
        return after;
    });

    private async ValueTask<Nothing> Delete(WriteCall<NoInput, Nothing> call)
    {
        if (call.Caller.App is not null) throw new Refusal(IdentityErrors.OwnPageOnly);
        return await call.Change(async change =>
        {
            var before = (await users.Lock(change, call.Environment, call.User)).User;
            foreach (var departure in departures) await departure.Depart(change, call.Environment, before.Id);
            await sessions.RevokeAll(change, call.Environment, before.Id);
            await links.Erase(change, call.Environment, before.Id);
            await ConsentStore.DeleteAll(change, call.Environment, before.Id);
            await users.Erase(change, call.Environment, before.Id);
            directory.Forget(change, call.Environment, before.Id);
            change.Audit(before.Target, Snapshot.Of(before, IdentityJson.Wire.User), Snapshot.None);
            change.Emit("user.deleted", before.Target, Snapshot.None);
            return Nothing.Value;
        });
    }
}
