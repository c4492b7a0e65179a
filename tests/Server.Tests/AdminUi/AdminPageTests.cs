using System.Net;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Operators;

namespace Castellan.Tests.AdminUi;

public sealed partial class AdminPageTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_session_every_page_leads_to_the_sign_in_page_and_back()
    {
        await using var server = await TestServer.Start();
        using var owner = await Browser.SignedIn(server, email: "ada@example.org");
        using var browser = new Browser(server);

        var turned = await browser.Open("/admin/apps");
        var wrong = await browser.Submit(
            "/admin/sign-in?next=/admin/apps", "/admin/sign-in", ("email", "ada@example.org"), ("password", "x"));
        var inside = await browser.Submit("/admin/sign-in?next=/admin/apps", "/admin/sign-in",
            ("email", "ada@example.org"), ("password", OperatorActs.Password));
        var outside = await browser.Submit("/admin", "/admin/sign-out");

        turned.Path.Should().Be("/admin/sign-in");
        wrong.Status.Should().Be(HttpStatusCode.Unauthorized);
        wrong.Html.Should().Contain("ada@example.org", "what was typed stays").And.Contain("is wrong");
        inside.Path.Should().Be("/admin/apps");
        outside.Path.Should().Be("/admin/sign-in");
        (await browser.Open("/admin/apps")).Path.Should().Be("/admin/sign-in");
    }

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("//evil.example")]
    [InlineData("/admin/\\evil.example")]
    [InlineData("/admin/é")]
    [InlineData("/admin/\r\nSet-Cookie: a=b")]
    public async Task A_link_cannot_send_an_operator_elsewhere_after_sign_in(string next)
    {
        await using var server = await TestServer.Start();
        using var owner = await Browser.SignedIn(server, email: "ada@example.org");
        using var browser = new Browser(server);
        var inside = await browser.Submit($"/admin/sign-in?next={Uri.EscapeDataString(next)}", "/admin/sign-in",
            ("email", "ada@example.org"), ("password", OperatorActs.Password), ("next", next));
        inside.Path.Should().Be("/admin");
    }

    [Fact]
    public async Task A_form_that_cannot_be_read_is_refused_with_a_page()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);

        var many = await browser.Post("/admin/apps/new", [.. Enumerable.Range(0, 300).Select(i => ($"f{i}", "x"))]);

        many.Status.Should().Be(HttpStatusCode.BadRequest);
        many.Html.Should().Contain("This form was not accepted");
    }

    [Theory]
    [InlineData("99999999")]
    [InlineData("-1")]
    [InlineData("soon")]
    public async Task A_key_that_would_end_at_no_time_is_refused(string days)
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        var app = await server.InProcess.Call(InProcess.Owner, "apps.create", body: new { name = "P", owner = "ops" });
        var page = $"/admin/apps/{app["id"]}";

        var made = await browser.Submit(page, page + "/keys", ("key_name", "job"), ("days", days));

        made.Html.Should().Contain("is not an RFC 3339 time");
    }

    [Fact]
    public async Task A_post_without_proof_is_refused_and_changes_nothing()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        using var other = await Browser.SignedIn(server, "admin");
        var page = await browser.Open("/admin/apps/new");
        var token = Field(page.Html, "_form");
        (string, string)[] app =
            [("name", "Portal"), ("owner", "ops"), ("builder", "other"), ("data_class", "personal")];

        var without = await browser.Post("/admin/apps/new", app);
        var foreign = await browser.Post("/admin/apps/new",
            [.. app, ("_form", Field((await other.Open("/admin")).Html, "_form"))]);
        var crossSite =
            await browser.Post("/admin/apps/new", [.. app, ("_form", token)], ("Sec-Fetch-Site", "cross-site"));
        var origin =
            await browser.Post("/admin/apps/new", [.. app, ("_form", token)], ("Origin", "https://evil.example"));
        var opaque = await browser.Post("/admin/apps/new", [.. app, ("_form", token)], ("Origin", "null"));
        var apps = await server.InProcess.Call(InProcess.Owner, "apps.list");
        var good = await browser.Post("/admin/apps/new", [.. app, ("_form", token)],
            ("Sec-Fetch-Site", "same-origin"), ("Origin", "null"));

        foreach (var refused in new[] { without, foreign, crossSite, origin, opaque })
            refused.Status.Should().Be(HttpStatusCode.Forbidden);
        apps["items"]!.AsArray().Should().BeEmpty();
        good.Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_session_cookie_is_kept_from_scripts_and_does_not_open_the_api()
    {
        await using var server = await TestServer.Start();
        var link = await server.Invite("owner", "ada@example.org");
        using var handler = new HttpClientHandler { AllowAutoRedirect = false };
        using var client = new HttpClient(handler) { BaseAddress = server.Address };
        var page = await client.GetStringAsync($"/setup?token={link}", Ct);
        using var content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_form"] = Field(page, "_form"), ["token"] = link, ["password"] = OperatorActs.Password,
        });
        using var response = await client.PostAsync("/setup", content, Ct);

        var cookie = response.Headers.GetValues("Set-Cookie")
            .Single(c => c.StartsWith("castellan_operator", StringComparison.Ordinal));
        cookie.Should().Contain("httponly").And.Contain("samesite=lax").And.Contain("path=/");
        using var api = await client.GetAsync("/v1/apps", Ct);
        api.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_setup_link_that_was_used_says_what_to_do()
    {
        await using var server = await TestServer.Start();
        using var browser = new Browser(server);
        var link = await server.Invite("admin", "ada@example.org");
        var tooShort = await browser.Submit($"/setup?token={link}", "/setup", ("password", "short"));
        await browser.Submit($"/setup?token={link}", "/setup", ("password", OperatorActs.Password));
        var again = await browser.Open($"/setup?token={link}");

        tooShort.Status.Should().Be((HttpStatusCode)422);
        tooShort.Html.Should().Contain("at least 15 characters");
        again.Status.Should().Be(HttpStatusCode.Gone);
        again.Html.Should().Contain("castellan-server owner");
    }

    [Fact]
    public async Task An_app_is_registered_set_up_given_a_key_and_frozen()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        var missing = await browser.Submit("/admin/apps/new", "/admin/apps/new", ("name", "Portal <b>"));
        var detail = await browser.Submit("/admin/apps/new", "/admin/apps/new",
            ("name", "Portal <b>"), ("owner", "Customer team"), ("builder", "lovable"), ("data_class", "personal"));
        var app = detail.Path;
        var wrong = await browser.Submit(app, app + "/settings", ("origins", "https://a.example/\nhttps://b.example"));
        var saved = await browser.Submit(app, app + "/settings",
            ("origins", "https://a.example\r\nhttps://b.example"), ("origin_presets", "local"), ("native", "on"));
        var key = await browser.Submit(app, app + "/keys", ("key_name", "billing job"), ("days", "90"));
        var later = await browser.Open(app);
        var revoke = RevokeLink().Match(later.Html).Value;
        var revoked = await browser.Submit(revoke, revoke, ("reason", "no longer used"));
        var noReason = await browser.Submit(app + "/transition", app + "/transition", ("state", "frozen"));
        var frozen = await browser.Submit(
            app + "/transition", app + "/transition", ("state", "frozen"), ("reason", "a test of the brake"));

        missing.Status.Should().Be((HttpStatusCode)422);
        missing.Html.Should().Contain("Portal &lt;b&gt;").And.Contain("&#x27;owner&#x27; is missing");
        wrong.Status.Should().Be((HttpStatusCode)422);
        wrong.Html.Should().Contain("is not an origin");
        saved.Html.Should().Contain("Saved for sandbox.").And.Contain("https://a.example&#xA;https://b.example");
        (await browser.Open(app)).Html.Should().NotContain("Saved for sandbox.", "a notice is said once");
        key.Html.Should().Contain("cas_sk_sandbox_").And.Contain("not shown again");
        SecretShown().IsMatch(later.Html).Should().BeFalse();
        revoked.Html.Should().Contain("The key is revoked.");
        noReason.Status.Should().Be((HttpStatusCode)422);
        frozen.Html.Should().Contain("The app is frozen now.").And.Contain("a test of the brake");
    }

    [Fact]
    public async Task A_key_is_made_with_bounds_rotated_disabled_and_enabled()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        await server.InProcess.Call(InProcess.Owner, "apps.create", body: new { name = "Portal", owner = "ops" });
        var app = AppLink().Match((await browser.Open("/admin/apps")).Html).Groups["path"].Value;
        var form = app + "/keys/new";

        var wrong = await browser.Submit(form, form, ("name", "export"), ("kind", "restricted"),
            ("permissions", "records.lst"), ("ip_ranges", "10.0.0.1/8"), ("rate_per_minute", "many"));
        var made = await browser.Submit(form, form, ("name", "export"), ("kind", "restricted"),
            ("permissions", "records.list\r\napp.export"), ("ip_ranges", "203.0.113.0/24"), ("days", "30"),
            ("rate_per_minute", "60"));
        var shown = await browser.Open(app);
        var key = KeyLink().Match(shown.Html).Value;
        var noReason = await browser.Submit(key + "/disable", key + "/disable", ("reason", ""));
        var disabled = await browser.Submit(key + "/disable", key + "/disable", ("reason", "The vendor is away."));
        var enabled = await browser.Submit(key + "/enable", key + "/enable");
        var rotated = await browser.Submit(key + "/rotate", key + "/rotate", ("overlap_minutes", "60"));
        var after = await browser.Open(app);

        wrong.Status.Should().Be((HttpStatusCode)422);
        wrong.Html.Should().Contain("Send 10.0.0.0/8").And.Contain("rate_per_minute&#x27; must be a whole number");
        made.Html.Should().Contain("cas_rk_sandbox_").And.Contain("not shown again");
        shown.Html.Should().Contain("203.0.113.0/24").And.Contain("60 a minute");
        noReason.Status.Should().Be((HttpStatusCode)422);
        disabled.Html.Should().Contain("The key is disabled.").And.Contain("aria-label=\"Enable export\"");
        enabled.Html.Should().Contain("The key is enabled.");
        rotated.Html.Should().Contain("cas_rk_sandbox_").And.Contain("The old one");
        after.Html.Should().Contain(">rotated<");
    }

    [Fact]
    public async Task A_second_click_makes_no_second_key()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        await server.InProcess.Call(InProcess.Owner, "apps.create", body: new { name = "Portal", owner = "ops" });
        var path = AppLink().Match((await browser.Open("/admin/apps")).Html).Groups["path"].Value;
        var page = await browser.Open(path);
        (string, string)[] form =
            [("_form", Field(page.Html, "_form")), ("_once", Field(page.Html, "_once")), ("key_name", "job"),
                ("days", "")];

        var first = await browser.Post(path + "/keys", form);
        var second = await browser.Post(path + "/keys", form);

        first.Status.Should().Be(HttpStatusCode.OK);
        second.Status.Should().Be(HttpStatusCode.Conflict);
        second.Html.Should().Contain("This form was already sent").And.Contain("shown once");
    }

    [Fact]
    public async Task The_bare_address_leads_to_the_pages_and_a_wrong_one_is_told_as_a_page()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);

        var bare = await browser.Open("/");
        var wrong = await browser.Open("/admin/nothing/here");

        bare.Path.Should().Be("/admin");
        wrong.Status.Should().Be(HttpStatusCode.NotFound);
        wrong.Html.Should().Contain("No page has this address.");
    }

    [Fact]
    public async Task The_environment_is_chosen_and_kept()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        (await browser.Open("/admin/users")).Html.Should().Contain("in sandbox</span>");
        (await browser.Open("/admin/users?environment=live")).Html.Should().Contain("in live</span>");
        (await browser.Open("/admin/tenants")).Html.Should().Contain("in live</span>");
        (await browser.Open("/admin/mailbox")).Status.Should().Be(HttpStatusCode.OK);
        (await browser.Open("/admin/tenants?environment=moon")).Html.Should().Contain("in live</span>");
    }

    [Fact]
    public async Task An_auditor_sees_everything_and_changes_nothing()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server, "auditor");
        foreach (var path in new[] { "", "/apps", "/users", "/tenants", "/audit", "/mailbox", "/operators" })
        {
            var page = await browser.Open("/admin" + path);
            page.Status.Should().Be(HttpStatusCode.OK, path);
            page.Html.Should().NotContain("role=\"alert\"", path);
        }
        var refused = await browser.Submit("/admin/apps/new", "/admin/apps/new",
            ("name", "Portal"), ("owner", "ops"), ("builder", "other"), ("data_class", "personal"));
        refused.Status.Should().Be(HttpStatusCode.Forbidden);
        refused.Html.Should().Contain("needs the operator role owner")
            .And.Contain("Ask an operator with the role owner");
    }

    [Fact]
    public async Task An_owner_invites_and_suspends_an_operator()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        var invited = await browser.Submit("/admin/operators", "/admin/operators",
            ("name", "Bo"), ("email", "bo@example.org"), ("role", "support"));
        var token = SetupToken().Match(invited.Html).Groups["token"].Value;
        await server.Claim(token, new { password = OperatorActs.Password });
        var rows = (await server.InProcess.Call(InProcess.Owner, "operators.list"))["items"]!.AsArray();
        var id = rows.Single(r => r!["email"]!.ToString() == "bo@example.org")!["id"]!.ToString();

        var suspended = await browser.Submit(
            $"/admin/operators/{id}/suspend", $"/admin/operators/{id}/suspend", ("reason", "left the company"));
        var command = await browser.Submit("/admin/operators", "/admin/operators/token");

        invited.Html.Should().Contain("not shown again");
        suspended.Html.Should().Contain("Bo is suspended now.");
        command.Html.Should().Contain("cas_ol_");
    }

    [Fact]
    public async Task A_user_is_suspended_restored_and_signed_out_with_a_reason()
    {
        await using var world = await Identity.IdentityWorld.Start();
        var tokens = await world.SignUp();
        using var browser = await Browser.SignedIn(world.Server, "support");
        var user = $"/admin/users/{tokens.UserId}";
        Task<Browser.Seen> Act(string verb, string reason) =>
            browser.Submit($"{user}/{verb}", $"{user}/{verb}", ("reason", reason));

        var unreasoned = await Act("suspend", "");
        var suspended = await Act("suspend", "a lost phone");
        if (TestServer.Engine == "postgres") world.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        var refused = await world.Get("/v1/me", tokens.Access);
        var restored = await Act("restore", "found again");
        if (TestServer.Engine == "postgres") world.Server.Clock.Advance(TimeSpan.FromSeconds(1));
        var back = await world.Get("/v1/me", tokens.Access);
        var ended = await Act("sign-out", "to be sure");

        unreasoned.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        suspended.Html.Should().Contain("The user is suspended.");
        refused.Code.Should().Be("credential_invalid");
        restored.Html.Should().Contain("The user is restored.");
        back.Status.Should().Be(HttpStatusCode.OK);
        ended.Html.Should().Contain("The user is signed out everywhere.");
        (await world.Audits("users.suspend")).Should().Equal("done operator user a lost phone");
        (await world.Audits("users.restore")).Should().Equal("done operator user found again");
    }

    [Fact]
    public async Task The_audit_page_filters_and_refuses_what_it_cannot_read()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        await browser.Submit("/admin/apps/new", "/admin/apps/new",
            ("name", "Portal"), ("owner", "ops"), ("builder", "other"), ("data_class", "personal"));
        await Poll.Until(async () =>
            (await browser.Open("/admin/audit?action=apps.create")).Html.Contains("<code>apps.create"));

        var none = await browser.Open("/admin/audit?action=apps.transition");
        var later = await browser.Open("/admin/audit?action=apps.create&since=2030-02-01T00:00");
        var wrong = await browser.Open("/admin/audit?app=nonsense");

        none.Html.Should().Contain("Nothing matches these filters");
        later.Html.Should().Contain("Nothing matches these filters");
        wrong.Status.Should().Be((HttpStatusCode)422);
        wrong.Html.Should().Contain("is not an id");
    }

    [Fact]
    public async Task The_audit_page_shows_the_decision_of_a_refusal()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        var auditor = Caller.OfOperator(
            OperatorId.New(server.Clock.GetUtcNow()), OperatorRole.Auditor, "sandbox", "x@example.com");
        var refused = await server.InProcess.Invoke(
            auditor, "apps.create", body: new { name = "Portal", owner = "ops" });
        var decision = refused.Problem!.Decision!.Value.Value;

        await Poll.Until(async () =>
            (await browser.Open("/admin/audit?action=apps.create")).Html.Contains(decision, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_list_goes_on_with_its_filter_and_each_list_of_a_page_by_itself()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        for (var i = 0; i < 51; i++)
            await server.InProcess.Call(InProcess.Owner, "apps.create", body: new { name = $"App {i}", owner = "ops" });
        var tenant = (await server.InProcess.Call(
            InProcess.Owner, "tenants.create", body: new { name = "Acme" }))["id"]!.ToString();
        for (var i = 0; i < 51; i++)
        {
            await server.InProcess.Call(
                InProcess.Owner, "workspaces.create", new { tenant }, new { name = $"Room {i}" });
        }

        var apps = await browser.Open("/admin/apps?state=prototype");
        var restOfApps = await browser.Open(WebUtility.HtmlDecode(MoreLink().Match(apps.Html).Groups["to"].Value));
        var page = await browser.Open($"/admin/tenants/{tenant}");
        var more = WebUtility.HtmlDecode(MoreLink().Match(page.Html).Groups["to"].Value);
        var rest = await browser.Open(more);

        AppLink().Count(apps.Html).Should().Be(50);
        AppLink().Count(restOfApps.Html).Should().Be(1);
        MoreLink().Match(apps.Html).Value.Should().Contain("state=prototype");
        more.Should().Contain("workspaces=");
        Regex.Count(page.Html + rest.Html, ">wsp_").Should().Be(51);
    }

    [Fact]
    public async Task A_page_that_answered_a_form_can_be_loaded_again_in_another_environment()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        await server.InProcess.Call(InProcess.Owner, "apps.create", body: new { name = "Portal", owner = "ops" });
        var app = AppLink().Match((await browser.Open("/admin/apps")).Html).Groups["path"].Value;
        await browser.Submit(app, app + "/keys", ("key_name", "job"), ("days", ""));

        var again = await browser.Open(app + "/keys?environment=live");
        var token = await browser.Open("/admin/operators/token");

        again.Path.Should().Be(app);
        again.Html.Should().Contain("Settings in live").And.NotContain("cas_sk_sandbox");
        token.Path.Should().Be("/admin/operators");
    }

    private static string Field(string html, string name) =>
        Regex.Match(html, $"name=\"{name}\" value=\"(?<value>[^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1))
            .Groups["value"].Value;

    [GeneratedRegex("/admin/apps/[a-z0-9_]+/keys/[a-z0-9_]+/revoke", RegexOptions.None, 1000)]
    private static partial Regex RevokeLink();

    [GeneratedRegex("href=\"(?<path>/admin/apps/app_[a-z0-9]+)\"", RegexOptions.None, 1000)]
    private static partial Regex AppLink();

    [GeneratedRegex("href=\"(?<to>[^\"]*)\" rel=\"next\"", RegexOptions.None, 1000)]
    private static partial Regex MoreLink();

    [GeneratedRegex("token=(?<token>cas_ol_[0-9A-Za-z]+)", RegexOptions.None, 1000)]
    private static partial Regex SetupToken();

    /// <summary>The restricted key's own address, in front of what is done to it.</summary>
    [GeneratedRegex("/admin/apps/app_[0-9a-z]{26}/keys/key_[0-9a-z]{26}(?=/rotate\" aria-label=\"Rotate export)",
        RegexOptions.None, 1000)]
    private static partial Regex KeyLink();

    [GeneratedRegex("cas_sk_sandbox_[0-9A-Za-z]{38}", RegexOptions.None, 1000)]
    private static partial Regex SecretShown();
}
