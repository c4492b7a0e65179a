using Castellan.Kernel;

namespace Castellan.Audit;

/// <summary>What was done, by whom, to what; and the facts that came of it.</summary>
internal sealed class AuditEndpoints(AuditStore entries, EventStore events, Cursors cursors) : IEndpoints
{
    private static readonly Grant Reviewers =
        Grant.Operator(OperatorRole.Admin, OperatorRole.Auditor, OperatorRole.Support);

    public IEnumerable<Operation> Operations() =>
    [
        new Read<ListAudit, ListOf<AuditEntry>>(
            "audit.list", "GET", "/v1/audit", ListAudit.Bind, List, AuditJson.Wire.ListOfAuditEntry)
        {
            Summary = "List audit entries, newest first, by actor, action, target, app, tenant and time.",
            Grants = [Reviewers],
        },
        new Read<ListActivity, ListOf<ActivityEntry>>(
            "tenants.activity", "GET", "/v1/tenants/{tenant}/activity", ListActivity.Bind, Activity,
            AuditJson.Wire.ListOfActivityEntry)
        {
            Summary = "List what was done in a tenant, newest first; a key sees what was done through its app.",
            Grants = [Grant.Tenant(TenantRole.Viewer), Grant.Key],
        },
        new Read<ListEvents, EventPage>(
            "events.list", "GET", "/v1/events", ListEvents.Bind, Events, AuditJson.Wire.EventPage)
        {
            Summary = "Read events behind a position as CloudEvents, oldest first; a key sees those of its app.",
            Grants = [Reviewers, Grant.Key],
        },
    ];

    private ValueTask<ListOf<AuditEntry>> List(Call<ListAudit> call)
    {
        var (page, filter) = call.Input;
        return cursors.Page("audit.list", call.Environment, page, filter.Parts,
            (before, limit) => entries.List(call.Environment, filter, before, limit, call.Aborted),
            entry => entry.Position.ToString());
    }

    private ValueTask<ListOf<ActivityEntry>> Activity(Call<ListActivity> call) => cursors.Page(
        "tenants.activity", call.Tenant, call.Input.Page, [],
        (before, limit) => entries.Activity(
            call.Tenant, SightOf(call.Caller), OwnApp(call.Caller), before, limit, call.Aborted),
        entry => entry.Position.ToString());

    private ValueTask<EventPage> Events(Call<ListEvents> call) => events.After(
        call.Environment, OwnApp(call.Caller), call.Input.After, call.Input.Limit, call.Aborted);

    /// <summary>
    /// Nobody learns here whom they may not look up: every member may list members, admins also invitations, and a key
    /// what its permissions name.
    /// </summary>
    private static Sight SightOf(Caller caller)
    {
        if (caller.Kind is not CallerKind.Key)
        {
            var manages = caller.TenantRole >= TenantRole.Admin;
            return new Sight(Members: true, Others: manages, Invited: manages);
        }
        return new Sight(caller.Holds("members.list"), Others: false, caller.Holds("invitations.list"));
    }

    /// <summary>A key speaks for its app and sees only what went through it.</summary>
    private static AppId? OwnApp(Caller caller) => caller.Kind is CallerKind.Key ? caller.App : null;
}
