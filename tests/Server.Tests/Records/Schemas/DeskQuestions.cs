namespace Castellan.Tests.Records.Schemas;

/// <summary>What agents, their leads and those who ask want to know.</summary>
internal sealed class DeskQuestions(SchemaWorld w)
{
    public IReadOnlyList<Question> All => [.. Queue, .. Tickets, .. Askers, .. Talk];

    private IEnumerable<Question> Queue =>
    [
        new("open tickets of an agent, the most urgent first", "tickets", w.Cleo,
            $$"""
            {"filter": {"assignee": "{{w.Cleo.User}}", "status": {"in": ["new", "open", "pending"]} },
             "sort": "-urgency,due_at,number"}
            """,
            $"""
            select id from {w["tickets"]} where tenant_id = {w.North} and deleted_at is null
                and assignee = {w.Cleo.User} and status in ('new', 'open', 'pending')
            order by urgency desc nulls last, due_at nulls first, number nulls first, id
            """) { Page = 45 },
        new("what nobody has taken, for who leads", "tickets", w.Dan,
            """
            {"filter": {"assignee": {"is_null": true}, "status": {"not_in": ["solved", "closed"]},
                        "urgency": {"gte": 2}},
             "sort": "-urgency,-number", "select": ["number", "subject", "priority"]}
            """,
            $"""
            select id from {w["tickets"]} where tenant_id = {w.North} and deleted_at is null
                and assignee is null and status not in ('solved', 'closed') and urgency >= 2
            order by urgency desc nulls last, number desc nulls last, id desc
            """) { Page = 50 },
        new("tickets of one group that are late", "tickets", w.Dan,
            $$"""
            {"filter": {"group_id": "{{w.Named["group"]}}", "due_at": {"lt": "2030-01-15T12:00:00Z"},
                        "not": {"or": [{"status": "solved"}, {"status": "closed"}]} }, "sort": "due_at"}
            """,
            $"""
            select id from {w["tickets"]} where tenant_id = {w.North} and deleted_at is null
                and group_id = {w.Named["group"]} and due_at < {SchemaWorld.Noon} and status not in ('solved', 'closed')
            order by due_at nulls first, id
            """) { Page = 5 },
        new("tickets of enterprise customers, for an agent", "tickets", w.Cleo,
            """
            {"where": "record.organization.plan == 'enterprise' && record.status == 'open'",
             "sort": "-created_at,subject"}
            """,
            $"""
            select t.id from {w["tickets"]} t
                join {w["organizations"]} o on o.id = t.organization_id and o.tenant_id = t.tenant_id
            where t.tenant_id = {w.North} and t.deleted_at is null and o.plan = 'enterprise' and t.status = 'open'
                and (t.owner_id = {w.Cleo.User} or t.assignee = {w.Cleo.User})
            order by t.created_at desc, t.subject nulls first, t.id
            """),
        new("the queue, for an owner who is no agent", "tickets", w.Ada,
            "{}", $"select id from {w["tickets"]} where owner_id = {w.Ada.User}") { FindsNothing = true },
    ];

    private IEnumerable<Question> Tickets =>
    [
        new("what I have asked that is not closed", "tickets", w.Vic,
            """{"filter": {"status": {"ne": "closed"}, "type": {"ne": "task"}}, "sort": "-updated_at,number"}""",
            $"""
            select id from {w["tickets"]} where tenant_id = {w.North} and deleted_at is null
                and status <> 'closed' and (type is null or type <> 'task') and owner_id = {w.Vic.User}
            order by updated_at desc, number nulls first, id
            """) { Page = 90 },
        new("tickets about an INVOICE by a rule of thumb", "tickets", w.Ben,
            """
            {"filter": {"or": [{"subject": {"icontains": "invoice"}}, {"tags.0": "Invoice"}]},
             "sort": "subject,-number"}
            """,
            $"""
            select id from {w["tickets"]} where tenant_id = {w.North} and deleted_at is null
                and (lower(subject) like '%invoice%' or tags ->> 0 = 'Invoice') and owner_id = {w.Ben.User}
            order by subject nulls first, number desc nulls last, id desc
            """),
        new("unhappy people who wrote to one mailbox", "tickets", w.Dan,
            """
            {"filter": {"satisfaction.points": {"lte": 3.5}, "satisfaction.score": {"in": ["bad", "offered"]},
                        "via.source.to": {"prefix": "box3"}}, "sort": "number"}
            """,
            $"""
            select id from {w["tickets"]} where tenant_id = {w.North} and deleted_at is null
                and cast(satisfaction ->> 'points' as double precision) <= 3.5
                and satisfaction ->> 'score' in ('bad', 'offered') and via -> 'source' ->> 'to' like 'box3%'
            order by number nulls first, id
            """),
        new("incidents of problems that are open", "tickets", w.Dan,
            """
            {"where": "record.problem.status == 'open' && record.problem.urgency >= 1",
             "sort": "problem_id,-urgency"}
            """,
            $"""
            select t.id from {w["tickets"]} t
                join {w["tickets"]} p on p.id = t.problem_id and p.tenant_id = t.tenant_id and p.deleted_at is null
            where t.tenant_id = {w.North} and t.deleted_at is null and p.status = 'open' and p.urgency >= 1
            order by t.problem_id nulls first, t.urgency desc nulls last, t.id desc
            """) { Page = 12 },
        new("problems that have incidents, for an admin who leads too", "tickets", w.Ida,
            """{"where": "record.incidents.exists(i, i.status != 'closed') && size(record.incidents) >= 3"}""",
            $"""
            select p.id from {w["tickets"]} p where p.tenant_id = {w.North} and p.deleted_at is null
                and exists (select 1 from {w["tickets"]} i where i.problem_id = p.id and i.tenant_id = p.tenant_id
                    and i.deleted_at is null and i.status <> 'closed')
                and (select count(*) from {w["tickets"]} i where i.problem_id = p.id and i.tenant_id = p.tenant_id
                    and i.deleted_at is null) >= 3
            order by p.id
            """),
        new("my tickets in the south", "tickets", w.Ben,
            """
            {"filter": {"and": [{"number": {"gte": 1}}, {"priority": {"in": ["urgent", null]}}]},
             "sort": "priority,due_at"}
            """,
            $"""
            select id from {w["tickets"]} where tenant_id = {w.South} and deleted_at is null
                and number >= 1 and (priority = 'urgent' or priority is null) and owner_id = {w.Ben.User}
            order by priority nulls first, due_at nulls first, id
            """) { Tenant = w.South },
    ];

