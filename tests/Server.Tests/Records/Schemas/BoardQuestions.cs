namespace Castellan.Tests.Records.Schemas;

/// <summary>What a team asks of its boards.</summary>
internal sealed class BoardQuestions(SchemaWorld w)
{
    public IReadOnlyList<Question> All => [.. Boards, .. Cards, .. Steps, .. Talk];

    private IEnumerable<Question> Boards =>
    [
        new("boards that begin with plan, for a viewer", "boards", w.Vic,
            """{"filter": {"name": {"iprefix": "plan"}, "closed": {"ne": true}}, "sort": "name,-short_link"}""",
            $"""
            select id from {w["boards"]} where tenant_id = {w.North} and deleted_at is null
                and lower(name) like 'plan%' and (closed is null or not closed) and visibility = 'team'
            order by name nulls first, short_link desc nulls last, id desc
            """) { Page = 4 },
        new("blue boards of everybody, for who looks after them", "boards", w.Dan,
            """{"filter": {"settings.background.colour": "blue", "settings.voting": "members"}, "sort": "-name"}""",
            $"""
            select id from {w["boards"]} where tenant_id = {w.North} and deleted_at is null
                and settings -> 'background' ->> 'colour' = 'blue' and settings ->> 'voting' = 'members'
            order by name desc nulls last, id desc
            """),
        new("boards with a card that many voted for, for a member", "boards", w.Cleo,
            """{"where": "record.lists.exists(l, l.cards.exists(c, c.votes >= 9))", "sort": "name"}""",
            $"""
            select b.id from {w["boards"]} b where b.tenant_id = {w.North} and b.deleted_at is null
                and (b.owner_id = {w.Cleo.User} or b.visibility = 'team')
                and exists (select 1 from {w["lists"]} l join {w["cards"]} c
                        on c.list_id = l.id and c.tenant_id = l.tenant_id and c.deleted_at is null
                    where l.board_id = b.id and l.tenant_id = b.tenant_id and l.deleted_at is null and c.votes >= 9)
            order by b.name nulls first, b.id
            """),
        new("lists in order, of open boards", "lists", w.Ada,
            """{"filter": {"name": {"in": ["Next", "Doing"]}, "closed": false}, "sort": "board_id,position"}""",
            $"""
            select l.id from {w["lists"]} l join {w["boards"]} b on b.id = l.board_id and b.tenant_id = l.tenant_id
            where l.tenant_id = {w.North} and l.deleted_at is null
                and l.name in ('Next', 'Doing') and not l.closed and b.visibility = 'team'
            order by l.board_id nulls first, l.position nulls first, l.id
            """) { Page = 33 },
    ];

    private IEnumerable<Question> Cards =>
    [
        new("cards of a list as they lie there", "cards", w.Ben,
            $$"""{"filter": {"list_id": "{{w.Named["list"]}}", "closed": false}, "sort": "position,name"}""",
            $"""
            select id from {w["cards"]} where tenant_id = {w.North} and deleted_at is null
                and list_id = {w.Named["list"]} and not closed
            order by position nulls first, name nulls first, id
            """) { Page = 3 },
        new("my cards that are overdue", "cards", w.Ben,
            $$"""
            {"filter": {"assignee": "{{w.Ben.User}}", "due_at": {"lt": "2030-01-15T12:00:00Z"},
                        "due_complete": {"ne": true}, "closed": false}, "sort": "due_at,-votes"}
            """,
            $"""
            select id from {w["cards"]} where tenant_id = {w.North} and deleted_at is null
                and assignee = {w.Ben.User} and due_at < {SchemaWorld.Noon}
                and (due_complete is null or not due_complete) and not closed
            order by due_at nulls first, votes desc nulls last, id desc
            """) { Page = 20 },
        new("cards nobody has, of boards that a viewer may see", "cards", w.Vic,
            """{"filter": {"assignee": null, "tags.1": "p1"}, "sort": "-position,name"}""",
            $"""
            select c.id from {w["cards"]} c
                join {w["lists"]} l on l.id = c.list_id and l.tenant_id = c.tenant_id
                join {w["boards"]} b on b.id = l.board_id and b.tenant_id = l.tenant_id
            where c.tenant_id = {w.North} and c.deleted_at is null and c.assignee is null and c.tags ->> 1 = 'p1'
                and b.visibility = 'team'
            order by c.position desc nulls last, c.name nulls first, c.id
            """),
        new("everything about 50% off that a member may see", "cards", w.Cleo,
            """
            {"filter": {"or": [{"name": {"contains": "50%"}}, {"description": {"contains": "50%"}}]},
             "sort": "name"}
            """,
            $"""
            select c.id from {w["cards"]} c
                join {w["lists"]} l on l.id = c.list_id and l.tenant_id = c.tenant_id
                join {w["boards"]} b on b.id = l.board_id and b.tenant_id = l.tenant_id
            where c.tenant_id = {w.North} and c.deleted_at is null
                and (c.name like '%50!%%' escape '!' or c.description like '%50!%%' escape '!')
                and (c.assignee = {w.Cleo.User} or b.owner_id = {w.Cleo.User} or b.visibility = 'team')
            order by c.name nulls first, c.id
            """) { Page = 100 },
        new("red covers on private boards", "cards", w.Ben,
            """
            {"filter": {"cover.colour": "red", "not": {"cover.size": "half"}},
             "where": "record.list.board.visibility == 'private' && record.votes in [1, 3, 5, 7]",
             "sort": "votes,-due_at"}
            """,
            $"""
            select c.id from {w["cards"]} c
                join {w["lists"]} l on l.id = c.list_id and l.tenant_id = c.tenant_id
                join {w["boards"]} b on b.id = l.board_id and b.tenant_id = l.tenant_id
            where c.tenant_id = {w.North} and c.deleted_at is null
                and c.cover ->> 'colour' = 'red' and c.cover ->> 'size' <> 'half'
                and b.visibility = 'private' and c.votes in (1, 3, 5, 7) and b.owner_id = {w.Ben.User}
            order by c.votes nulls first, c.due_at desc nulls last, c.id desc
            """),
        new("cards of the south that start after they are due", "cards", w.Ben,
            """{"where": "record.start_at > record.due_at", "sort": "start_at,due_at,name,id"}""",
            $"""
            select id from {w["cards"]} where tenant_id = {w.South} and deleted_at is null and start_at > due_at
            order by start_at nulls first, due_at nulls first, name nulls first, id
            """) { Tenant = w.South, Page = 11 },
        new("cards with a step that is not done, of a member", "cards", w.Cleo,
            """
            {"where": "record.checklists.exists(k, k.items.exists(i, i.state == 'incomplete'))", "sort": "-due_at,name",
             "select": ["name", "due_at"]}
            """,
            $"""
            select c.id from {w["cards"]} c
                join {w["lists"]} l on l.id = c.list_id and l.tenant_id = c.tenant_id
                join {w["boards"]} b on b.id = l.board_id and b.tenant_id = l.tenant_id
            where c.tenant_id = {w.North} and c.deleted_at is null
                and (c.assignee = {w.Cleo.User} or b.owner_id = {w.Cleo.User} or b.visibility = 'team')
                and exists (select 1 from {w["checklists"]} k
                    where k.card_id = c.id and k.tenant_id = c.tenant_id and k.deleted_at is null
                        and (k.owner_id = {w.Cleo.User} or c.assignee = {w.Cleo.User})
                        and exists (select 1 from {w["check_items"]} i
                            where i.checklist_id = k.id and i.tenant_id = k.tenant_id and i.deleted_at is null
                                and i.state = 'incomplete'
                                and (i.owner_id = {w.Cleo.User} or c.assignee = {w.Cleo.User})))
            order by c.due_at desc nulls last, c.name nulls first, c.id
            """),
    ];

