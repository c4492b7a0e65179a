namespace Castellan.Tests.Records.Schemas;

/// <summary>A support desk with its queue, and what was answered.</summary>
internal sealed class DeskRecords(SchemaWorld world, SeededNumbers numbers)
{
    private static readonly string[] Priorities = ["low", "normal", "high", "urgent"];

    private int made;

    private string?[] Agents => [world.Cleo.User?.Value, world.Dan.User?.Value, world.Ida.User?.Value, null];

    public async Task Fill()
    {
        await world.Give(world.Cleo, "agent");
        await world.Give(world.Dan, "agent_lead");
        await world.Give(world.Ida, "agent", "agent_lead");
        var firms = await world.Load(world.Key, "organizations", Organizations(150));
        firms.AddRange(await world.Load(world.Ida, "organizations", Organizations(50)));
        var people = await world.Load(world.Key, "requesters", Requesters(900, firms));
        people.AddRange(await world.Load(world.Ben, "requesters", Requesters(700, firms)));
        var groups = await world.Load(world.Ada, "groups", Groups(12));
        world.Named["group"] = groups[0];
        await world.Load(world.Ada, "sla_policies", Policies(90, groups));

        var problems = await world.Load(world.Dan, "tickets", Tickets(200, people, firms, groups, []));
        var bens = await world.Load(world.Ben, "tickets", Tickets(1_300, people, firms, groups, []));
        var cleos = await world.Load(world.Cleo, "tickets", Tickets(900, people, firms, groups, problems));
        var vics = await world.Load(world.Vic, "tickets", Tickets(600, people, firms, groups, []));
        var abroad = await world.Load(world.Ben, "requesters", Requesters(100, []), world.South);
        await world.Load(world.Ben, "tickets", Tickets(900, abroad, [], [], []), world.South);

        await world.Load(world.Ben, "comments", Comments(1_500, bens));
        await world.Load(world.Vic, "comments", Comments(600, vics));
        await world.Load(world.Cleo, "comments", Comments(2_000, [.. bens, .. cleos, .. vics]));
        await world.Delete(world.Dan, "tickets", problems.Take(20));
    }

    private IEnumerable<object> Organizations(int count) => Enumerable.Range(0, count).Select(_ => new
    {
        name = $"{numbers.One(Draws.Surnames)} {numbers.One("AG", "KK", "& Co")}",
        external_id = numbers.OrNone(20, $"org_{++made}"),
        plan = numbers.OrNone(20, numbers.One("free", "team", "enterprise")),
        domains = numbers.OrNone(40, new[] { $"d{numbers.Below(40)}.example" }),
        details = numbers.OrNone(20, new { region = numbers.One("EMEA", "APAC"), seats = numbers.Below(200) }),
    });

    private IEnumerable<object> Requesters(int count, List<string> firms) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            name = numbers.OrNone(10, $"{numbers.One(Draws.FirstNames)} {numbers.One(Draws.Surnames)}"),
            email = $"asker{++made}@desk.example",
            phone = numbers.OrNone(60, $"+49 {numbers.Below(1_000):d4}"),
            verified = numbers.Chance(60),
            suspended = numbers.NumberOrNone(50, numbers.Chance(20)),
            locale = numbers.OrNone(20, numbers.One("de", "en-GB", "ja")),
            organization_id = firms.Count == 0 ? null : numbers.OrNone(30, numbers.One(firms)),
        });

    private IEnumerable<object> Groups(int count) => Enumerable.Range(0, count).Select(_ => new
    {
        name = $"{numbers.One("Billing", "Technik", "Ärger")} {++made}",
        is_public = numbers.Chance(50),
        inbox_password = numbers.OrNone(30, $"secret-{made}"),
    });

    private IEnumerable<object> Policies(int count, List<string> groups) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            title = numbers.Phrase(),
            position = numbers.NumberOrNone(20, numbers.Below(5)),
            metric = numbers.One("first_reply_time", "next_reply_time", "requester_wait_time"),
            target_minutes = 5 * (1 + numbers.Below(50)),
            business_hours = numbers.NumberOrNone(20, numbers.Chance(50)),
            conditions = numbers.OrNone(30, new[] { new { field = "priority", value = numbers.One(Priorities) } }),
            group_id = numbers.OrNone(30, numbers.One(groups)),
        });

    private IEnumerable<object> Tickets(
        int count, List<string> people, List<string> firms, List<string> groups,
        List<string> problems) => Enumerable.Range(0, count).Select(_ =>
        {
            var urgency = numbers.Below(4);
            return new
            {
                number = ++made,
                subject = numbers.Phrase(),
                description = numbers.OrNone(50, $"{numbers.Phrase()}\n\n{numbers.Phrase()}"),
                type = numbers.OrNone(20, numbers.One("problem", "incident", "question", "task")),
                status = numbers.One("new", "open", "open", "pending", "hold", "solved", "closed"),
                priority = numbers.OrNone(10, Priorities[urgency]),
                urgency = numbers.NumberOrNone(10, urgency),
                due_at = numbers.OrNone(50, numbers.Hour(10)),
                tags = numbers.OrNone(40, new[] { numbers.One(Draws.Words), numbers.One("vip", "VIP", "trial") }),
                satisfaction = numbers.OrNone(60, new
                {
                    score = numbers.One("good", "bad", "offered"), points = numbers.Below(21) / 2.0,
                }),
                via = numbers.OrNone(20, new
                {
                    channel = numbers.One("email", "web", "api"),
                    source = new { to = $"box{numbers.Below(5)}@desk.example" },
                }),
                assignee = numbers.One(Agents),
                requester_id = numbers.One(people),
                organization_id = firms.Count == 0 ? null : numbers.OrNone(60, numbers.One(firms)),
                group_id = groups.Count == 0 ? null : numbers.OrNone(50, numbers.One(groups)),
                problem_id = problems.Count == 0 ? null : numbers.OrNone(50, numbers.One(problems)),
            };
        });

    private IEnumerable<object> Comments(int count, List<string> tickets) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            body = $"{numbers.Phrase()}, {numbers.Phrase()}", is_public = numbers.Chance(60),
            ticket_id = numbers.One(tickets),
        });
}
