using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Records;

/// <summary>
/// A bulk call whose items stand each by itself is cut into parts, so that others' writes go in between.
/// </summary>
public sealed class BulkLoadTests
{
    private const int Records = 3 * Limits.RecordsPerBulkPart + 7;
    private const int Parts = 4;

    [Fact]
    public async Task It_takes_a_turn_of_the_writer_for_each_part_and_answers_as_one()
    {
        await using var world = await RecordWorld.Start(services: CountedDatabase.AddTo);
        var turns = CountedDatabase.Of(world.Tenants.Server).Lanes;
        turns.Clear();

        var answer = await Load(world, Items(), key: "once");

        turns.Count(turn => turn.Cost is WriteCost.Heavy).Should().Be(Parts);

        answer["done"]!.GetValue<int>().Should().Be(Records);
        answer["refused"]!.GetValue<int>().Should().Be(0);
        var written = await world.Texts($"select id || ' ' || name from {Table(world)}");
        written.Should().BeEquivalentTo(Ids(answer).Select((id, i) => $"{id} Project {i}"));
        (await Entries(world)).Should().Be(Parts);
    }

    [Fact]
    public async Task A_load_that_breaks_off_goes_on_where_it_was_when_it_comes_again()
    {
        await using var world = await RecordWorld.Start(services: CountedDatabase.AddTo);
        await BreakOff(world, "again", afterParts: 2);
        (await Entries(world)).Should().Be(2);
        var first = await world.Texts($"select id from {Table(world)}");
        first.Should().HaveCount(2 * Limits.RecordsPerBulkPart);

        var answer = await Load(world, Items(), "again");

        answer["done"]!.GetValue<int>().Should().Be(Records);
        Ids(answer).Take(first.Count).Should().BeEquivalentTo(first);
        (await world.Texts($"select id from {Table(world)}")).Should().BeEquivalentTo(Ids(answer));
        (await Entries(world)).Should().Be(Parts);
    }

    [Fact]
    public async Task A_repeat_gets_the_first_answer_and_another_load_under_its_key_is_refused()
    {
        await using var world = await RecordWorld.Start(services: CountedDatabase.AddTo);
        var first = await Invoke(world, Items(), "key");

        var repeat = await Invoke(world, Items(), "key");
        var other = await Invoke(world, Items().Append(Item(9_999)), "key");

        repeat.Should().Match<Answer>(a => a.Replayed && a.Body.ToArray().SequenceEqual(first.Body.ToArray()));
        other.Problem!.Type.Should().Be(GateProblems.IdempotencyKeyReused);
        (await world.Texts($"select id from {Table(world)}")).Should().HaveCount(Records);
    }

    [Fact]
    public async Task A_load_that_broke_off_is_not_gone_on_with_by_another_one_under_its_key()
    {
        await using var world = await RecordWorld.Start(services: CountedDatabase.AddTo);
        await BreakOff(world, "key", afterParts: 2);

        var other = await Invoke(world, Items().Reverse(), "key");

        other.Problem!.Type.Should().Be(GateProblems.IdempotencyKeyReused);
        (await world.Texts($"select id from {Table(world)}")).Should().HaveCount(2 * Limits.RecordsPerBulkPart);
    }

    [Fact]
    public async Task Items_that_do_not_fit_are_named_by_their_place_in_the_whole()
    {
        await using var world = await RecordWorld.Start(services: CountedDatabase.AddTo);
        var items = Items().ToList();
        items[Limits.RecordsPerBulkPart + 3] = new { op = "create", record = new { nome = "x" } };

        var answer = await Load(world, items, key: null);

        answer["done"]!.GetValue<int>().Should().Be(Records - 1);
        answer["results"]!.AsArray().Select((r, i) => (At: i, Status: r!["status"]!.ToString()))
            .Where(r => r.Status == "refused").Should().Equal((Limits.RecordsPerBulkPart + 3, "refused"));
    }


    private static Raw Table(RecordWorld world) =>
        new(world.Tenants.Server.Database.EngineName == "postgres" ? "c1.projects" : "c1_projects");

    private static List<string> Ids(JsonObject answer) =>
        [.. answer["results"]!.AsArray().Select(result => result!["id"]!.ToString())];

    private static async Task<int> Entries(RecordWorld world) =>
        (await world.Texts($"select id from audit_entry where action = {"records.bulk"}")).Count;

    private static async Task<JsonObject> Load(RecordWorld world, IEnumerable<object> items, string? key)
    {
        var answer = await Invoke(world, items, key);
        answer.Problem.Should().BeNull();
        return JsonNode.Parse(answer.Body.Span)!.AsObject();
    }

    private static Task<Answer> Invoke(RecordWorld world, IEnumerable<object> items, string? key) =>
        world.Tenants.Server.InProcess.Invoke(
            world.Ada, "records.bulk", world.At("projects"), new { items, atomic = false }, idempotencyKey: key);

    /// <summary>The storage fails before the next part.</summary>
    private static async Task BreakOff(RecordWorld world, string key, int afterParts)
    {
        var database = CountedDatabase.Of(world.Tenants.Server);
        var left = afterParts;
        database.BeforeTransact = cost =>
        {
            if (cost is WriteCost.Heavy && left-- == 0) throw new StorageException(StorageFailure.Unavailable, "Gone.");
        };
        (await Invoke(world, Items(), key)).Problem!.Type.Should().Be(GateProblems.Unavailable);
        database.BeforeTransact = _ => { };
    }

    private static IEnumerable<object> Items() => Enumerable.Range(0, Records).Select(Item);

    private static object Item(int number) => new { op = "create", record = new { name = $"Project {number}" } };
}
