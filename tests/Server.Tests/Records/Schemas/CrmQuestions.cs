namespace Castellan.Tests.Records.Schemas;

/// <summary>What sales people ask every day.</summary>
internal sealed class CrmQuestions(SchemaWorld w)
{
    public IReadOnlyList<Question> All => [.. Contacts, .. Companies, .. Deals, .. Activities];

    private IEnumerable<Question> Contacts =>
    [
        new("contacts whose name begins with Sch", "contacts", w.Ben,
            """{"filter": {"last_name": {"prefix": "Sch"}}, "sort": "last_name,first_name"}""",
            $"""
            select id from {w["contacts"]} where tenant_id = {w.North} and deleted_at is null
                and substr(last_name, 1, 3) = 'Sch'
            order by last_name nulls first, first_name nulls first, id
            """),
        new("the same in either case, for somebody who only looks", "contacts", w.Vic,
            """{"filter": {"last_name": {"iprefix": "SCH"}}, "sort": "last_name,-score"}""",
            $"""
            select id from {w["contacts"]} where tenant_id = {w.North} and deleted_at is null
                and lower(last_name) like 'sch%'
            order by last_name nulls first, score desc nulls last, id desc
            """) { Page = 100 },
        new("names with marks that patterns have", "contacts", w.Cleo,
            """
            {"filter": {"or": [{"last_name": {"contains": "%"}}, {"last_name": {"prefix": "S_"}}]},
             "sort": "-email"}
            """,
            $"""
            select id from {w["contacts"]} where tenant_id = {w.North} and deleted_at is null
                and (last_name like '%!%%' escape '!' or substr(last_name, 1, 2) = 'S_')
            order by email desc nulls last, id desc
            """),
        new("warm leads that may be called", "contacts", w.Ben,
            """
            {"filter": {"score": {"gte": 80}, "lead_status": {"in": ["open", "in_progress"]}, "do_not_call": false},
             "sort": "-score,last_name", "select": ["email", "score", "company_id"]}
            """,
            $"""
            select id from {w["contacts"]} where tenant_id = {w.North} and deleted_at is null
                and score >= 80 and lead_status in ('open', 'in_progress') and not do_not_call
            order by score desc nulls last, last_name nulls first, id
            """) { Page = 25 },
        new("people whom nobody has ever talked to", "contacts", w.Ida,
            """{"filter": {"last_contacted_at": {"is_null": true}, "lead_status": {"ne": "unqualified"}}}""",
            $"""
            select id from {w["contacts"]} where tenant_id = {w.North} and deleted_at is null
                and last_contacted_at is null and (lead_status is null or lead_status <> 'unqualified')
            order by id
            """),
        new("German speakers who take mail", "contacts", w.Ada,
            """
            {"filter": {"preferences.language": "de", "preferences.channels.email": true}, "sort": "last_contacted_at"}
            """,
            $"""
            select id from {w["contacts"]} where tenant_id = {w.North} and deleted_at is null
                and preferences ->> 'language' = 'de' and cast(preferences -> 'channels' -> 'email' as text) = 'true'
            order by last_contacted_at nulls first, id
            """),
        new("contacts of customers in software", "contacts", w.Cleo,
            """
            {"where": "record.company.lifecycle == 'customer' && record.company.industry == 'software'",
             "sort": "company_id,-last_contacted_at"}
            """,
            $"""
            select c.id from {w["contacts"]} c
                join {w["companies"]} f on f.id = c.company_id and f.tenant_id = c.tenant_id
            where c.tenant_id = {w.North} and c.deleted_at is null
                and f.lifecycle = 'customer' and f.industry = 'software'
            order by c.company_id nulls first, c.last_contacted_at desc nulls last, c.id desc
            """) { Page = 30 },
    ];

    private IEnumerable<Question> Companies =>
    [
        new("large customers in Germany or Norway", "companies", w.Ben,
            """
            {"filter": {"lifecycle": "customer", "annual_revenue": {"gt": 100000},
                        "or": [{"address.country": "DE"}, {"address.country": "NO"}]},
             "sort": "-annual_revenue,name"}
            """,
            $"""
            select id from {w["companies"]} where tenant_id = {w.North} and deleted_at is null
                and lifecycle = 'customer' and annual_revenue > 100000 and address ->> 'country' in ('DE', 'NO')
            order by annual_revenue desc nulls last, name nulls first, id
            """) { Page = 7 },
        new("companies whose parent's parent is in retail", "companies", w.Vic,
            """{"where": "record.parent.parent.industry == 'retail'", "sort": "name"}""",
            $"""
            select c.id from {w["companies"]} c
                join {w["companies"]} p on p.id = c.parent_id and p.tenant_id = c.tenant_id
                join {w["companies"]} g on g.id = p.parent_id and g.tenant_id = c.tenant_id
            where c.tenant_id = {w.North} and c.deleted_at is null and g.industry = 'retail'
            order by c.name nulls first, c.id
            """),
        new("companies that an admin waits for a contract with", "companies", w.Ida,
            """{"where": "record.deals.exists(d, d.stage == 'contract' && d.amount > 3000.0)", "sort": "-employees"}""",
            $"""
            select c.id from {w["companies"]} c where c.tenant_id = {w.North} and c.deleted_at is null
                and exists (select 1 from {w["deals"]} d where d.company_id = c.id and d.tenant_id = c.tenant_id
                    and d.deleted_at is null and d.stage = 'contract' and d.amount > 3000)
            order by c.employees desc nulls last, c.id desc
            """),
        new("the same, which tells a member of his own deals alone", "companies", w.Ben,
            """{"where": "record.deals.exists(d, d.stage == 'contract' && d.amount > 3000.0)", "sort": "-employees"}""",
            $"""
            select c.id from {w["companies"]} c where c.tenant_id = {w.North} and c.deleted_at is null
                and exists (select 1 from {w["deals"]} d where d.company_id = c.id and d.tenant_id = c.tenant_id
                    and d.deleted_at is null and d.stage = 'contract' and d.amount > 3000 and d.owner_id = {w.Ben.User})
            order by c.employees desc nulls last, c.id desc
            """),
        new("companies for a key, which is no member", "companies", w.Key,
            "{}", $"select id from {w["companies"]} where false") { FindsNothing = true },
    ];

