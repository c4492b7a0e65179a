using Castellan.Kernel;

namespace Castellan.Access.Granting;

/// <summary>Grants of a tenant: what its people may beside what their roles say.</summary>
internal sealed class GrantEndpoints(GrantStore store, GrantGiving giving, AccessRevisions revisions, Cursors cursors)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/grants";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateGrant, AccessGrant>(
            "grants.create", "POST", Route, CreateGrant.Bind, Create, AccessJson.Wire.AccessGrant)
        {
            Summary = "Grant a permission or role of the tenant to a member, group, key or agent, if you hold it.",
            Grants = AccessCallers.Writers, Status = 201,
            Problems = [AccessErrors.GrantTooHigh, AccessErrors.LimitReached],
        },
        new Read<ListGrants, ListOf<AccessGrant>>(
            "grants.list", "GET", Route, ListGrants.Bind, List, AccessJson.Wire.ListOfAccessGrant)
        {
            Summary = "List grants of a tenant, those in force or those that have ended.",
            Grants = AccessCallers.Readers,
        },
        new Read<NameGrant, AccessGrant>(
            "grants.get", "GET", Route + "/{grant}", NameGrant.Bind, Get, AccessJson.Wire.AccessGrant)
        {
            Summary = "Read a grant, also one that has ended.", Grants = AccessCallers.Readers,
        },
        new Write<NameGrant, AccessGrant>(
            "grants.revoke", "DELETE", Route + "/{grant}", NameGrant.Bind, Revoke, AccessJson.Wire.AccessGrant)
        {
            Summary = "Revoke a grant: from the next call on, nothing rests on it.",
            Grants = AccessCallers.Writers, Urgent = true,
        },
    ];

    private async ValueTask<AccessGrant> Create(WriteCall<CreateGrant, AccessGrant> call)
    {
        var wanted = await giving.Prepare(call, call.Input);
        return await call.Change(async change =>
        {
            var revising = await revisions.Begin(change, call.Tenant);
            var grant = await giving.Make(change, call.Tenant, wanted, revising);
            await store.Insert(change, call.Tenant, grant);
            change.Audit(grant.Target, Snapshot.None, grant.Snapshot(), grant.Reason);
            change.Emit("grant.created", grant.Target, grant.Snapshot());
            return grant;
        });
    }

    private ValueTask<ListOf<AccessGrant>> List(Call<ListGrants> call)
    {
        var query = call.Input;
        return cursors.Page("grants.list", call.Tenant, query.Page,
            [
                query.User?.Value, query.Group?.Value, query.Key?.Value, query.Agent?.Value, query.Role?.Value,
                Wire.Name(query.State),
            ],
            (after, limit) => store.List(
                call.Tenant, query, AccessCallers.OnlyApp(call.Caller), call.Now, after, limit, call.Aborted),
            grant => grant.Id.Value);
    }

    private async ValueTask<AccessGrant> Get(Call<NameGrant> call) =>
        await store.Find(call.Tenant, call.Input.Grant, AccessCallers.OnlyApp(call.Caller))
            ?? throw new Refusal(GateProblems.NotFound);

    private ValueTask<AccessGrant> Revoke(WriteCall<NameGrant, AccessGrant> call) => call.Change(async change =>
    {
        var revision = await revisions.Number(change, call.Tenant);
        var before = await store.Find(call.Tenant, call.Input.Grant, AccessCallers.OnlyApp(call.Caller), change)
            ?? throw new Refusal(GateProblems.NotFound);
        call.Request.RequireMatch(before);
        // Another end would only hide the first.
        var after = before.UntilRevision is null
            ? before with { UntilRevision = revision, EndedAt = change.Now }
            : before;
        await store.End(change, call.Tenant, before.Id, revision);
        change.Audit(after.Target, before.Snapshot(), after.Snapshot());
        change.Emit("grant.revoked", after.Target, after.Snapshot());
        return after;
    });
}
