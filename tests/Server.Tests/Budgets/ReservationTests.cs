using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tenants;
using Castellan.Tests.Isolation;

namespace Castellan.Tests.Budgets;

/// <summary>Reserve, settle, void, expiry.</summary>
public sealed class ReservationTests
{
    [Fact]
    public async Task What_is_reserved_is_held_until_it_is_settled_or_voided()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(100);

        var (first, second) = (await world.Reserve(60), await world.Reserve(40));
        (await world.Use(budget)).Should().Be((0, 100, 0));
        (await world.Refusal(1)).Should().Be("budget_paused");

        var settled = await world.Settle(first, 25);
        settled["state"]!.ToString().Should().Be("settled");
        settled["settled"]!.GetValue<long>().Should().Be(25);
        (await world.Use(budget)).Should().Be((25, 40, 35));
        (await world.Void(second))["state"]!.ToString().Should().Be("voided");
        (await world.Use(budget)).Should().Be((25, 0, 75));
        foreach (var ended in new[] { first, second })
        {
            (await world.SettleRefusal(ended, 1)).Should().Be("reservation_ended");
            (await world.VoidRefusal(ended)).Should().Be("reservation_ended");
        }
        (await world.Use(budget)).Should().Be((25, 0, 75));
        (await world.Tenants.Events(world.Tenant))
            .Where(type => type.StartsWith("reservation.", StringComparison.Ordinal)).Should().Equal(
                "reservation.made", "reservation.made", "reservation.settled", "reservation.voided");
        (await world.Tenants.Texts($"select meter from usage_event where quantity = {25L}")).Should().Equal("tokens");
    }

    [Fact]
    public async Task A_call_takes_from_every_budget_or_from_none()
    {
        await using var world = await BudgetWorld.Start();
        var wide = await world.Budget(new { name = "Wide", unit = "tokens", window = "month", cap = 100 });
        var narrow = await world.Tokens(10);
        var last = await world.Budget(new
        {
            name = "App", subject = "app", subject_id = world.Tenants.App.Value, unit = "tokens", window = "hour",
            cap = 50,
        });

        (await world.Refusal(11)).Should().Be("budget_paused");
        foreach (var (budget, cap) in new[] { (wide, 100), (narrow, 10), (last, 50) })
            (await world.Use(budget)).Should().Be((0, 0, cap));
        await world.Settle(await world.Reserve(10), 9);
        (await world.Use(wide)).Should().Be((9, 0, 91));
        (await world.Use(last)).Should().Be((9, 0, 41));
    }

    [Fact]
    public async Task More_than_was_reserved_is_settled_only_where_the_budget_has_it()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(100);
        var (one, other) = (await world.Reserve(50), await world.Reserve(30));

        (await world.SettleRefusal(one, 71)).Should().Be("budget_paused");
        (await world.Use(budget)).Should().Be((0, 80, 20));
        await world.Settle(one, 70);
        (await world.Use(budget)).Should().Be((70, 30, 0));
        await world.Settle(other, 0);
        (await world.Use(budget)).Should().Be((70, 0, 30));
    }

    [Fact]
    public async Task What_expires_is_free_again_and_is_not_settled_later()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(100);
        var reservation = await world.Reserve(100, ttl: 10);
        (await world.Refusal(1)).Should().Be("budget_paused");

        world.Server.Clock.Advance(TimeSpan.FromSeconds(11));
        (await world.SettleRefusal(reservation, 1)).Should().Be("reservation_expired");
        await world.Reserve(100, ttl: 10);
        (await world.Use(budget)).Should().Be((0, 100, 0));
        (await world.SettleRefusal(reservation, 1)).Should().Be("reservation_expired");
        (await world.VoidRefusal(reservation)).Should().Be("reservation_expired");
        var read = await world.Tenants.Call(
            world.Key, "budgets.reservations.get", new { tenant = world.Tenant, reservation });
        read["state"]!.ToString().Should().Be("expired");
        // The worker's, when nobody asks.
        await Poll.Until(
            async () => (await world.Use(budget)).Held == 0,
            () => world.Server.Clock.Advance(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_reservation_stays_in_the_window_in_which_it_was_made()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(100, window: "hour");
        world.Server.Clock.Advance(TimeSpan.FromMinutes(59));
        var reservation = await world.Reserve(80, ttl: 3_600);
        world.Server.Clock.Advance(TimeSpan.FromMinutes(2));

        (await world.Use(budget)).Should().Be((0, 0, 100));
        await world.Reserve(100, ttl: 3_600);
        // The old window has 100, whatever the new one holds.
        (await world.SettleRefusal(reservation, 101)).Should().Be("budget_paused");
        await world.Settle(reservation, 100);
        (await world.Use(budget)).Should().Be((0, 100, 0));
        (await world.Tenants.Texts($"""
            select cast(settled as text) || '/' || cast(held as text) from budget_window
            where budget_id = {budget} order by starts_at
            """)).Should().Equal("100/0", "0/100");
    }

    [Fact]
    public async Task A_cap_below_what_is_used_pauses_at_once_and_what_is_held_can_be_settled()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(100);
        var reservation = await world.Reserve(60);
        var lowered = await world.Tenants.Call(
            InProcess.Owner, "budgets.update", new { budget }, new { cap = 50, reason = "Too dear." });
        lowered["use"]!["paused"]!.GetValue<bool>().Should().BeTrue();
        (await world.Refusal(1)).Should().Be("budget_paused");
        (await world.SettleRefusal(reservation, 61)).Should().Be("budget_paused");
        await world.Settle(reservation, 45);
        (await world.Use(budget)).Should().Be((45, 0, 5));
        await world.Reserve(5);
        (await world.Refusal(1)).Should().Be("budget_paused");
        await world.Tenants.Call(
            InProcess.Owner, "budgets.update", new { budget }, new { cap = 0, reason = "Stop." });
        (await world.Refusal(1)).Should().Be("budget_paused");
    }

    [Fact]
    public async Task A_budget_that_is_deleted_caps_nothing_and_its_reservations_end_well()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(100);
        var kept = await world.Tokens(200);
        var reservation = await world.Reserve(60);
        await world.Tenants.Call(InProcess.Owner, "budgets.delete", new { budget });
        await world.Settle(reservation, 150);
        (await world.Use(kept)).Should().Be((150, 0, 50));
    }

    [Fact]
    public async Task A_repeat_with_the_same_key_holds_nothing_more()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(100);
        for (var i = 0; i < 3; i++)
        {
            await world.Server.InProcess.Call(world.Key, "budgets.reserve", new { tenant = world.Tenant },
                new { unit = "tokens", amount = 40 }, idempotencyKey: "once");
        }
        (await world.Use(budget)).Should().Be((0, 40, 60));
    }

    [Fact]
    public async Task Money_is_counted_by_its_currency()
    {
        await using var world = await BudgetWorld.Start();
        var euros = await world.Budget(
            new { name = "Euros", unit = "money", currency = "EUR", window = "month", cap = 500 });
        (await world.Refusal(501, unit: "money", currency: "EUR")).Should().Be("budget_paused");
        (await world.Refusal(501, unit: "money", currency: "USD")).Should().BeNull();
        (await world.Refusal(1, unit: "money")).Should().Be("input_invalid");
        (await world.Refusal(1, unit: "requests")).Should().Be("input_invalid");
        await world.Settle(await world.Reserve(500, unit: "money", currency: "EUR"), 499);
        (await world.Use(euros)).Should().Be((499, 0, 1));
        (await world.Tenants.Texts($"select meter from usage_event where quantity = {499L}")).Should().Equal("EUR");
    }

    [Fact]
    public async Task Each_ends_what_is_its_own_and_admins_what_is_anybodys()
    {
        await using var world = await BudgetWorld.Start();
        var cy = await world.Tenants.User("cy");
        await world.Tenants.Join(world.Ada, world.Tenant, cy);
        var vera = await world.Tenants.User("vera");
        await world.Tenants.Join(world.Ada, world.Tenant, vera, "viewer");

        var bos = await world.Reserve(1, world.Bo);
        (await world.SettleRefusal(bos, 1, cy)).Should().Be("not_found");
        (await world.VoidRefusal(bos, cy)).Should().Be("not_found");
        (await world.Tenants.Code(cy, "budgets.reservations.get", new { tenant = world.Tenant, reservation = bos }))
            .Should().Be("not_found");
        (await world.Refusal(1, vera)).Should().Be("permission_denied");
        (await world.VoidRefusal(bos, world.Ada)).Should().BeNull();
        (await world.SettleRefusal(await world.Reserve(1, world.Bo), 1, world.Bo)).Should().BeNull();
        (await world.SettleRefusal(await world.Reserve(1, world.Bo), 1, world.Key)).Should().BeNull();
        (await world.VoidRefusal(await world.Reserve(1), InProcess.Owner)).Should().BeNull();
        (await world.Tenants.Code(world.Bo, "budgets.reserve", new { tenant = world.Tenant },
            new { unit = "tokens", amount = 1, user_id = cy.User!.Value.Value })).Should().Be("input_invalid");
        var stranger = await world.Tenants.User("sam");
        (await world.Tenants.Code(world.Key, "budgets.reserve", new { tenant = world.Tenant },
            new { unit = "tokens", amount = 1, user_id = stranger.User!.Value.Value })).Should().Be("input_invalid");
    }

    [Fact]
    public async Task An_agent_reserves_as_far_as_it_was_lent_and_its_own_budget_counts()
    {
        await using var world = await HostileWorld.Start();
        var registered = await world.Call("agents.register", body: new
        {
            name = "Spender", owner = "ops", purpose = "A test.",
            operations = new[] { "budgets.reserve", "budgets.settle", "tenants.budgets.list" },
        });
        var id = registered["agent"]!["id"]!.ToString();
        var agent = new Actor("the agent", Caller.OfAgent("sandbox", new AgentId(id), "Spender"),
            registered["token"]!.ToString());
        var tenant = await world.NewTenant();
        var budget = (await world.Call("budgets.create", body: new
        {
            name = "Agent", subject = "agent", subject_id = id, unit = "tokens", window = "day", cap = 10,
        }))["id"]!.ToString();
        var lent = await world.LentBy(world.Ada, agent, "budgets.reserve budgets.settle");

        var made = await world.CallAs(lent, "budgets.reserve", new { tenant }, new { unit = "tokens", amount = 10 });
        made["agent_id"]!.ToString().Should().Be(id);
        var again = () => world.CallAs(lent, "budgets.reserve", new { tenant }, new { unit = "tokens", amount = 1 });
        (await again.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("budget_paused");
        var reservation = made["id"]!.ToString();
        var undo = () => world.CallAs(lent, "budgets.void", new { tenant, reservation });
        (await undo.Should().ThrowAsync<InvalidOperationException>()).Which.Message
            .Should().Contain("permission_denied");
        await world.CallAs(lent, "budgets.settle", new { tenant, reservation }, new { amount = 3 });
        (await world.Call("budgets.get", new { budget }))["use"]!["left"]!.GetValue<long>().Should().Be(7);
        var adas = await world.NewReservation(tenant);
        var others = () => world.CallAs(
            lent, "budgets.settle", new { tenant, reservation = adas }, new { amount = 1 });
        (await others.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Contain("not_found");
    }

    [Fact]
    public async Task With_its_tenant_everything_goes_and_what_it_held_of_others_is_free()
    {
        await using var world = await BudgetWorld.Start();
        var wide = await world.Budget(new { name = "Wide", unit = "tokens", window = "total", cap = 100 });
        await world.Tokens(100);
        await world.Reserve(60, ttl: 86_400);
        await world.Tenants.Call(world.Ada, "tenants.delete", new { tenant = world.Tenant });
        world.Server.Clock.Advance(world.Tenants.Service<TenantsOptions>().Grace);
        await Poll.Until(async () => (await world.Tenants.Texts($"select id from tenant")).Count == 0);

        (await world.Use(wide)).Should().Be((0, 0, 100));
        (await world.Tenants.Texts($"select id from reservation")).Should().BeEmpty();
        (await world.Tenants.Texts($"select id from budget")).Should().Equal(wide);
    }

    [Fact]
    public async Task What_ended_long_ago_is_removed()
    {
        await using var world = await BudgetWorld.Start();
        await world.Settle(await world.Reserve(1), 1);
        world.Server.Clock.Advance(TimeSpan.FromDays(29));
        var late = await world.Reserve(1, ttl: 86_400);
        world.Server.Clock.Advance(TimeSpan.FromDays(1));
        await Poll.Until(
            async () => (await world.Tenants.Texts($"select id from reservation")).SequenceEqual([late]),
            () => world.Server.Clock.Advance(TimeSpan.FromSeconds(5)));
    }
}
