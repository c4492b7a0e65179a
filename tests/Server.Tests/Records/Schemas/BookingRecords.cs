namespace Castellan.Tests.Records.Schemas;

/// <summary>A month of bookings, in the rooms of two places and in none.</summary>
internal sealed class BookingRecords(SchemaWorld world, SeededNumbers numbers)
{
    private int made;

    public async Task Fill()
    {
        await world.Give(world.Dan, "reception");
        var types = await world.Load(world.Ben, "event_types", EventTypes(120));
        types.AddRange(await world.Load(world.Cleo, "event_types", EventTypes(120)));
        types.AddRange(await world.Load(world.Ada, "event_types", EventTypes(60)));
        await world.Load(world.Ben, "availability", types.Take(120).SelectMany(Week));
        var berlin = await world.Load(world.Ada, "rooms", Rooms(8), workspace: world.Berlin);
        world.Named["room"] = berlin[0];
        var oslo = await world.Load(world.Ida, "rooms", Rooms(40), workspace: world.Oslo);

        var bens = await world.Load(world.Ben, "bookings", Bookings(1_400, types, [], []));
        await world.Load(world.Ben, "bookings", Bookings(300, types, [], bens));
        var cleos = await world.Load(
            world.Cleo, "bookings", Bookings(1_000, types, berlin, []), workspace: world.Berlin);
        await world.Load(world.Ada, "bookings", Bookings(900, types, oslo, []), workspace: world.Oslo);
        var south = await world.Load(world.Sue, "event_types", EventTypes(40), world.South);
        await world.Load(world.Ben, "bookings", Bookings(700, south, [], []), world.South);

        await world.Load(world.Ben, "attendees", Attendees(2_450, bens));
        await world.Load(world.Cleo, "attendees", Attendees(1_600, cleos));
        await world.Load(world.Dan, "attendees", Attendees(1_000, [.. bens, .. cleos]));
        await world.Load(world.Cleo, "calendars", Calendars(20));
        await world.Delete(world.Ben, "bookings", bens.Where((_, i) => i % 40 == 3));
    }

    private IEnumerable<object> EventTypes(int count) => Enumerable.Range(0, count).Select(_ => new
    {
        slug = $"{numbers.One("intro", "INTRO", "über", "a_b")}-{++made}",
        title = numbers.Phrase(),
        length_minutes = numbers.One(15, 30, 45, 60),
        buffer_minutes = numbers.NumberOrNone(30, numbers.Below(4) * 5),
        scheduling = numbers.OrNone(50, numbers.One("round_robin", "collective", "managed")),
        hidden = numbers.Chance(30),
        requires_confirmation = numbers.Chance(40),
        price = numbers.NumberOrNone(40, numbers.Money(100)),
    });

    /// <summary>Three days of a week on which it can be booked.</summary>
    private IEnumerable<object> Week(string type) => Enumerable.Range(1, 3).Select(day => new
    {
        weekday = day * 2,
        from_minute = 480 + (numbers.Below(4) * 30),
        to_minute = 900 + (numbers.Below(8) * 30),
        time_zone = numbers.OrNone(20, numbers.One("Europe/Berlin", "America/Sao_Paulo", "Asia/Tokyo")),
        event_type_id = type,
    });

    private IEnumerable<object> Rooms(int count) => Enumerable.Range(0, count).Select(_ => new
    {
        name = $"{numbers.One("Saal", "Room", "Ærø", "100%")} {++made}",
        capacity = 2 + numbers.Below(20),
        floor = numbers.NumberOrNone(20, numbers.Below(6) - 1),
        equipment = numbers.OrNone(20, new
        {
            screen = numbers.Chance(50), phone = new { extension = $"{numbers.Below(50):d3}" },
        }),
    });

    private IEnumerable<object> Bookings(
        int count, List<string> types, List<string> rooms, List<string> before) =>
        Enumerable.Range(0, count).Select(_ =>
        {
            var starts = SchemaWorld.Noon.AddMinutes((numbers.Below(2_880) - 1_440) * 15);
            return new
            {
                uid = $"bk{++made}",
                title = numbers.OrNone(10, numbers.Phrase()),
                status = numbers.One("accepted", "accepted", "pending", "cancelled", "rejected", "awaiting_host"),
                starts_at = Draws.Text(starts),
                ends_at = Draws.Text(starts.AddMinutes(numbers.One(15, 30, 60))),
                rating = numbers.NumberOrNone(50, 1 + numbers.Below(5)),
                paid = numbers.NumberOrNone(30, numbers.Chance(50)),
                cancellation_reason = numbers.OrNone(80, numbers.Phrase()),
                responses = numbers.OrNone(30, new
                {
                    notes = numbers.Phrase(),
                    guests = new[] { "a@guest.example", $"g{numbers.Below(30)}@guest.example" },
                    location = new { kind = numbers.One("phone", "video", "in_person") },
                }),
                event_type_id = numbers.One(types),
                room_id = rooms.Count == 0 ? null : numbers.OrNone(20, numbers.One(rooms)),
                rescheduled_from_id = before.Count == 0 ? null : numbers.One(before),
            };
        });

    private IEnumerable<object> Attendees(int count, List<string> bookings) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            email = $"guest{numbers.Below(300)}@{numbers.One("mail", "post")}.example",
            name = numbers.OrNone(20, $"{numbers.One(Draws.FirstNames)} {numbers.One(Draws.Surnames)}"),
            time_zone = numbers.OrNone(40, numbers.One("Europe/Berlin", "Asia/Tokyo")),
            absent = numbers.NumberOrNone(40, numbers.Chance(30)),
            booking_id = numbers.One(bookings),
        });

    private IEnumerable<object> Calendars(int count) => Enumerable.Range(0, count).Select(_ => new
    {
        integration = numbers.One("caldav", "google", "office"),
        primary_email = numbers.OrNone(30, $"host{++made}@example.com"),
        credential = $"credential-{made}",
    });
}
