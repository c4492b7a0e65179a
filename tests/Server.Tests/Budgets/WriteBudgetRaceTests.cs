using AwesomeAssertions;

namespace Castellan.Tests.Budgets;

/// <summary>No overshoot of what is written, however many write at once, on one node and on two.</summary>
public sealed class WriteBudgetRaceTests
{
    [Fact]
    public async Task Of_many_that_create_at_once_as_many_are_there_as_the_cap_has()
    {
        await using var world = await WriteWorld.Start();
        var budget = await world.Budget("records", 40);
        await using var other = await Second(world);
        var nodes = other is null ? new[] { world.Server } : [world.Server, other];

        var answers = await Task.WhenAll(Enumerable.Range(0, 160).Select(i => Task.Run(() =>
            world.Do("records.create", body: new { name = $"P{i}" }, on: nodes[i % nodes.Length].InProcess))));

        var done = answers.Count(answer => answer.Problem is null);
        answers.Where(answer => answer.Problem is not null).Select(answer => answer.Problem!.Type.Code).Distinct()
            .Should().Equal("budget_paused");
        done.Should().BeInRange(1, 40, "what one node has leased and not spent, the other cannot");
        if (other is null) done.Should().Be(40);
        (await world.Count()).Should().Be(done);
        (await world.Settled(budget)).Should().Be(done);
    }

    [Fact]
    public async Task Whatever_is_written_undone_and_refused_at_once_what_is_there_is_what_was_counted()
    {
        const int Workers = 12;
        const int Rounds = 20;
        await using var world = await WriteWorld.Start();
        var records = await world.Budget("records", 300);
        var total = await world.Budget(new { name = "All", unit = "records", window = "total", cap = 290 });
        var bytes = await world.Budget("bytes", 1_000_000_000);
        await using var other = await Second(world);
        var nodes = other is null ? new[] { world.Server } : [world.Server, other];

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var numbers = new SeededNumbers(worker + 1);
            for (var round = 0; round < Rounds; round++)
            {
                var node = nodes[numbers.Below(nodes.Length)].InProcess;
                // Some of them are taken, so that the change is undone.
                var slug = $"s{numbers.Below(30)}";
                switch (numbers.Below(4))
                {
                    case 0:
                        await world.Do("records.create", body: new { name = "One", slug }, on: node);
                        break;
                    case 1:
                        await world.Do("records.upsert", body: new { name = "Two", slug }, query: new { on = "slug" },
                            on: node);
                        break;
                    default:
                        await world.Do("records.bulk", on: node, body: WriteWorld.Items(
                            numbers.Below(8) + 1,
                            i => i == 5 ? new { name = $"P{i}", slug } : new { name = $"P{i}", slug = (string?)null! },
                            atomic: numbers.Below(2) == 0));
                        break;
                }
            }
        })));

        var there = await world.Count();
        there.Should().BeInRange(30, 290);
        (await world.Settled(records)).Should().Be(there);
        (await world.Settled(total)).Should().Be(there);
        (await world.Settled(bytes)).Should().BeGreaterThan(there * 100);
    }

    /// <summary>SQLite has one process and no second node.</summary>
    private static async Task<TestServer?> Second(WriteWorld world) =>
        TestDatabase.Engine == "postgres" ? await world.Server.StartNode() : null;
}
