using AwesomeAssertions;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Budgets;

/// <summary>What is told of budgets, and that it is told once.</summary>
public sealed class BudgetAlertTests
{
    [Fact]
    public async Task How_far_a_budget_is_used_and_that_it_refused_is_told_once_in_a_window()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(100, window: "hour");
        await world.Reserve(49, ttl: 3_600);
        (await Told(world)).Should().BeEmpty();
        await world.Reserve(1, ttl: 3_600);
        await world.Void(await world.Reserve(40, ttl: 3_600));
        (await Told(world)).Should().Equal("budget.alerted 50", "budget.alerted 80");
        await world.Settle(await world.Reserve(40, ttl: 3_600), 40);
        (await world.Refusal(20)).Should().Be("budget_paused");
        (await world.Refusal(20)).Should().Be("budget_paused");
        // Those of one moment have no order.
        (await Told(world)).Should().BeEquivalentTo("budget.alerted 50", "budget.alerted 80", "budget.paused ");
        await world.Tenants.Call(
            InProcess.Owner, "budgets.update", new { budget }, new { cap = 90, reason = "Less." });
        (await Told(world)).Should().HaveCount(4).And.Contain("budget.alerted 100");

        world.Server.Clock.Advance(TimeSpan.FromHours(1));
        await world.Reserve(90, ttl: 3_600);
        (await Told(world)).Skip(4).Should().BeEquivalentTo(
            "budget.alerted 50", "budget.alerted 80", "budget.alerted 100");
    }

    [Fact]
    public async Task Spending_much_faster_than_in_the_day_before_is_told_once()
    {
        await using var world = await BudgetWorld.Start();
        await world.Budget(
            new { name = "All", unit = "tokens", window = "month", cap = 10_000, alerts = Array.Empty<int>() });
        for (var hour = 0; hour < 6; hour++)
        {
            await world.Settle(await world.Reserve(100), 100);
            world.Server.Clock.Advance(TimeSpan.FromHours(1));
        }
        await world.Settle(await world.Reserve(990), 990);
        (await Told(world)).Should().BeEmpty();
        await world.Settle(await world.Reserve(20), 20);
        await world.Settle(await world.Reserve(500), 500);
        (await Told(world)).Should().Equal("budget.spent_suddenly ");
    }

    [Fact]
    public async Task What_the_server_counts_itself_is_told_of_too()
    {
        await using var world = await BudgetWorld.Start();
        await world.Budget(new { name = "Calls", unit = "requests", window = "day", cap = 40 });
        for (var i = 0; i < 30; i++) await world.Tenants.Call(world.Key, "tenants.get", new { tenant = world.Tenant });
        await Poll.Until(
            async () => (await Told(world)).Contains("budget.alerted 50"),
            () => world.Server.Clock.Advance(TimeSpan.FromSeconds(1)));
    }

    private static async Task<List<string>> Told(BudgetWorld world)
    {
        var percent = TestDatabase.Engine == "postgres"
            ? new Raw("data ->> 'percent'")
            : new Raw("json_extract(data, '$.percent')");
        return await world.Tenants.Texts($"""
            select type || ' ' || coalesce(cast({percent} as text), '') from outbox_event
            where type in ('budget.alerted', 'budget.paused', 'budget.spent_suddenly') order by id
            """);
    }
}
