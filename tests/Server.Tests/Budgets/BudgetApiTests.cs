using System.Net;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Budgets;

/// <summary>Who makes budgets, for whom, and who sees and changes them.</summary>
public sealed class BudgetApiTests
{
    [Fact]
    public async Task An_operator_caps_any_subject_and_calls_of_others_are_not_counted()
    {
        await using var world = await BudgetWorld.Start();
        var app = world.Tenants.App.Value;
        var other = await world.Tenants.Tenant(world.Ada, "Other");
        (string Subject, string? Id)[] mine =
        [
            ("environment", null), ("app", app), ("tenant", world.Tenant), ("key", world.Key.Key!.Value.Value),
            ("user", world.Bo.User!.Value.Value),
        ];
        var counting = new List<string>();
        foreach (var (subject, id) in mine)
        {
            counting.Add(await world.Budget(new
            {
                name = subject, subject, subject_id = id, unit = "tokens", window = "total", cap = 100,
            }));
        }
        (string Subject, string Id)[] others =
            [("tenant", other), ("app", world.Tenants.OtherApp.Value), ("user", world.Ada.User!.Value.Value)];
        var silent = new List<string>();
        foreach (var (subject, id) in others)
        {
            silent.Add(await world.Budget(new
            {
                name = subject, subject, subject_id = id, unit = "tokens", window = "total", cap = 100,
            }));
        }

        await world.Tenants.Call(world.Key, "budgets.reserve", new { tenant = world.Tenant },
            new { unit = "tokens", amount = 7, user_id = world.Bo.User!.Value.Value });

        foreach (var budget in counting) (await world.Use(budget)).Should().Be((0, 7, 93));
        foreach (var budget in silent) (await world.Use(budget)).Should().Be((0, 0, 100));
    }

    [Fact]
    public async Task A_tenants_admin_keeps_budgets_inside_of_it_and_leaves_an_operators_alone()
    {
        await using var world = await BudgetWorld.Start();
        var (tenant, tenants) = (world.Tenant, world.Tenants);
        var body = new
        {
            name = "Bo", subject = "user", subject_id = world.Bo.User!.Value.Value, unit = "tokens", window = "day",
            cap = 10,
        };
        var own = (await tenants.Call(world.Ada, "tenants.budgets.create", new { tenant }, body))["id"]!.ToString();
        var operators = await world.Tokens(100);
        await world.Budget(new { name = "All", unit = "tokens", window = "day", cap = 1_000 });

        var seen = await tenants.Call(world.Bo, "tenants.budgets.list", new { tenant });
        seen["items"]!.AsArray().Select(b => b!["id"]!.ToString()).Should().Equal(own, operators);
        seen["items"]![0]!["kept_by"]!.ToString().Should().Be("tenant");
        (await tenants.Code(world.Bo, "tenants.budgets.create", new { tenant }, body)).Should().Be("permission_denied");
        (await tenants.Code(world.Ada, "tenants.budgets.update", new { tenant, budget = operators },
            new { cap = 1_000, reason = "more" })).Should().Be("budget_kept_by_operator");
        (await tenants.Code(world.Ada, "tenants.budgets.delete", new { tenant, budget = operators }))
            .Should().Be("budget_kept_by_operator");

        await world.Reserve(10, world.Bo);
        (await world.Refusal(1, world.Bo)).Should().Be("budget_paused");
        await tenants.Call(world.Ada, "tenants.budgets.update", new { tenant, budget = own },
            new { cap = 11, reason = "He asked." });
        (await world.Refusal(1, world.Bo)).Should().BeNull();
        await tenants.Call(world.Ada, "tenants.budgets.delete", new { tenant, budget = own });
        (await world.Refusal(50, world.Bo)).Should().BeNull();
        (await tenants.Actions(tenant)).Should().ContainInOrder(
            "tenants.budgets.create", "budgets.create", "budgets.reserve", "tenants.budgets.update",
            "budgets.reserve", "tenants.budgets.delete", "budgets.reserve");
        (await tenants.Events(tenant)).Should().ContainInOrder(
            "budget.created", "budget.created", "reservation.made", "budget.updated", "budget.deleted");
        (await tenants.Texts($"""
            select reason from audit_entry where action = {"tenants.budgets.update"} and outcome = {"done"}
            """))
            .Should().Equal("He asked.");
    }

