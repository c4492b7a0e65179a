using System.Text;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Budgets;

/// <summary>Records that are made, and the bytes that are written of them, are counted by the server itself.</summary>
public sealed class WriteBudgetTests
{
    private static readonly object OnSlug = new { on = "slug" };

    [Fact]
    public async Task Whatever_makes_a_record_is_a_record_and_whatever_writes_one_is_its_bytes()
    {
        await using var world = await WriteWorld.Start();
        var (records, bytes) = (await world.Budget("records", 100), await world.Budget("bytes", 1_000_000));
        var written = 0;

        var made = await world.Do("records.create", body: new { name = "Ünïcode", slug = "one" });
        Add(made);
        var id = JsonNode.Parse(made.Body.Span)!["id"]!.ToString();
        Add(await world.Do("records.update", id, new { name = "A longer name than before" }));
        Add(await world.Do("records.replace", id, new { name = "Short", slug = "one" }));
        Add(await world.Do("records.upsert", body: new { name = "Merged", slug = "one" }, query: OnSlug));
        Add(await world.Do("records.upsert", body: new { name = "New", slug = "two" }, query: OnSlug));
        await world.Do("records.bulk", body: new
        {
            items = new object[]
            {
                new { op = "create", record = new { name = "Three", slug = "three" } },
                new { op = "update", id, record = new { name = "Four" } },
                new { op = "upsert", on = new[] { "slug" }, record = new { name = "Five", slug = "five" } },
                new { op = "delete", id },
            },
        });
        written += await Bytes(world, "three") + await Bytes(world, "five");
        await world.Do("records.delete", await Id(world, "two"));

        (await world.Settled(records)).Should().Be(4, "deleting gives nothing back");
        // The update of the bulk call wrote what nobody can read any longer.
        (await world.Settled(bytes)).Should().BeInRange(written + 200, written + 500);

        void Add(Answer answer)
        {
            answer.Problem.Should().BeNull();
            written += answer.Body.Length;
        }
    }

    [Fact]
    public async Task At_the_cap_each_operation_says_which_budget_and_who_can_raise_it()
    {
        await using var world = await WriteWorld.Start();
        var id = JsonNode.Parse((await world.Do("records.create", body: new { name = "One", slug = "one" })).Body.Span)!
            ["id"]!.ToString();
        var (records, bytes) = (await world.Budget("records", 0), await world.Budget("bytes", 10));

        (Answer Answer, string Budget)[] refused =
        [
            (await world.Do("records.create", body: new { name = "Two" }), records),
            (await world.Do("records.update", id, new { name = "Two" }), bytes),
            (await world.Do("records.replace", id, new { name = "Two" }), bytes),
            (await world.Do("records.upsert", body: new { name = "Two", slug = "one" }, query: OnSlug), bytes),
            (await world.Do("records.upsert", body: new { name = "Two", slug = "two" }, query: OnSlug), records),
            (await world.Do("records.bulk", body: WriteWorld.Items(3, i => new { name = $"P{i}" })), records),
        ];

        foreach (var (answer, budget) in refused)
        {
            answer.Problem!.Type.Code.Should().Be("budget_paused");
            answer.Problem.Type.Status.Should().Be(402);
            answer.Problem.Budget!.Id.Value.Should().Be(budget);
            answer.Problem.Budget.RaisedBy.Should().Contain("budgets.update");
            answer.Problem.RetryAfter.Should().BePositive();
            answer.Problem.Budget.Numbers!.Cap.Should().Be(budget == records ? 0 : 10);
            answer.Problem.Budget.Numbers.Left.Should().BeInRange(0, 10);
        }
        (await world.Count()).Should().Be(1);
        (await world.Do("records.delete", id)).Problem.Should().BeNull("deleting writes nothing");
        var events = await world.Records.Texts($"select type from outbox_event where type = {"budget.paused"}");
        events.Should().HaveCount(2, "each is told of once");
    }

