using System.Collections.Concurrent;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Budgets;

/// <summary>No overshoot, however many call at once, on one node and on two.</summary>
public sealed class BudgetRaceTests
{
    [Fact]
    public async Task Of_many_that_ask_at_once_as_many_are_let_through_as_the_cap_has()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(50);
        await using var other = await Second(world);
        var nodes = other is null ? new[] { world.Server } : [world.Server, other];

        var answers = await Task.WhenAll(Enumerable.Range(0, 160).Select(i => Task.Run(() =>
            nodes[i % nodes.Length].InProcess.Invoke(world.Key, "budgets.reserve", new { tenant = world.Tenant },
                new { unit = "tokens", amount = 1, ttl_seconds = 3_600 }))));

        answers.Count(answer => answer.Problem is null).Should().Be(50);
        answers.Where(answer => answer.Problem is not null).Select(answer => answer.Problem!.Type.Code).Distinct()
            .Should().Equal("budget_paused");
        (await world.Use(budget)).Should().Be((0, 50, 0));
    }

    [Fact]
    public async Task Whatever_is_done_at_once_the_sum_is_kept_and_nothing_stays_held()
    {
        const int Workers = 12;
        const int Rounds = 25;
        await using var world = await BudgetWorld.Start();
        var shared = await world.Budget(new { name = "All", unit = "tokens", window = "total", cap = 120 });
        var ofTenant = await world.Tokens(90, "total");
        var ofKey = await world.Budget(new
        {
            name = "Key", subject = "key", subject_id = world.Key.Key!.Value.Value, unit = "tokens", window = "total",
            cap = 70,
        });
        (string Id, long Cap)[] budgets = [(shared, 120), (ofTenant, 90), (ofKey, 70)];
        await using var other = await Second(world);
        var nodes = other is null ? new[] { world.Server } : [world.Server, other];
        var settled = new ConcurrentBag<long>();
        using var end = new CancellationTokenSource();
        var watching = Watch(world, budgets, end.Token);

        await Task.WhenAll(Enumerable.Range(0, Workers).Select(worker => Task.Run(async () =>
        {
            var numbers = new SeededNumbers(worker + 1);
            // Half of them are Bo's, whom the key's budget does not count.
            var by = worker % 2 == 0 ? world.Key : world.Bo;
            for (var round = 0; round < Rounds; round++)
            {
                var node = nodes[numbers.Below(nodes.Length)].InProcess;
                var made = await node.Invoke(by, "budgets.reserve", new { tenant = world.Tenant },
                    new { unit = "tokens", amount = numbers.Below(12) + 1, ttl_seconds = 3_600 });
                if (made.Problem is not null) continue;
                await End(node, by, world, made, numbers, settled);
            }
        })));
        await end.CancelAsync();

        (await watching).Should().BeTrue("settled and held were never above a cap");
        var (sum, held, _) = await world.Use(shared);
        (sum, held).Should().Be((settled.Sum(), 0));
        foreach (var (id, cap) in budgets)
        {
            var use = await world.Use(id);
            use.Held.Should().Be(0);
            use.Settled.Should().BeLessThanOrEqualTo(cap);
        }
    }

    private static async Task End(
        InProcess node, Caller by, BudgetWorld world, Answer made, SeededNumbers numbers, ConcurrentBag<long> settled)
    {
        var body = System.Text.Json.Nodes.JsonNode.Parse(made.Body.Span)!;
        var (reservation, amount) = (body["id"]!.ToString(), body["amount"]!.GetValue<long>());
        // Two that end it at once: one of them does.
        var actual = numbers.Below((int)amount + 3);
        var isVoid = numbers.Below(3) == 0;
        var path = new { tenant = world.Tenant, reservation };
        var ends = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => isVoid
            ? node.Invoke(by, "budgets.void", path)
            : node.Invoke(by, "budgets.settle", path, new { amount = actual })));
        var done = ends.Count(answer => answer.Problem is null);
        done.Should().BeLessThanOrEqualTo(1);
        if (done == 1 && !isVoid) settled.Add(actual);
        if (done == 0) (await node.Invoke(by, "budgets.void", path)).Problem.Should().BeNull();
    }

    /// <summary>Looks at the windows all the while.</summary>
    private static async Task<bool> Watch(
        BudgetWorld world, (string Id, long Cap)[] budgets, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            foreach (var (id, cap) in budgets)
            {
                var over = await world.Server.Database.One(
                    $"select budget_id from budget_window where budget_id = {id} and settled + held > {cap}",
                    row => row.Text(), CancellationToken.None);
                if (over is not null) return false;
            }
            await Task.Yield();
        }
        return true;
    }

    /// <summary>SQLite has one process and no second node.</summary>
    private static async Task<TestServer?> Second(BudgetWorld world) =>
        TestDatabase.Engine == "postgres" ? await world.Server.StartNode() : null;
}