    [Fact]
    public async Task Nothing_outside_of_a_tenant_can_be_capped_from_inside()
    {
        await using var world = await BudgetWorld.Start();
        var tenants = world.Tenants;
        var sam = await tenants.User("sam");
        var his = await tenants.Tenant(sam, "His");
        var foreign = await world.Budget(
            new { name = "His", subject = "tenant", subject_id = his, unit = "tokens", window = "day", cap = 1 });
        foreach (var (subject, id) in new (string, string?)[]
        {
            ("environment", null), ("tenant", his), ("user", sam.User!.Value.Value), ("user", null),
            ("app", tenants.OtherApp.Value), ("key", world.Key.Key!.Value.Value), ("agent", "agt_nobody"),
        })
        {
            (await tenants.Code(world.Ada, "tenants.budgets.create", new { tenant = world.Tenant },
                new { name = "x", subject, subject_id = id, unit = "tokens", window = "day", cap = 1 }))
                .Should().Be("input_invalid", $"{subject} {id}");
        }
        foreach (var operation in new[] { "tenants.budgets.get", "tenants.budgets.delete" })
        {
            (await tenants.Code(world.Ada, operation, new { tenant = world.Tenant, budget = foreign }))
                .Should().Be("not_found");
        }
        (await tenants.Code(world.Ada, "tenants.budgets.update", new { tenant = world.Tenant, budget = foreign },
            new { name = "mine" })).Should().Be("not_found");
    }

    [Theory]
    [InlineData("tokens", "EUR", 1, null)]
    [InlineData("money", null, 1, null)]
    [InlineData("money", "eur", 1, null)]
    [InlineData("tokens", null, -1, null)]
    [InlineData("tokens", null, 1, "5")]
    [InlineData("tokens", null, 1, "101")]
    public async Task What_is_no_budget_is_refused(string unit, string? currency, long cap, string? alert)
    {
        await using var world = await BudgetWorld.Start();
        int[]? alerts = alert is null ? null : [int.Parse(alert, System.Globalization.CultureInfo.InvariantCulture)];
        (await world.Tenants.Code(InProcess.Owner, "budgets.create",
            body: new { name = "x", unit, currency, window = "day", cap, alerts })).Should().Be("input_invalid");
    }