    [Fact]
    public async Task Of_a_load_that_stands_item_by_item_those_are_written_that_fit()
    {
        await using var world = await WriteWorld.Start();
        var records = await world.Budget("records", 130);

        var answer = await world.Do(
            "records.bulk", body: WriteWorld.Items(200, i => new { name = $"P{i}" }, atomic: false), key: "load");
        var again = await world.Do(
            "records.bulk", body: WriteWorld.Items(200, i => new { name = $"P{i}" }, atomic: false), key: "load");

        var result = JsonNode.Parse(answer.Body.Span)!;
        result["done"]!.GetValue<int>().Should().Be(130);
        var late = result["results"]![150]!;
        late["status"]!.ToString().Should().Be("refused");
        late["code"]!.ToString().Should().Be("budget_paused");
        late["detail"]!.ToString().Should().Contain("can raise it");
        Encoding.UTF8.GetString(again.Body.Span).Should().Be(Encoding.UTF8.GetString(answer.Body.Span));
        (await world.Count()).Should().Be(130);
        (await world.Settled(records)).Should().Be(130);
    }

    [Fact]
    public async Task A_load_of_more_than_was_leased_is_written_whole_and_one_of_more_than_is_left_not_at_all()
    {
        await using var world = await WriteWorld.Start();
        var records = await world.Budget("records", 1_200);

        (await world.Project()).Should().BeNull();
        (await world.Do("records.bulk", body: WriteWorld.Items(1_000, i => new { name = $"P{i}" }))).Problem
            .Should().BeNull();
        (await world.Do("records.bulk", body: WriteWorld.Items(200, i => new { name = $"P{i}" }))).Problem!.Type.Code
            .Should().Be("budget_paused");
        (await world.Do("records.bulk", body: WriteWorld.Items(199, i => new { name = $"P{i}" }))).Problem
            .Should().BeNull();

        (await world.Count()).Should().Be(1_200);
        (await world.Settled(records)).Should().Be(1_200);
        (await world.Project()).Should().Be("budget_paused");
        await world.Raise(records, 1_201);
        (await world.Project()).Should().BeNull();
    }

    [Fact]
    public async Task What_was_refused_undone_or_repeated_has_taken_nothing()
    {
        await using var world = await WriteWorld.Start();
        var records = await world.Budget("records", 5);
        (await world.Project("one")).Should().BeNull();

        for (var i = 0; i < 10; i++)
        {
            (await world.Project("one")).Should().Be("unique_taken");
            (await world.Do("records.create", body: new { name = "" })).Problem!.Type.Code.Should().Be("input_invalid");
            (await world.Do("records.upsert", body: new { name = "Same", slug = "one" }, query: OnSlug)).Problem
                .Should().BeNull("it changes what is there");
            (await world.Do("records.bulk", body: WriteWorld.Items(2, n => new { name = $"P{n}", slug = "one" })))
                .Problem!.Type.Code.Should().Be("bulk_refused");
            (await world.Do("records.create", body: new { name = "Once" }, key: "once")).Problem.Should().BeNull();
        }

        (await world.Do("records.bulk", body: WriteWorld.Items(3, i => new { name = $"P{i}" }))).Problem
            .Should().BeNull();
        (await world.Project()).Should().Be("budget_paused");
        (await world.Do("records.create", body: new { name = "Once" }, key: "once")).Problem.Should().BeNull();
        (await world.Count()).Should().Be(5);
        (await world.Settled(records)).Should().Be(5);
    }

