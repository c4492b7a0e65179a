using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>
/// The verbs <c>grants ...</c>, <c>policies ...</c> and <c>access ...</c>: what a tenant gives and forbids.
/// </summary>
internal static class AccessCommands
{
    public static IEnumerable<Command> All() =>
    [
        new("grants", "What a tenant has given to people, groups, keys and agents beside their roles.")
        {
            List(), Create(), Revoke(),
        },
        new("policies", "What a tenant forbids, whatever roles and grants allow.") { Policies() },
        new("access", "Why somebody may do something, or not.") { Explain() },
    ];

    private static Argument<string> Tenant() => new("tenant") { Description = "The tenant's id: ten_..." };

    private static Verb List()
    {
        var (tenant, whom, list) = (Tenant(), new Whom("To this"), new ListOptions());
        var role = Words.Text("--role", "Of this role of the tenant.", "rol_...");
        var ended = new Option<bool>("--ended") { Description = "Those that have ended, instead of those in force." };
        var verb = new Verb("list", "List grants: who was given what, on which part of the tenant, until when.",
            "castellan grants list ten_01k...",
            "castellan grants list ten_01k... --user usr_01k... --ended") { tenant };
        whom.AddTo(verb);
        verb.Add(role);
        verb.Add(ended);
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Access.Grants(
                session.Value(tenant),
                new AccessGrantFilter
                {
                    User = session.Value(whom.User),
                    Group = session.Value(whom.Group),
                    Key = session.Value(whom.Key),
                    Agent = session.Value(whom.Agent),
                    Role = session.Value(role),
                    State = session.Value(ended) ? "ended" : null,
                },
                list.Page(session), ct),
            grant => grant.Id,
            ("ID", grant => grant.Id), ("TO", To), ("GIVES", grant => grant.Permission ?? grant.RoleId),
            ("ON", grant => On(grant.AppId, grant.WorkspaceId, grant.Collection, grant.RecordId)),
            ("IF", grant => grant.Condition), ("STATE", grant => State(grant, session.Time.GetUtcNow())),
            ("UNTIL", grant => Terminal.Time(grant.EndedAt ?? grant.ExpiresAt)), ("BY", grant => grant.CreatedBy),
            ("REASON", grant => grant.Reason)));
    }

    private static Verb Create()
    {
        var (tenant, whom, part) = (Tenant(), new Whom("To this"), new Part());
        var permission = Words.Text("--permission", "An operation, or what an app declares.", "operation");
        var role = Words.Text("--role", "A role of the tenant, instead of a permission.", "rol_...");
        var condition = Words.Text("--condition", "Only while this is true.", "CEL");
        var expires = Times.Future("--expires", "When it ends by itself. Default: never.");
        var reason = Words.Text("--reason", "Why; kept with the grant.");
        var verb = new Verb("create", "Grant a permission or a role of the tenant to a member, group, key or agent.",
            "castellan grants create ten_01k... --user usr_01k... --permission invitations.list --expires 7d "
            + "--reason \"Ticket 4711\"",
            "castellan grants create ten_01k... --group grp_01k... --role rol_01k... --app app_01k...",
            "castellan grants create ten_01k... --agent agt_01k... --permission notes.write --app app_01k...")
        {
            tenant,
        };
        whom.AddTo(verb);
        verb.Add(permission);
        verb.Add(role);
        part.AddTo(verb);
        foreach (var option in (Option[])[condition, expires, reason]) verb.Add(option);
        return verb.Does(async (session, ct) =>
        {
            var on = part.Of(session);
            Show(session, await session.Client.Access.Grant(
                session.Value(tenant),
                new NewAccessGrant
                {
                    UserId = session.Value(whom.User),
                    GroupId = session.Value(whom.Group),
                    KeyId = session.Value(whom.Key),
                    AgentId = session.Value(whom.Agent),
                    Permission = session.Value(permission),
                    RoleId = session.Value(role),
                    AppId = on.AppId,
                    WorkspaceId = on.WorkspaceId,
                    Collection = on.Collection,
                    RecordId = on.RecordId,
                    Condition = session.Value(condition),
                    ExpiresAt = session.Value(expires),
                    Reason = session.Value(reason),
                },
                ct));
        });
    }

    private static Verb Revoke()
    {
        var tenant = Tenant();
        var grant = new Argument<string>("grant") { Description = "The grant's id, as grants list shows it." };
        var verb = new Verb("revoke", "Revoke a grant: from the next call on, nothing rests on it.",
            "castellan grants revoke ten_01k... grt_01k...") { tenant, grant };
        return verb.Does(async (session, ct) => Show(
            session, await session.Client.Access.Revoke(session.Value(tenant), session.Value(grant), ct)));
    }

    private static Verb Policies()
    {
        var (tenant, list) = (Tenant(), new ListOptions());
        var verb = new Verb("list", "List a tenant's policies: what each forbids, and whether it refuses yet.",
            "castellan policies list ten_01k...") { tenant };
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Access.Policies(session.Value(tenant), list.Page(session), ct), policy => policy.Id,
            ("ID", policy => policy.Id), ("NAME", policy => policy.Name), ("MODE", policy => policy.Mode),
            ("FORBIDS", policy => policy.Permissions.Count == 0 ? "everything" : Words.List(policy.Permissions)),
            ("ON", policy => On(policy.AppId, policy.WorkspaceId, policy.Collection, record: null)),
            ("IF", policy => policy.Condition), ("MESSAGE", policy => policy.Message),
            ("CHANGED", policy => Terminal.Time(policy.UpdatedAt))));
    }

    private static Verb Explain()
    {
        var (tenant, part) = (Tenant(), new Part());
        var user = Words.Text("--user", "About this member.", "usr_...");
        var key = Words.Text("--key", "About this secret key.", "key_...");
        var agent = Words.Text("--agent", "About this agent, for itself.", "agt_...");
        var permission = new Option<string>("--permission")
        {
            Description = "An operation, or what an app declares.", HelpName = "operation", Required = true,
        };
        var verb = new Verb("explain",
            "Say whether a member, key or agent may do something: by what, or what is missing.",
            "castellan access explain ten_01k... --user usr_01k... --permission invitations.list",
            "castellan access explain ten_01k... --user usr_01k... --permission invoices.pay --app app_01k...")
        {
            tenant, user, key, agent, permission,
        };
        part.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Access.Explain(
                session.Value(tenant),
                new AccessSubject(session.Value(user), session.Value(key), session.Value(agent)),
                session.Value(permission)!, part.Of(session), ct),
            why => why.By ?? "-", why =>
            [
                ("allowed", Words.YesNo(why.Allowed)), ("by", why.By),
                ("because", why.Proof.Count == 0
                    ? null
                    : string.Join(" > ", why.Proof.Select(step => $"{step.Kind} {step.Id}"))),
                .. why.Missing is { } missing
                    ? [("missing", $"a grant of {missing.Permission} on "
                        + On(missing.AppId, missing.WorkspaceId, missing.Collection, missing.RecordId))]
                    : Array.Empty<(string, string?)>(),
                .. why.Because is { } because ? [("why not", because)] : Array.Empty<(string, string?)>(),
                .. why.LeastRole is { } least ? [("or the role", least)] : Array.Empty<(string, string?)>(),
                .. why.Failed.Select(one => ("does not help", (string?)$"{one.GrantId}: {one.Detail}")),
                .. why.Policies.Select(one => ("policy", (string?)$"{one.PolicyId} \"{one.Name}\", {one.Mode}")),
                ("revision", $"{why.Revision}"),
            ]));
    }

    private static void Show(Session session, Response<AccessGrant> answer) => session.Terminal.Show(
        answer, grant => grant.Id, grant =>
        [
            ("id", grant.Id), ("tenant", grant.TenantId), ("to", To(grant)),
            ("gives", grant.Permission ?? grant.RoleId),
            ("on", On(grant.AppId, grant.WorkspaceId, grant.Collection, grant.RecordId)), ("if", grant.Condition),
            ("state", State(grant, session.Time.GetUtcNow())),
            ("until", Terminal.Time(grant.EndedAt ?? grant.ExpiresAt)), ("by", grant.CreatedBy),
            ("made", Terminal.Time(grant.CreatedAt)), ("reason", grant.Reason),
        ]);

    private static string? To(AccessGrant grant) => grant.UserId ?? grant.GroupId ?? grant.KeyId ?? grant.AgentId;

    private static string State(AccessGrant grant, DateTimeOffset now) =>
        Times.State(grant.EndedAt, grant.ExpiresAt, now);

    private static string On(string? app, string? workspace, string? collection, string? record) =>
        string.Join(' ', new[] { app, workspace, collection, record }.OfType<string>()) is { Length: > 0 } part
            ? part
            : "all of the tenant";

    /// <summary>Whom a grant names, as options.</summary>
    private sealed class Whom(string lead)
    {
        public Option<string?> User { get; } = Words.Text("--user", $"{lead} member.", "usr_...");

        public Option<string?> Group { get; } = Words.Text("--group", $"{lead} group of the tenant.", "grp_...");

        public Option<string?> Key { get; } =
            Words.Text("--key", $"{lead} secret key, and what replaces it.", "key_...");

        public Option<string?> Agent { get; } =
            Words.Text("--agent", $"{lead} agent of the environment, for itself.", "agt_...");

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[User, Group, Key, Agent]) command.Add(option);
        }
    }

    /// <summary>A part of the tenant, as options.</summary>
    private sealed class Part
    {
        private readonly Option<string?> app = Words.Text("--app", "Through this app alone.", "app_...");
        private readonly Option<string?> workspace = Words.Text("--workspace", "In this workspace alone.", "wsp_...");
        private readonly Option<string?> collection = Words.Text(
            "--collection", "On this collection alone; for what an app declares.", "name");

        private readonly Option<string?> record = Words.Text("--record", "On this record of it alone.", "rec_...");

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[app, workspace, collection, record]) command.Add(option);
        }

        public AccessPart Of(Session session) => new(
            session.Value(app), session.Value(workspace), session.Value(collection), session.Value(record));
    }
}
