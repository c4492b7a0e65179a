using System.Net;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Castellan.Tests.Budgets;

namespace Castellan.Tests.AdminUi;

/// <summary>Operators see what budgets have used, make them, change caps with a reason, and delete them.</summary>
public sealed partial class BudgetPageTests
{
    private const string All = "/admin/budgets";
    private const string New = "/admin/budgets/new";

    [Fact]
    public async Task A_budget_is_made_seen_changed_and_deleted()
    {
        await using var world = await BudgetWorld.Start();
        using var browser = await Browser.SignedIn(world.Server);

        var empty = await browser.Open(All);
        var made = await browser.Submit(New, New,
            ("name", "Tokens <of> Acme"), ("unit", "tokens"), ("window", "day"), ("cap", "4000000000"),
            ("alerts", "80, 100 %"), ("subject", "tenant"), ("subject_id", world.Tenant), ("reason", "Agreed"));
        var budget = made.Path;
        await world.Reserve(1_000_000_000);
        await world.Settle(await world.Reserve(1_000_000_000), 600_000_000);
        var list = await browser.Open(All);
        var page = await browser.Open(budget);
        var silent = await browser.Submit($"{budget}/edit", $"{budget}/edit",
            ("name", "Tokens"), ("cap", "1000"), ("alerts", "90"), ("reason", ""));
        var changed = await browser.Submit($"{budget}/edit", $"{budget}/edit",
            ("name", "Tokens"), ("cap", "1000"), ("alerts", "90"), ("reason", "Less is enough"));
        var asked = await browser.Open($"{budget}/delete");
        var deleted = await browser.Submit($"{budget}/delete", $"{budget}/delete");

        empty.Html.Should().Contain("No budget yet").And.Contain($"href=\"{New}\"");
        One().IsMatch(budget).Should().BeTrue(budget);
        made.Html.Should().Contain("The budget is made.").And.Contain("4,000,000,000 tokens")
            .And.Contain("80 %, 100 %");
        list.Html.Should().Contain("Tokens &lt;of&gt; Acme").And.Contain("600,000,000").And.Contain("1,000,000,000")
            .And.Contain(world.Tenant).And.MatchRegex("<meter[^>]*value=\"40\"").And.Contain("open");
        page.Html.Should().Contain("2,400,000,000").And.Contain("operators").And.Contain("2030-01-16 00:00 UTC");
        silent.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        silent.Html.Should().Contain("A new cap has a reason.").And.Contain("value=\"1000\"");
        changed.Path.Should().Be(budget);
        changed.Html.Should().Contain("Saved.").And.Contain("1,000 tokens").And.Contain("paused").And.Contain("90 %");
        asked.Html.Should().Contain("Delete Tokens?").And.Contain("capped no more");
        deleted.Path.Should().Be(All);
        deleted.Html.Should().Contain("The budget is deleted.").And.Contain("No budget yet");
    }

    [Fact]
    public async Task Budgets_of_one_subject_are_listed_by_themselves()
    {
        await using var world = await BudgetWorld.Start();
        using var browser = await Browser.SignedIn(world.Server, "billing");
        await world.Tokens(10);
        await world.Budget(new { name = "Everything", unit = "money", currency = "EUR", window = "total", cap = 5 });

        var all = await browser.Open(All);
        var ofTenant = await browser.Open($"{All}?subject={world.Tenant}");
        var inTenant = await browser.Open($"{All}?tenant={world.Tenant}");
        var form = await browser.Open($"{New}?subject_id={world.Tenant}");

        all.Html.Should().Contain("Everything").And.Contain("EUR, in minor units").And.Contain("all of sandbox");
        ofTenant.Html.Should().Contain("Tokens").And.NotContain("Everything").And.Contain("Show all");
        inTenant.Html.Should().Contain("Tokens").And.NotContain("Everything");
        form.Html.Should().MatchRegex("<option value=\"tenant\" selected").And.Contain($"value=\"{world.Tenant}\"");
        (await browser.Open($"/admin/tenants/{world.Tenant}")).Html.Should().Contain($"{All}?tenant={world.Tenant}");
    }

    [Fact]
    public async Task What_is_wrong_with_a_form_is_said_beside_its_field()
    {
        await using var world = await BudgetWorld.Start();
        using var browser = await Browser.SignedIn(world.Server);

        var refused = await browser.Submit(New, New,
            ("name", "Money"), ("unit", "money"), ("currency", "eur"), ("window", "month"), ("cap", "many"),
            ("alerts", "half"), ("subject", "environment"));
        var foreign = await browser.Submit(New, New,
            ("name", "App"), ("unit", "tokens"), ("window", "month"), ("cap", "1"), ("alerts", ""), ("subject", "app"),
            ("subject_id", "app_01jhqsmf0000000000000000zz"));

        refused.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        refused.Html.Should().Contain("is no code of ISO 4217").And.Contain("no percent").And.Contain("value=\"many\"")
            .And.Contain("aria-invalid=\"true\"");
        foreign.Html.Should().Contain("There is no such app here.");
        (await browser.Open(All)).Html.Should().Contain("No budget yet");
    }

    [Fact]
    public async Task A_page_that_somebody_else_has_overtaken_changes_nothing()
    {
        await using var world = await BudgetWorld.Start();
        using var browser = await Browser.SignedIn(world.Server);
        var budget = $"{All}/{await world.Tokens(10)}";
        await browser.Submit($"{budget}/edit", $"{budget}/edit",
            ("name", "Tokens"), ("cap", "20"), ("alerts", ""), ("reason", "More"));

        var late = await browser.Submit($"{budget}/edit", $"{budget}/edit",
            ("_version", "1"), ("name", "Tokens"), ("cap", "30"), ("alerts", ""), ("reason", "More"));

        late.Status.Should().Be(HttpStatusCode.PreconditionFailed);
        (await browser.Open(budget)).Html.Should().Contain("20 tokens").And.Contain("no part of it");
    }

    [Fact]
    public async Task Who_may_not_sees_no_way_to_and_what_is_not_there_is_said_so()
    {
        await using var world = await BudgetWorld.Start();
        using var browser = await Browser.SignedIn(world.Server, "auditor");
        var budget = $"{All}/{await world.Tokens(10)}";

        var page = await browser.Open(budget);
        var list = await browser.Open(All);
        var refused = await browser.Submit($"{budget}/delete", $"{budget}/delete");
        var made = await browser.Submit(New, New,
            ("name", "A"), ("unit", "tokens"), ("window", "day"), ("cap", "1"), ("subject", "environment"));
        var absent = await browser.Open($"{All}/bud_01jhqsmf0000000000000000zz");
        var live = await browser.Open($"{budget}?environment=live");

        page.Html.Should().NotContain("/edit").And.NotContain("/delete");
        list.Html.Should().NotContain($"href=\"{New}");
        refused.Status.Should().Be(HttpStatusCode.Forbidden);
        made.Status.Should().Be(HttpStatusCode.Forbidden);
        absent.Status.Should().Be(HttpStatusCode.NotFound);
        live.Html.Should().Contain("This budget does not exist in live, or was deleted.");
    }

    [GeneratedRegex("^/admin/budgets/bud_[0-9a-z]+$", RegexOptions.None, 1000)]
    private static partial Regex One();
}
