using System.Net;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Castellan.Tests.Identity;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.AdminUi;

public sealed partial class StopPageTests
{
    [Fact]
    public async Task An_environment_is_stopped_only_by_who_types_its_name_and_says_why()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        const string Freeze = "/admin/environments/live/freeze";

        var asked = await browser.Open(Freeze);
        var wrong = await browser.Submit(Freeze, Freeze, ("reason", "a leak"), ("confirm", "sandbox"));
        var silent = await browser.Submit(Freeze, Freeze, ("reason", ""), ("confirm", "live"));
        var frozen = await browser.Submit(Freeze, Freeze, ("reason", "a leak"), ("confirm", "live"));
        var thawed = await browser.Submit(
            "/admin/environments/live/thaw", "/admin/environments/live/thaw", ("reason", "mended"));
        var killed = await browser.Submit(
            "/admin/environments/live/kill", "/admin/environments/live/kill", ("reason", "worse"), ("confirm", "live"));

        asked.Html.Should().Contain("Freeze live?").And.Contain("Type live to go on");
        wrong.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        wrong.Html.Should().Contain("What was typed is not its name.");
        silent.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        frozen.Html.Should().Contain("live is frozen.").And.Contain("a leak").And.Contain("live/thaw");
        thawed.Html.Should().Contain("live is active.");
        killed.Html.Should().Contain("live is killed.").And.Contain("live/revive");
    }

    [Fact]
    public async Task Who_may_not_stop_sees_no_way_to_and_is_refused()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server, "support");
        const string Kill = "/admin/environments/live/kill";

        var list = await browser.Open("/admin/environments");
        var refused = await browser.Submit(Kill, Kill, ("reason", "a test"), ("confirm", "live"));

        list.Html.Should().NotContain("/kill").And.NotContain("/freeze");
        refused.Status.Should().Be(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_tenant_is_suspended_and_reinstated_with_a_reason()
    {
        await using var world = await TenantWorld.Start();
        using var browser = await Browser.SignedIn(world.Server, "support");
        var tenant = $"/admin/tenants/{await world.Tenant(await world.User("ada"))}";

        var suspended = await browser.Submit($"{tenant}/suspend", $"{tenant}/suspend", ("reason", "unpaid since May"));
        var list = await browser.Open("/admin/tenants");
        var reinstated = await browser.Submit($"{tenant}/reinstate", $"{tenant}/reinstate", ("reason", "paid"));

        suspended.Html.Should().Contain("The tenant is suspended.").And.Contain("unpaid since May");
        list.Html.Should().Contain("suspended");
        reinstated.Html.Should().Contain("The tenant is reinstated.").And.NotContain("unpaid since May");
    }

    [Fact]
    public async Task Support_looks_as_a_user_sees_the_token_once_and_ends_it()
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        using var browser = await Browser.SignedIn(world.Server, "support");
        var user = $"/admin/users/{ada.UserId}";

        var unreasoned = await browser.Submit($"{user}/impersonate", $"{user}/impersonate",
            ("app_id", world.App.Id), ("reason", ""));
        var begun = await browser.Submit($"{user}/impersonate", $"{user}/impersonate",
            ("app_id", world.App.Id), ("reason", "sees an empty list"));
        var token = Token().Match(begun.Html).Value;
        var before = await world.Get("/v1/me", token);
        var page = await browser.Open(user);
        var ended = await browser.Submit(user, End().Match(page.Html).Value);
        var after = await world.Get("/v1/me", token);

        unreasoned.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        before.Status.Should().Be(HttpStatusCode.OK);
        page.Html.Should().Contain("sees an empty list").And.NotContain(token);
        ended.Html.Should().Contain("It is ended.");
        after.Code.Should().Be("credential_invalid");
    }

    [GeneratedRegex("cas_im_[0-9A-Za-z]+", RegexOptions.None, 1000)]
    private static partial Regex Token();

    [GeneratedRegex("/admin/users/[a-z0-9_]+/impersonations/[a-z0-9_]+/end", RegexOptions.None, 1000)]
    private static partial Regex End();
}