    [Fact]
    public async Task A_write_takes_from_every_budget_of_its_subjects_or_from_none()
    {
        await using var world = await WriteWorld.Start();
        var tenants = world.Records.Tenants;
        var ben = world.Records.Ben;
        var all = await world.Budget(
            new { name = "All", unit = "records", window = "total", cap = 100 });
        var ofTenant = await world.Budget("records", 10);
        var ofApp = await world.Budget("records", 8, "app", tenants.App.Value);
        var ofBen = await world.Budget("records", 3, "user", ben.User!.Value.Value);

        for (var i = 0; i < 3; i++) (await world.Project(by: ben)).Should().BeNull();
        for (var i = 0; i < 5; i++) (await world.Project(by: ben)).Should().Be("budget_paused");
        for (var i = 0; i < 5; i++) (await world.Project()).Should().BeNull();
        var refused = await world.Do("records.create", body: new { name = "Ninth" });

        refused.Problem!.Budget!.Id.Value.Should().Be(ofApp);
        (await world.Settled(all)).Should().Be(8);
        (await world.Settled(ofTenant)).Should().Be(8);
        (await world.Settled(ofApp)).Should().Be(8);
        (await world.Settled(ofBen)).Should().Be(3);
    }

    [Fact]
    public async Task What_is_reserved_and_what_is_written_share_the_cap()
    {
        await using var world = await WriteWorld.Start();
        var records = await world.Budget("records", 8);
        var (tenants, tenant) = (world.Records.Tenants, world.Records.Tenant);

        (await world.Project()).Should().BeNull();
        var held = (await tenants.Call(
            tenants.Key, "budgets.reserve", new { tenant }, new { unit = "records", amount = 5 }))["id"]!.ToString();
        (await tenants.Code(tenants.Key, "budgets.reserve", new { tenant }, new { unit = "records", amount = 3 }))
            .Should().Be("budget_paused");
        for (var i = 0; i < 2; i++) (await world.Project()).Should().BeNull();
        (await world.Project()).Should().Be("budget_paused");
        await tenants.Call(tenants.Key, "budgets.void", new { tenant, reservation = held });
        await Poll.Until(
            async () => await world.Project() is null,
            () => world.Server.Clock.Advance(TimeSpan.FromMilliseconds(100)));

        (await world.Settled(records)).Should().Be(4);
    }

    [Fact]
    public async Task Nothing_is_asked_of_the_database_for_it_as_a_rule()
    {
        await using var world = await WriteWorld.Start(CountedDatabase.AddTo);
        var before = await Turns(world, 20);
        await world.Budget("records", 1_000_000);
        await world.Budget("bytes", 1_000_000_000);
        await Turns(world, 5);

        (await Turns(world, 20)).Should().Be(before);
    }

    [Fact]
    public async Task An_operation_that_is_charged_for_what_it_writes_says_so()
    {
        await using var world = await WriteWorld.Start();
        var charged = world.Records.Tenants.Service<OperationTable>().All.Where(o => o.ChargesWrites).ToList();

        charged.Select(operation => operation.Name).Should().BeEquivalentTo(
            "records.create", "records.update", "records.replace", "records.upsert", "records.bulk");
        charged.Should().OnlyContain(operation => operation.Problems.Contains(ChargeProblems.BudgetPaused));
    }

    /// <summary>Transactions of the app while it creates so many.</summary>
    private static async Task<int> Turns(WriteWorld world, int creates)
    {
        var lanes = CountedDatabase.Of(world.Server).Lanes;
        lanes.Clear();
        for (var i = 0; i < creates; i++) (await world.Project()).Should().BeNull();
        return lanes.Count(turn =>
            turn.Lane.Charged.EndsWith(world.Records.Tenants.App.Value, StringComparison.Ordinal));
    }

    private static async Task<JsonNode> Find(WriteWorld world, string slug)
    {
        var filter = new { filter = new { slug = new { eq = slug } } };
        var page = await world.Records.Tenants.Call(
            world.Records.Ada, "records.query", world.Records.At("projects"), filter);
        return page["items"]![0]!;
    }

    private static async Task<string> Id(WriteWorld world, string slug) => (await Find(world, slug))["id"]!.ToString();

    private static async Task<int> Bytes(WriteWorld world, string slug)
    {
        var answer = await world.Do("records.get", await Id(world, slug));
        return answer.Body.Length;
    }
}
