using Castellan.Kernel;

namespace Castellan.Tests.Records.Schemas;

/// <summary>What sales people write down in a few months.</summary>
internal sealed class CrmRecords(SchemaWorld world, SeededNumbers numbers)
{
    private static readonly string[] Stages =
        ["appointment", "qualified", "presentation", "decision", "contract", "won", "lost"];

    private int made;

    public async Task Fill()
    {
        await world.Give(world.Dan, "sales_lead");
        var roots = await world.Load(world.Key, "companies", Companies(300, []));
        var firms = await world.Load(world.Key, "companies", Companies(200, roots));
        firms = [.. roots, .. firms, .. await world.Load(world.Ben, "companies", Companies(200, firms))];
        var abroad = await world.Load(world.Sue, "companies", Companies(100, []), world.South);

        var bens = await world.Load(world.Ben, "contacts", Contacts(1_500, firms));
        var cleos = await world.Load(world.Cleo, "contacts", Contacts(1_500, firms));
        var adas = await world.Load(world.Ada, "contacts", Contacts(500, firms));
        var sues = await world.Load(world.Sue, "contacts", Contacts(700, abroad), world.South);
        List<string> people = [.. bens, .. cleos, .. adas];

        var deals = await world.Load(world.Ben, "deals", Deals(800, firms, people));
        var hers = await world.Load(world.Cleo, "deals", Deals(800, firms, people));
        var his = await world.Load(world.Dan, "deals", Deals(300, firms, people));
        var far = await world.Load(world.Ben, "deals", Deals(300, abroad, sues), world.South);

        var done = await world.Load(world.Ben, "activities", Activities(900, deals, people));
        await world.Load(world.Cleo, "activities", Activities(700, hers, people));
        await world.Load(world.Dan, "activities", Activities(900, [.. deals, .. hers, .. his], people));
        await world.Load(world.Ben, "activities", Activities(400, far, sues), world.South);
        foreach (var user in (Caller[])[world.Ben, world.Cleo])
            await world.Load(user, "connections", Connections(20));

        await world.Delete(world.Ben, "contacts", bens.Where((_, i) => i % 25 == 0));
        await world.Delete(world.Ben, "activities", done.Take(50));
    }

    private IEnumerable<object> Companies(int count, List<string> parents) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            name = $"{numbers.One(Draws.Surnames)} {numbers.One("GmbH", "AS", "& Söhne", "Ltd.")}",
            domain = numbers.OrNone(10, $"firm-{++made}.example"),
            industry = numbers.OrNone(10, numbers.One("software", "retail", "health", "logistics", "education")),
            lifecycle = numbers.One("subscriber", "lead", "sales_qualified", "opportunity", "customer"),
            employees = numbers.NumberOrNone(20, numbers.Below(500)),
            annual_revenue = numbers.NumberOrNone(20, numbers.Money(1_000) * 1_000),
            address = numbers.OrNone(10, new
            {
                city = numbers.One(Draws.Cities), country = numbers.One(Draws.Countries),
            }),
            parent_id = parents.Count == 0 ? null : numbers.OrNone(20, numbers.One(parents)),
        });

    private IEnumerable<object> Contacts(int count, List<string> firms) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            email = $"person{++made}@{numbers.One("mail", "post", "firm")}.example",
            first_name = numbers.OrNone(10, numbers.One(Draws.FirstNames)),
            last_name = numbers.OrNone(5, numbers.One(Draws.Surnames)),
            job_title = numbers.OrNone(40, numbers.One("Head of Sales", "CTO", "buyer", "Einkäuferin", "cto")),
            lead_status = numbers.OrNone(20, numbers.One("new", "open", "in_progress", "connected", "unqualified")),
            score = numbers.NumberOrNone(10, numbers.Below(101)),
            do_not_call = numbers.NumberOrNone(30, numbers.Chance(20)),
            last_contacted_at = numbers.OrNone(40, numbers.Hour(90)),
            preferences = numbers.OrNone(30, new
            {
                language = numbers.One("de", "en", "pt-BR"),
                channels = numbers.OrNone(30, new { email = numbers.Chance(50) }),
            }),
            company_id = numbers.OrNone(15, numbers.One(firms)),
        });

    private IEnumerable<object> Deals(int count, List<string> firms, List<string> people) =>
        Enumerable.Range(0, count).Select(_ => new
        {
            name = numbers.Phrase(),
            stage = numbers.One(Stages),
            pipeline = numbers.One("new_business", "renewal"),
            amount = numbers.NumberOrNone(15, numbers.Below(200) * 50.0),
            currency = numbers.One("EUR", "NOK", "USD"),
            probability = numbers.NumberOrNone(20, numbers.Below(11) / 10.0),
            closes_on = numbers.OrNone(15, numbers.Day(60)),
            company_id = numbers.One(firms),
            contact_id = numbers.OrNone(30, numbers.One(people)),
        });

    private IEnumerable<object> Activities(int count, List<string> deals, List<string> people) =>
        Enumerable.Range(0, count).Select(_ => new
        {
            kind = numbers.One("call", "email", "meeting", "note", "task"),
            subject = numbers.Phrase(),
            body = numbers.OrNone(60, string.Join(' ', Enumerable.Range(0, 20).Select(_ => numbers.One(Draws.Words)))),
            priority = numbers.OrNone(30, numbers.One("low", "medium", "high")),
            status = numbers.OrNone(
                10, numbers.One("not_started", "in_progress", "waiting", "deferred", "completed")),
            due_at = numbers.OrNone(20, numbers.Hour(30)),
            minutes = numbers.NumberOrNone(40, numbers.Below(12) * 15),
            deal_id = numbers.OrNone(25, numbers.One(deals)),
            contact_id = numbers.OrNone(50, numbers.One(people)),
        });

    private IEnumerable<object> Connections(int count) => Enumerable.Range(0, count).Select(_ => new
    {
        provider = numbers.One("mail", "calendar", "telephony"),
        account = $"account-{++made}",
        token = $"token-{made}-kept-secret",
        active = numbers.Chance(70),
    });
}
