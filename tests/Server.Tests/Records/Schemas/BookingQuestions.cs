namespace Castellan.Tests.Records.Schemas;

/// <summary>What hosts, guests and a reception ask.</summary>
internal sealed class BookingQuestions(SchemaWorld w)
{
    public IReadOnlyList<Question> All => [.. Bookings, .. Reception, .. Places, .. Types, .. Attendees];

    private IEnumerable<Question> Bookings =>
    [
        new("bookings of a room within a week", "bookings", w.Cleo,
            $$"""
            {"filter": {"room_id": "{{w.Named["room"]}}", "status": {"not_in": ["cancelled", "rejected"]},
                        "starts_at": {"gte": "2030-01-15T00:00:00Z", "lt": "2030-01-22T00:00:00Z"} },
             "sort": "starts_at"}
            """,
            $"""
            select id from {w["bookings"]} where tenant_id = {w.North} and deleted_at is null
                and room_id = {w.Named["room"]} and status not in ('cancelled', 'rejected')
                and starts_at >= {SchemaWorld.Noon.AddHours(-12)} and starts_at < {SchemaWorld.Noon.AddHours(156)}
                and workspace_id = {w.Berlin}
            order by starts_at nulls first, id
            """) { Page = 5 },
        new("what I have booked, or others with me, from now on", "bookings", w.Ben,
            """
            {"filter": {"starts_at": {"gte": "2030-01-15T12:00:00Z"}, "status": "accepted"},
             "sort": "starts_at,-uid"}
            """,
            $"""
            select b.id from {w["bookings"]} b
                join {w["event_types"]} t on t.id = b.event_type_id and t.tenant_id = b.tenant_id
            where b.tenant_id = {w.North} and b.deleted_at is null
                and b.starts_at >= {SchemaWorld.Noon} and b.status = 'accepted'
                and (b.owner_id = {w.Ben.User} or t.owner_id = {w.Ben.User})
            order by b.starts_at nulls first, b.uid desc nulls last, b.id desc
            """) { Page = 50 },
        new("bookings that stand in for cancelled ones", "bookings", w.Ben,
            """{"where": "record.before.status == 'cancelled'", "sort": "-starts_at"}""",
            $"""
            select b.id from {w["bookings"]} b
                join {w["bookings"]} o on o.id = b.rescheduled_from_id and o.tenant_id = b.tenant_id
            where b.tenant_id = {w.North} and b.deleted_at is null and b.owner_id = {w.Ben.User}
                and o.deleted_at is null and o.owner_id = {w.Ben.User} and o.status = 'cancelled'
            order by b.starts_at desc nulls last, b.id desc
            """),
        new("long titles in the south that have a backslash", "bookings", w.Ben,
            """{"filter": {"title": {"contains": "back\\slash"}, "paid": {"is_null": true}}, "sort": "title"}""",
            $"""
            select id from {w["bookings"]} where tenant_id = {w.South} and deleted_at is null
                and title like '%back!\slash%' escape '!' and paid is null and owner_id = {w.Ben.User}
            order by title nulls first, id
            """) { Tenant = w.South },
    ];

    private IEnumerable<Question> Reception =>
    [
        new("what waits to be confirmed", "bookings", w.Dan,
            """
            {"filter": {"status": {"in": ["pending", "awaiting_host"]}, "starts_at": {"gt": "2030-01-15T12:00:00Z"}},
             "sort": "status,starts_at,uid", "select": ["uid", "starts_at", "status"]}
            """,
            $"""
            select id from {w["bookings"]} where tenant_id = {w.North} and deleted_at is null
                and status in ('pending', 'awaiting_host') and starts_at > {SchemaWorld.Noon}
            order by status nulls first, starts_at nulls first, uid nulls first, id
            """) { Page = 60 },
        new("bookings to which somebody did not come", "bookings", w.Dan,
            """{"where": "record.attendees.exists(a, a.absent) && record.status == 'accepted'", "sort": "-rating"}""",
            $"""
            select b.id from {w["bookings"]} b where b.tenant_id = {w.North} and b.deleted_at is null
                and b.status = 'accepted'
                and exists (select 1 from {w["attendees"]} a
                    where a.booking_id = b.id and a.tenant_id = b.tenant_id and a.deleted_at is null and a.absent)
            order by b.rating desc nulls last, b.id desc
            """),
        new("the same for a host, of attendees that she may see", "bookings", w.Cleo,
            """{"where": "record.attendees.exists(a, a.absent) && record.status == 'accepted'", "sort": "-rating"}""",
            $"""
            select b.id from {w["bookings"]} b
                join {w["event_types"]} t on t.id = b.event_type_id and t.tenant_id = b.tenant_id
            where b.tenant_id = {w.North} and b.deleted_at is null and b.status = 'accepted'
                and (b.owner_id = {w.Cleo.User} or b.workspace_id = {w.Berlin} or t.owner_id = {w.Cleo.User})
                and exists (select 1 from {w["attendees"]} a
                    where a.booking_id = b.id and a.tenant_id = b.tenant_id and a.deleted_at is null and a.absent
                        and (a.owner_id = {w.Cleo.User} or t.owner_id = {w.Cleo.User}))
            order by b.rating desc nulls last, b.id desc
            """),
        new("where a second guest comes too", "bookings", w.Ida,
            """{"filter": {"responses.guests.1": "g7@guest.example"}, "sort": "cancellation_reason,starts_at"}""",
            $"""
            select id from {w["bookings"]} where tenant_id = {w.North} and deleted_at is null
                and responses -> 'guests' ->> 1 = 'g7@guest.example'
            order by cancellation_reason nulls first, starts_at nulls first, id
            """),
    ];