    [Fact]
    public async Task A_new_cap_has_a_reason_and_an_old_version_is_refused()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(10);
        (await world.Tenants.Code(InProcess.Owner, "budgets.update", new { budget }, new { cap = 11 }))
            .Should().Be("input_invalid");
        await world.Tenants.Call(InProcess.Owner, "budgets.update", new { budget }, new { name = "New" });
        foreach (var operation in new[] { "budgets.update", "budgets.delete" })
        {
            object? body = operation == "budgets.update" ? new { name = "Newer" } : null;
            (await world.Tenants.Code(InProcess.Owner, operation, new { budget }, body, ifMatch: "\"1\""))
                .Should().Be("version_conflict");
        }
    }

    [Fact]
    public async Task The_number_of_budgets_is_bounded()
    {
        await using var world = await BudgetWorld.Start(
            adjust: null, "--Budgets:PerTenantMax", "1", "--Budgets:PerEnvironmentMax", "2");
        object body = new { name = "x", unit = "tokens", window = "day", cap = 1 };
        await world.Tenants.Call(world.Ada, "tenants.budgets.create", new { tenant = world.Tenant }, body);
        (await world.Tenants.Code(world.Ada, "tenants.budgets.create", new { tenant = world.Tenant }, body))
            .Should().Be("budget_limit_reached");
        await world.Budget(body);
        (await world.Tenants.Code(InProcess.Owner, "budgets.create", body: body)).Should().Be("budget_limit_reached");
    }

    [Fact]
    public async Task Whoever_meets_a_cap_hears_which_until_when_and_who_can_raise_it()
    {
        await using var world = await BudgetWorld.Start();
        var budget = await world.Tokens(10);
        await world.Reserve(4);
        var answer = await world.Server.InProcess.Invoke(
            world.Key, "budgets.reserve", new { tenant = world.Tenant }, new { unit = "tokens", amount = 11 });

        var problem = answer.Problem!;
        problem.Type.Status.Should().Be((int)HttpStatusCode.PaymentRequired);
        problem.Budget!.Should().Be(new PausedBudget(
            new BudgetId(budget), "tokens", new DateTimeOffset(2030, 1, 16, 0, 0, 0, TimeSpan.Zero),
            "an operator of the platform, with budgets.update")
        {
            Numbers = new PausedNumbers("Tokens", Cap: 10, Left: 6),
        });
        problem.RetryAfter.Should().BeCloseTo(TimeSpan.FromHours(12), TimeSpan.FromSeconds(1));
        problem.Detail.Should().Be("The budget \"Tokens\" of tokens for the tenant does not have so much left: 6 of 10 "
            + "in this day. It begins anew at 2030-01-16T00:00:00Z. "
            + "An operator of the platform, with budgets.update, can raise it.");
        var more = (await world.Server.InProcess.Invoke(
            world.Key, "budgets.settle", new { tenant = world.Tenant, reservation = await world.Reserve(1) },
            new { amount = 9 })).Problem!;
        more.Budget!.Numbers.Should().Be(new PausedNumbers("Tokens", Cap: 10, Left: 5));
    }

    [Theory]
    [InlineData("tenant", true)]
    [InlineData("user in the tenant", true)]
    [InlineData("user", false)]
    [InlineData("app", false)]
    [InlineData("environment", false)]
    public async Task Numbers_of_a_budget_are_told_to_who_may_read_it(string subject, bool told)
    {
        await using var world = await BudgetWorld.Start();
        var tenant = subject == "user in the tenant" ? world.Tenant : null;
        await world.Budget(new
        {
            name = "Secret plan",
            subject = subject.Split(' ')[0],
            subject_id = subject.Split(' ')[0] switch
            {
                "tenant" => world.Tenant,
                "user" => world.Bo.User!.Value.Value,
                "app" => world.Tenants.App.Value,
                _ => null,
            },
            tenant_id = tenant,
            unit = "tokens",
            window = "total",
            cap = 10,
        });

        var problem = (await world.Server.InProcess.Invoke(
            world.Bo, "budgets.reserve", new { tenant = world.Tenant }, new { unit = "tokens", amount = 11 })).Problem!;

        problem.Budget!.Numbers.Should().Be(told ? new PausedNumbers("Secret plan", Cap: 10, Left: 10) : null);
        problem.Detail!.Contains("Secret plan", StringComparison.Ordinal).Should().Be(told);
        problem.Detail.Contains("10", StringComparison.Ordinal).Should().Be(told);
        problem.Detail.Should().Contain("can raise it");
    }

    [Fact]
    public async Task A_key_that_may_not_read_budgets_hears_no_numbers_but_of_what_caps_it_alone()
    {
        await using var world = await BudgetWorld.Start();
        await world.Tokens(10);
        var bound = world.Key with { Permissions = ["budgets.reserve"] };
        async Task<PausedBudget> Met(string unit = "tokens") => (await world.Server.InProcess.Invoke(
            bound, "budgets.reserve", new { tenant = world.Tenant }, new { unit, amount = 11 })).Problem!.Budget!;

        (await Met()).Numbers.Should().BeNull();
        await world.Budget(new
        {
            name = "Its own",
            subject = "key",
            subject_id = world.Key.Key!.Value.Value,
            unit = "messages",
            window = "total",
            cap = 10,
        });
        (await Met("messages")).Numbers!.Name.Should().Be("Its own");
    }
}