    private IEnumerable<Question> Askers =>
    [
        new("people by a name with an accent, for an agent", "requesters", w.Cleo,
            """{"filter": {"name": {"prefix": "Ève"}, "suspended": {"ne": true}}, "sort": "name,email"}""",
            $"""
            select id from {w["requesters"]} where tenant_id = {w.North} and deleted_at is null
                and substr(name, 1, 3) = 'Ève' and (suspended is null or not suspended)
            order by name nulls first, email nulls first, id
            """),
        new("people of large customers who ask for something urgent", "requesters", w.Dan,
            """
            {"where": "record.organization.details.seats > 100 && record.tickets.exists(t, t.priority == 'urgent')",
             "sort": "-verified,name"}
            """,
            $"""
            select q.id from {w["requesters"]} q
                join {w["organizations"]} o on o.id = q.organization_id and o.tenant_id = q.tenant_id
            where q.tenant_id = {w.North} and q.deleted_at is null
                and cast(o.details ->> 'seats' as integer) > 100
                and exists (select 1 from {w["tickets"]} t where t.requester_id = q.id and t.tenant_id = q.tenant_id
                    and t.deleted_at is null and t.priority = 'urgent')
            order by q.verified desc nulls last, q.name nulls first, q.id
            """) { Page = 30 },
        new("people who ask, for somebody who is no agent", "requesters", w.Ben,
            "{}", $"select id from {w["requesters"]} where false") { FindsNothing = true },
        new("customers of a region by their names", "organizations", w.Vic,
            """{"filter": {"details.region": "APAC", "external_id": {"prefix": "org_"}}, "sort": "-name,plan"}""",
            $"""
            select id from {w["organizations"]} where tenant_id = {w.North} and deleted_at is null
                and details ->> 'region' = 'APAC' and substr(external_id, 1, 4) = 'org_'
            order by name desc nulls last, plan nulls first, id
            """) { Page = 10 },
        new("how soon urgent questions are answered", "sla_policies", w.Ida,
            """
            {"filter": {"target_minutes": {"lte": 120}, "business_hours": {"is_null": false}},
             "sort": "position,-title"}
            """,
            $"""
            select id from {w["sla_policies"]} where tenant_id = {w.North} and deleted_at is null
                and target_minutes <= 120 and business_hours is not null
            order by position nulls first, title desc nulls last, id desc
            """),
    ];

    private IEnumerable<Question> Talk =>
    [
        new("what was answered to me", "comments", w.Vic,
            """{"where": "record.owner_id != caller.id", "sort": "-created_at,body"}""",
            $"""
            select m.id from {w["comments"]} m
                join {w["tickets"]} t on t.id = m.ticket_id and t.tenant_id = m.tenant_id and t.deleted_at is null
            where m.tenant_id = {w.North} and m.deleted_at is null and m.owner_id <> {w.Vic.User}
                and ((m.is_public and t.owner_id = {w.Vic.User}) or t.assignee = {w.Vic.User})
            order by m.created_at desc, m.body nulls first, m.id
            """) { Page = 60 },
        new("notes among agents on late tickets", "comments", w.Dan,
            """
            {"where": "!record.is_public && record.ticket.due_at < timestamp('2030-01-10T00:00:00Z')",
             "sort": "ticket_id"}
            """,
            $"""
            select m.id from {w["comments"]} m
                join {w["tickets"]} t on t.id = m.ticket_id and t.tenant_id = m.tenant_id and t.deleted_at is null
            where m.tenant_id = {w.North} and m.deleted_at is null and not m.is_public
                and t.due_at < {SchemaWorld.Noon.AddHours(-132)}
            order by m.ticket_id nulls first, m.id
            """),
    ];
}