    private IEnumerable<Question> Places =>
    [
        new("badly rated bookings of one place, for its guest", "bookings", w.Gil,
            """{"filter": {"rating": {"lte": 2}}, "sort": "rating,-starts_at"}""",
            $"""
            select id from {w["bookings"]} where tenant_id = {w.North} and deleted_at is null
                and rating <= 2 and workspace_id = {w.Oslo}
            order by rating nulls first, starts_at desc nulls last, id desc
            """) { Workspace = w.Oslo, Page = 30 },
        new("meetings by video that the owner sees at one place", "bookings", w.Ada,
            """{"filter": {"responses.location.kind": "video", "room_id": {"is_null": false}}, "sort": "room_id"}""",
            $"""
            select id from {w["bookings"]} where tenant_id = {w.North} and deleted_at is null
                and responses -> 'location' ->> 'kind' = 'video' and room_id is not null and workspace_id = {w.Oslo}
            order by room_id nulls first, id
            """) { Workspace = w.Oslo },
        new("rooms of all places with a screen, for the owner", "rooms", w.Ada,
            """{"filter": {"equipment.screen": true, "capacity": {"gte": 4}}, "sort": "floor,-capacity,name"}""",
            $"""
            select id from {w["rooms"]} where tenant_id = {w.North} and deleted_at is null
                and cast(equipment -> 'screen' as text) = 'true' and capacity >= 4
            order by floor nulls first, capacity desc nulls last, name nulls first, id
            """) { Page = 3 },
        new("rooms of her place", "rooms", w.Cleo,
            """{"sort": "name"}""",
            $"""
            select id from {w["rooms"]} where tenant_id = {w.North} and deleted_at is null and workspace_id = {w.Berlin}
            order by name nulls first, id
            """),
        new("rooms, for a member of no place", "rooms", w.Ben,
            "{}", $"select id from {w["rooms"]} where workspace_id is null") { FindsNothing = true },
    ];

    private IEnumerable<Question> Types =>
    [
        new("what can be booked that begins with intro", "event_types", w.Vic,
            """
            {"filter": {"slug": {"iprefix": "intro"}, "length_minutes": {"in": [15, 30, 45]}},
             "sort": "title,-price"}
            """,
            $"""
            select id from {w["event_types"]} where tenant_id = {w.North} and deleted_at is null
                and lower(slug) like 'intro%' and length_minutes in (15, 30, 45) and not hidden
            order by title nulls first, price desc nulls last, id desc
            """),
        new("my own kinds of meetings, hidden ones too", "event_types", w.Ben,
            """{"where": "record.owner_id == caller.id && record.scheduling != 'managed'", "sort": "-hidden,slug"}""",
            $"""
            select id from {w["event_types"]} where tenant_id = {w.North} and deleted_at is null
                and owner_id = {w.Ben.User} and (scheduling is null or scheduling <> 'managed')
            order by hidden desc nulls last, slug nulls first, id
            """),
        new("early Tuesdays of free meetings", "availability", w.Dan,
            """
            {"where": "record.weekday == 2 && record.from_minute <= 510 && !has(record.event_type.price)",
             "sort": "to_minute,time_zone"}
            """,
            $"""
            select a.id from {w["availability"]} a
                join {w["event_types"]} t on t.id = a.event_type_id and t.tenant_id = a.tenant_id
            where a.tenant_id = {w.North} and a.deleted_at is null
                and a.weekday = 2 and a.from_minute <= 510 and t.price is null
            order by a.to_minute nulls first, a.time_zone nulls first, a.id
            """) { Page = 10 },
    ];

    private IEnumerable<Question> Attendees =>
    [
        new("who comes to my kinds of meetings", "attendees", w.Ada,
            """{"filter": {"email": {"contains": "@mail"}, "absent": {"ne": true}}, "sort": "name,email"}""",
            $"""
            select a.id from {w["attendees"]} a
                join {w["bookings"]} b on b.id = a.booking_id and b.tenant_id = a.tenant_id and b.deleted_at is null
                join {w["event_types"]} t on t.id = b.event_type_id and t.tenant_id = b.tenant_id
            where a.tenant_id = {w.North} and a.deleted_at is null and a.email like '%@mail%'
                and (a.absent is null or not a.absent) and t.owner_id = {w.Ada.User}
            order by a.name nulls first, a.email nulls first, a.id
            """) { Page = 80 },
        new("everything that one guest comes to", "attendees", w.Dan,
            """{"filter": {"email": {"iprefix": "GUEST7@"}}}""",
            $"""
            select id from {w["attendees"]} where tenant_id = {w.North} and deleted_at is null
                and lower(email) like 'guest7@%'
            order by id
            """),
        new("calendars of somebody else", "calendars", w.Ada,
            "{}", $"select id from {w["calendars"]} where owner_id = {w.Ada.User}") { FindsNothing = true },
    ];
}