    private IEnumerable<Question> Steps =>
    [
        new("steps that somebody has to do this week", "check_items", w.Dan,
            """
            {"filter": {"state": "incomplete",
                        "due_at": {"gte": "2030-01-15T12:00:00Z", "lte": "2030-01-22T12:00:00Z"}},
             "sort": "due_at,position"}
            """,
            $"""
            select i.id from {w["check_items"]} i
                join {w["checklists"]} k on k.id = i.checklist_id and k.tenant_id = i.tenant_id
                join {w["cards"]} c on c.id = k.card_id and c.tenant_id = k.tenant_id and c.deleted_at is null
                join {w["lists"]} l on l.id = c.list_id and l.tenant_id = c.tenant_id
            where i.tenant_id = {w.North} and i.deleted_at is null and i.state = 'incomplete'
                and i.due_at >= {SchemaWorld.Noon} and i.due_at <= {SchemaWorld.Noon.AddDays(7)}
                and (c.assignee = {w.Dan.User} or l.name = 'Shared')
            order by i.due_at nulls first, i.position nulls first, i.id
            """) { Page = 10 },
        new("my steps that are done and have no day", "check_items", w.Ben,
            """
            {"filter": {"state": "complete", "due_at": null}, "where": "record.owner_id == caller.id",
             "sort": "-name"}
            """,
            $"""
            select id from {w["check_items"]} where tenant_id = {w.North} and deleted_at is null
                and state = 'complete' and due_at is null and owner_id = {w.Ben.User}
            order by name desc nulls last, id desc
            """),
        new("checklists of others, for an admin who has no card", "checklists", w.Ida,
            "{}", $"select id from {w["checklists"]} where owner_id = {w.Ida.User}") { FindsNothing = true },
    ];

    private IEnumerable<Question> Talk =>
    [
        new("what was said on cards of mine", "comments", w.Ben,
            """
            {"where": "record.card.owner_id == caller.id && record.text.contains('👍')",
             "sort": "-edited_at,text"}
            """,
            $"""
            select m.id from {w["comments"]} m
                join {w["cards"]} c on c.id = m.card_id and c.tenant_id = m.tenant_id and c.deleted_at is null
            where m.tenant_id = {w.North} and m.deleted_at is null and c.owner_id = {w.Ben.User} and m.text like '%👍%'
            order by m.edited_at desc nulls last, m.text nulls first, m.id
            """),
        new("labels with a percent sign", "labels", w.Vic,
            """{"filter": {"name": {"prefix": "50%"}, "colour": {"is_null": false}}, "sort": "colour,-name"}""",
            $"""
            select id from {w["labels"]} where tenant_id = {w.North} and deleted_at is null
                and substr(name, 1, 3) = '50%' and colour is not null
            order by colour nulls first, name desc nulls last, id desc
            """),
        new("comments, by a key, which is no member", "comments", w.Key,
            "{}", $"select id from {w["comments"]} where false") { FindsNothing = true },
    ];
}