    private IEnumerable<Question> Deals =>
    [
        new("my open deals, the largest first", "deals", w.Ben,
            """{"where": "record.stage != 'won' && record.stage != 'lost'", "sort": "-amount,closes_on"}""",
            $"""
            select id from {w["deals"]} where tenant_id = {w.North} and deleted_at is null
                and stage not in ('won', 'lost') and owner_id = {w.Ben.User}
            order by amount desc nulls last, closes_on nulls first, id
            """),
        new("large deals with customers, for an admin", "deals", w.Ida,
            """
            {"where": "record.company.lifecycle == 'customer' && record.amount >= 5000.0",
             "sort": "stage,-amount,name"}
            """,
            $"""
            select d.id from {w["deals"]} d join {w["companies"]} c on c.id = d.company_id and c.tenant_id = d.tenant_id
            where d.tenant_id = {w.North} and d.deleted_at is null and c.lifecycle = 'customer' and d.amount >= 5000
            order by d.stage nulls first, d.amount desc nulls last, d.name nulls first, d.id
            """) { Page = 20 },
        new("what closes this month, for who leads", "deals", w.Dan,
            """
            {"filter": {"closes_on": {"gte": "2030-01-01", "lt": "2030-02-01"},
                        "not": {"stage": {"in": ["won", "lost"]}}},
             "sort": "closes_on,-probability"}
            """,
            $"""
            select id from {w["deals"]} where tenant_id = {w.North} and deleted_at is null
                and closes_on >= '2030-01-01' and closes_on < '2030-02-01' and stage not in ('won', 'lost')
            order by closes_on nulls first, probability desc nulls last, id desc
            """) { Page = 50 },
        new("my deals in the other tenant", "deals", w.Ben,
            """{"filter": {"name": {"icontains": "INVOICE"}, "contact_id": {"is_null": false}}, "sort": "name"}""",
            $"""
            select id from {w["deals"]} where tenant_id = {w.South} and deleted_at is null
                and lower(name) like '%invoice%' and contact_id is not null and owner_id = {w.Ben.User}
            order by name nulls first, id
            """) { Tenant = w.South },
        new("deals of somebody who has none", "deals", w.Vic,
            "{}", $"select id from {w["deals"]} where owner_id = {w.Vic.User}") { FindsNothing = true },
    ];

    private IEnumerable<Question> Activities =>
    [
        new("what is overdue in my deals, whoever wrote it", "activities", w.Ben,
            """
            {"filter": {"status": {"in": ["not_started", "in_progress", "waiting"]},
                        "due_at": {"lt": "2030-01-15T12:00:00Z"}}, "sort": "due_at,-priority"}
            """,
            $"""
            select a.id from {w["activities"]} a where a.tenant_id = {w.North} and a.deleted_at is null
                and a.status in ('not_started', 'in_progress', 'waiting') and a.due_at < {SchemaWorld.Noon}
                and (a.owner_id = {w.Ben.User} or exists (select 1 from {w["deals"]} d
                    where d.id = a.deal_id and d.tenant_id = a.tenant_id and d.owner_id = {w.Ben.User}))
            order by a.due_at nulls first, a.priority desc nulls last, a.id desc
            """) { Page = 40 },
        new("urgent talks about 100%", "activities", w.Dan,
            """
            {"filter": {"priority": "high", "kind": {"in": ["meeting", "call", "task"]},
                        "subject": {"contains": "100%"}},
             "sort": "-minutes,subject"}
            """,
            $"""
            select id from {w["activities"]} where tenant_id = {w.North} and deleted_at is null
                and priority = 'high' and kind in ('meeting', 'call', 'task') and subject like '%100!%%' escape '!'
            order by minutes desc nulls last, subject nulls first, id
            """) { Page = 9 },
        new("my mailboxes and calendars that work", "connections", w.Cleo,
            """{"filter": {"active": true}, "sort": "provider,account"}""",
            $"""
            select id from {w["connections"]} where tenant_id = {w.North} and deleted_at is null
                and active and owner_id = {w.Cleo.User}
            order by provider nulls first, account nulls first, id
            """),
        new("mailboxes of others, for the owner", "connections", w.Ada,
            "{}", $"select id from {w["connections"]} where owner_id = {w.Ada.User}") { FindsNothing = true },
    ];
}
