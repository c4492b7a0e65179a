using Castellan.Kernel;

namespace Castellan.Tests.Records.Schemas;

/// <summary>Boards of a team and of its people, full of cards.</summary>
internal sealed class BoardRecords(SchemaWorld world, SeededNumbers numbers)
{
    private int made;

    private string?[] Assignees =>
        [world.Ben.User?.Value, world.Cleo.User?.Value, world.Dan.User?.Value, world.Vic.User?.Value, null];

    public async Task Fill()
    {
        await world.Give(world.Dan, "facilitator");
        var open = await Lists(world.Ben, "team", 50);
        var closed = await Lists(world.Ben, "private", 20);
        var hers = await Lists(world.Cleo, "private", 40);
        var far = await Lists(world.Sue, "team", 30, world.South);
        world.Named["list"] = open[0];

        var cards = await world.Load(world.Ben, "cards", Cards(1_600, open));
        await world.Load(world.Ben, "cards", Cards(700, closed));
        await world.Load(world.Ben, "cards", Cards(40, [open[0]]));
        var own = await world.Load(world.Cleo, "cards", Cards(1_100, [.. open, .. hers]));
        await world.Load(world.Ada, "cards", Cards(600, open));
        await world.Load(world.Sue, "cards", Cards(900, far), world.South);

        await Steps(world.Ben, cards, 500);
        await Steps(world.Cleo, own, 400);
        await world.Load(world.Vic, "comments", Comments(900, cards));
        await world.Load(world.Cleo, "comments", Comments(700, own));
        await world.Delete(world.Ben, "cards", cards.Where((_, i) => i % 20 == 3));
    }

    /// <summary>Boards of somebody, each with labels and four lists; gives the lists.</summary>
    private async Task<List<string>> Lists(Caller owner, string visibility, int count, string? tenant = null)
    {
        var boards = await world.Load(owner, "boards", Boards(count, visibility), tenant);
        await world.Load(owner, "labels", boards.SelectMany(Labels), tenant);
        return await world.Load(owner, "lists", boards.SelectMany(Columns), tenant);
    }

    private async Task Steps(Caller owner, List<string> cards, int count)
    {
        var lists = await world.Load(owner, "checklists", Enumerable.Range(0, count).Select(_ => new
        {
            name = numbers.Phrase(), position = numbers.NumberOrNone(20, numbers.Below(8) * 0.5),
            card_id = numbers.One(cards),
        }));
        await world.Load(owner, "check_items", Items(count * 2, lists));
    }

    private IEnumerable<object> Boards(int count, string visibility) => Enumerable.Range(0, count).Select(_ => new
    {
        name = $"{numbers.One("Plan", "plan", "Ölfeld", "P_an", "100%")} {numbers.Below(20)}",
        description = numbers.OrNone(50, numbers.Phrase()),
        visibility,
        closed = numbers.NumberOrNone(20, numbers.Chance(20)),
        short_link = numbers.OrNone(20, $"b{++made}"),
        settings = numbers.OrNone(30, new
        {
            voting = numbers.One("disabled", "members"), background = new { colour = numbers.One("blue", "grün") },
        }),
    });

    private IEnumerable<object> Labels(string board) => Enumerable.Range(1, 2).Select(i => new
    {
        name = numbers.OrNone(20, $"{numbers.One("bug", "Idee", "50%")} {i}"),
        colour = numbers.OrNone(20, numbers.One("green", "yellow", "orange", "red", "purple", "blue")),
        board_id = board,
    });

    private IEnumerable<object> Columns(string board) => Enumerable.Range(1, 4).Select(i => new
    {
        name = numbers.One("Next", "Doing", "Done", "Shared"),
        position = i * 1024.5,
        closed = numbers.Chance(10),
        board_id = board,
    });

    private IEnumerable<object> Cards(int count, List<string> lists) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            name = numbers.Phrase(),
            description = numbers.OrNone(50, $"{numbers.Phrase()}\n{numbers.Phrase()}"),
            position = numbers.NumberOrNone(10, numbers.Below(64) * 0.25),
            start_at = numbers.OrNone(50, numbers.Hour(20)),
            due_at = numbers.OrNone(30, numbers.Hour(20)),
            due_complete = numbers.NumberOrNone(20, numbers.Chance(40)),
            closed = numbers.Chance(10),
            assignee = numbers.One(Assignees),
            votes = numbers.NumberOrNone(20, numbers.Below(10)),
            tags = numbers.OrNone(40, new[] { numbers.One("web", "app", "Über"), numbers.One("p1", "p2", "p3") }),
            cover = numbers.OrNone(50, new { colour = numbers.One("red", "blue"), size = numbers.One("full", "half") }),
            list_id = numbers.One(lists),
        });

    private IEnumerable<object> Items(int count, List<string> checklists) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            name = numbers.Phrase(),
            state = numbers.One("incomplete", "complete"),
            position = numbers.Below(20) * 0.5,
            due_at = numbers.OrNone(60, numbers.Hour(10)),
            checklist_id = numbers.One(checklists),
        });

    private IEnumerable<object> Comments(int count, List<string> cards) => Enumerable.Range(0, count)
        .Select(_ => new
        {
            text = $"{numbers.Phrase()} {numbers.One("👍", "ok", "nein", "see \"this\"")}",
            edited_at = numbers.OrNone(70, numbers.Hour(5)),
            card_id = numbers.One(cards),
        });
}
