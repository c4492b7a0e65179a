using AwesomeAssertions;

namespace Castellan.Tests.Budgets;

/// <summary>Requests are counted by the server itself, in parts that nodes lease.</summary>
public sealed class RequestBudgetTests
{
    [Fact]
    public async Task As_many_calls_are_let_through_as_the_cap_has_on_one_node_and_on_two()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await Requests(world, 60);
        await using var other = TestDatabase.Engine == "postgres" ? await world.Server.StartNode() : null;
        var nodes = other is null ? new[] { world.Server } : [world.Server, other];

        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(() =>
            nodes[i % nodes.Length].InProcess.Invoke(world.Key, "tenants.get", new { tenant = world.Tenant }))));

        var done = answers.Count(answer => answer.Problem is null);
        done.Should().BeInRange(1, 60, "what one node has leased and not spent, the other cannot");
        if (other is null) done.Should().Be(60);
        answers.Where(answer => answer.Problem is not null).Select(answer => answer.Problem!.Type.Code).Distinct()
            .Should().Equal("budget_paused");
        // Who is told once a second, and what nobody spends goes back.
        await Poll.Until(
            async () => await world.Use(budget) == (done, 0, 60 - done),
            () => world.Server.Clock.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task Others_calls_and_what_leads_out_of_it_are_not_counted()
    {
        await using var world = await BudgetWorld.Start();
        var (tenants, tenant) = (world.Tenants, world.Tenant);
        var own = (await tenants.Call(world.Ada, "tenants.budgets.create", new { tenant },
            new { name = "Calls", unit = "requests", window = "day", cap = 1 }))["id"]!.ToString();
        var other = await tenants.Tenant(world.Ada, "Other");

        (await tenants.Code(world.Bo, "tenants.get", new { tenant })).Should().BeNull();
        (await tenants.Code(world.Bo, "tenants.get", new { tenant })).Should().Be("budget_paused");
        (await tenants.Code(world.Key, "tenants.update", new { tenant }, new { name = "New" }))
            .Should().Be("budget_paused");
        (await tenants.Code(world.Ada, "tenants.get", new { tenant = other })).Should().BeNull();
        (await tenants.Code(InProcess.Owner, "tenants.get", new { tenant })).Should().BeNull();
        (await tenants.Code(world.Ada, "tenants.budgets.update", new { tenant, budget = own },
            new { cap = 2, reason = "One more." })).Should().BeNull();
        (await tenants.Code(world.Bo, "tenants.get", new { tenant })).Should().BeNull();
        (await tenants.Code(world.Bo, "tenants.get", new { tenant })).Should().Be("budget_paused");
        await tenants.Call(world.Ada, "tenants.budgets.delete", new { tenant, budget = own });
        (await tenants.Code(world.Bo, "tenants.get", new { tenant })).Should().BeNull();
    }

    [Fact]
    public async Task A_lowered_cap_ends_what_was_leased_and_a_new_window_begins_anew()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await Requests(world, 1_000);
        for (var i = 0; i < 10; i++) (await Code(world)).Should().BeNull();
        await world.Tenants.Call(
            InProcess.Owner, "budgets.update", new { budget }, new { cap = 10, reason = "Enough." });
        (await Code(world)).Should().Be("budget_paused");
        world.Server.Clock.Advance(TimeSpan.FromHours(12));
        (await Code(world)).Should().BeNull();
    }

    [Fact]
    public async Task What_a_node_has_not_told_of_counts_as_spent_when_its_lease_ends()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Budget(new { name = "Calls", unit = "requests", window = "total", cap = 80 });
        await world.Server.Database.Transact(write => write.Run($"""
            insert into budget_window (budget_id, starts_at, settled, held, alerted, paused, sudden)
            values ({budget}, {0L}, {0L}, {10L}, {0L}, {false}, {false})
            """));
        await world.Server.Database.Transact(write => write.Run($"""
            insert into budget_lease (id, budget_id, starts_at, amount, expires_at)
            values ({"gone"}, {budget}, {0L}, {10L}, {world.Server.Clock.GetUtcNow()})
            """));
        await Poll.Until(
            async () => await world.Use(budget) == (10, 0, 70),
            () => world.Server.Clock.Advance(TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public async Task A_call_costs_the_database_nothing_while_the_lease_lasts()
    {
        await using var world = await BudgetWorld.Start(CountedDatabase.AddTo);
        await Requests(world, 1_000_000);
        (await Code(world)).Should().BeNull();
        var counted = CountedDatabase.Of(world.Server);
        counted.Lanes.Clear();
        for (var i = 0; i < 50; i++) (await Code(world)).Should().BeNull();
        counted.Lanes.Where(used => used.Lane.Charged.EndsWith(world.Tenants.App.Value, StringComparison.Ordinal))
            .Should().BeEmpty();
    }

    private static Task<string> Requests(BudgetWorld world, long cap) => world.Budget(new
    {
        name = "Calls", subject = "tenant", subject_id = world.Tenant, unit = "requests", window = "day", cap,
    });

    private static Task<string?> Code(BudgetWorld world) =>
        world.Tenants.Code(world.Key, "tenants.get", new { tenant = world.Tenant });
}
