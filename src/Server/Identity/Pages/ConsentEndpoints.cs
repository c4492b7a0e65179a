using Castellan.Identity.OAuth;
using Castellan.Kernel;

namespace Castellan.Identity.Pages;

/// <summary>A user's consents: which apps may know who they are.</summary>
internal sealed class ConsentEndpoints(
    ConsentStore store, Sessions sessions, SessionStore sessionStore, Cursors cursors) : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Write<ConsentTo, Consent>(
            "consents.grant", "POST", "/{environment}/consent", ConsentTo.Bind, Grant, PagesJson.Wire.Consent)
        {
            Summary = "Let an app know who I am.", Grants = [Kernel.Grant.User], Hosted = true,
        },
        new Read<ListConsents, ListOf<Consent>>(
            "consents.list", "GET", "/{environment}/account/apps", ListConsents.Bind, List,
            PagesJson.Wire.ListOfConsent)
        {
            Summary = "List the apps that know who I am.", Grants = [Kernel.Grant.User], Hosted = true,
        },
        new Write<ConsentTo, Nothing>(
            "consents.withdraw", "POST", "/{environment}/account/withdraw", ConsentTo.Bind, Withdraw,
            PagesJson.Wire.Nothing)
        {
            Summary = "Withdraw my consent to an app, and end my sessions there.",
            Grants = [Kernel.Grant.User], Hosted = true, Status = 204, AllowedWhenFrozen = true,
        },
    ];

    private ValueTask<Consent> Grant(WriteCall<ConsentTo, Consent> call) => call.Change(async change =>
    {
        var app = call.Input.App;
        // The caller names the app that is judged by standing; the input must be the same one.
        if (call.Caller.App != app) throw new Refusal(GateProblems.NotFound);
        await store.Insert(change, call.Environment, call.User, app);
        var consent = await store.Find(call.Environment, call.User, app, change)
            ?? throw new Refusal(GateProblems.NotFound);
        var after = Snapshot.Of(consent, PagesJson.Wire.Consent);
        change.Audit(consent.Target(call.User), Snapshot.None, after);
        change.Emit("consent.granted", consent.Target(call.User), after);
        return consent;
    });

    private ValueTask<ListOf<Consent>> List(Call<ListConsents> call) => cursors.Page(
        "consents.list", call.Environment, call.Input.Page, [call.User.Value],
        (after, limit) => store.List(call.Environment, call.User, after, limit, call.Aborted),
        consent => consent.AppId.Value);

    private ValueTask<Nothing> Withdraw(WriteCall<ConsentTo, Nothing> call) => call.Change(async change =>
    {
        var (scope, user, app) = (call.Environment, call.User, call.Input.App);
        var before = await store.Find(scope, user, app, change) ?? throw new Refusal(GateProblems.NotFound);
        await store.Delete(change, scope, user, app);
        await AuthorizationCodes.SpendAll(change, scope, user, app);
        foreach (var session in await sessionStore.LockLive(change, scope, user))
        {
            if (session.AppId == app)
                await sessions.Revoke(change, scope, session.Id, "The user withdrew from the app.");
        }
        var snapshot = Snapshot.Of(before, PagesJson.Wire.Consent);
        change.Audit(before.Target(user), snapshot, Snapshot.None);
        change.Emit("consent.withdrawn", before.Target(user), snapshot);
        return Nothing.Value;
    });
}
