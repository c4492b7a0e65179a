using System.Net;
using AwesomeAssertions;

namespace Castellan.Tests.Identity.Pages;

public sealed class PageSecurityTests
{
    [Fact]
    public async Task A_form_that_we_did_not_show_to_this_browser_changes_nothing()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        using var stranger = new PageBrowser(hosted.World.Server);
        var mine = await hosted.Browser.Open("/sandbox/sign-in");
        var theirs = await stranger.Open("/sandbox/sign-in");
        var fields = new { email = HostedWorld.Ada, password = IdentityWorld.Password };

        PageBrowser.Page[] refused =
        [
            await hosted.Browser.Post("/sandbox/sign-in", fields),
            await hosted.Browser.Submit(theirs, "/sandbox/sign-in", fields),
            await hosted.Browser.Submit(mine, "/sandbox/sign-in", fields, ("Origin", "https://evil.example")),
            await hosted.Browser.Submit(mine, "/sandbox/sign-in", fields, ("Origin", "null")),
            await hosted.Browser.Submit(mine, "/sandbox/sign-in", fields, ("Sec-Fetch-Site", "cross-site")),
        ];
        var own = await hosted.Browser.Submit(
            mine, "/sandbox/sign-in", fields, ("Origin", "http://127.0.0.1:7300"), ("Sec-Fetch-Site", "same-origin"));

        refused.Should().AllSatisfy(page => page.Status.Should().Be(HttpStatusCode.BadRequest));
        refused.Should().AllSatisfy(page => page.Html.Should().Contain("This form has expired"));
        own.Path.Should().Be("/sandbox/account");
        (await hosted.World.Audits("users.sign_in_hosted")).Should().ContainSingle();
    }

    [Theory]
    [InlineData("/sandbox/consent")]
    [InlineData("/sandbox/sign-out")]
    [InlineData("/sandbox/account/name")]
    [InlineData("/sandbox/account/withdraw")]
    [InlineData("/sandbox/account/sessions")]
    [InlineData("/sandbox/account/password")]
    [InlineData("/sandbox/account/delete")]
    public async Task Signed_in_every_post_needs_the_proof_of_the_session(string action)
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        await hosted.SignIn();
        using var stranger = new PageBrowser(hosted.World.Server);
        var foreignProof = await stranger.Open("/sandbox/sign-in");

        var without = await hosted.Browser.Post(
            action, new { email = HostedWorld.Ada, password = IdentityWorld.Password });
        var foreign = await hosted.Browser.Post(
            action, new { proof = foreignProof.FormFields("/sandbox/sign-in").First().Value, decision = "agree" });

        without.Status.Should().Be(HttpStatusCode.BadRequest);
        foreign.Status.Should().Be(HttpStatusCode.BadRequest);
        (await hosted.Browser.Open("/sandbox/account")).Html.Should().Contain(HostedWorld.Ada);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("c2FuZGJveApodHRwczovL2V2aWwuZXhhbXBsZQ.AAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_return_address_that_we_did_not_sign_leads_to_the_account(string address)
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();

        var page = await hosted.Browser.Open($"/sandbox/sign-in?return={Uri.EscapeDataString(address)}");
        var after = await hosted.Browser.Submit(
            page, "/sandbox/sign-in",
            new { email = HostedWorld.Ada, password = IdentityWorld.Password, @return = address });

        page.Html.Should().NotContain("evil");
        after.Path.Should().Be("/sandbox/account");
    }

    [Fact]
    public async Task A_signed_request_serves_its_own_environment_only_and_while_its_address_is_registered()
    {
        await using var hosted = await HostedWorld.Start();
        var page = await hosted.Browser.Open(PageBrowser.Authorize(hosted.App.Sandbox));
        var way = page.Address[page.Address.IndexOf("return=", StringComparison.Ordinal)..];

        var live = await hosted.Browser.Open($"/live/sign-in?{way}");
        await hosted.World.Server.InProcess.Call(InProcess.Owner, "apps.settings.update",
            path: new { app = hosted.App.Id, environment = "sandbox" },
            body: new { redirect_uris = Array.Empty<string>() });
        var withdrawn = await hosted.Browser.Open($"/sandbox/sign-in?{way}");

        page.Html.Should().Contain("Portal");
        live.Html.Should().NotContain("Portal");
        withdrawn.Html.Should().NotContain("Portal");
    }

    [Fact]
    public async Task Pages_are_not_cached_not_framed_and_post_only_to_where_they_may()
    {
        await using var hosted = await HostedWorld.Start();

        var page = await hosted.Browser.Open(PageBrowser.Authorize(hosted.App.Sandbox));

        var policy = page.Response.Headers.GetValues("Content-Security-Policy").Single();
        policy.Should().Contain("default-src 'none'").And.Contain("frame-ancestors 'none'")
            .And.Contain("form-action 'self' http://127.0.0.1:9");
        page.Response.Headers.CacheControl!.NoStore.Should().BeTrue();
        page.Response.Headers.GetValues("Referrer-Policy").Single().Should().Be("same-origin");
    }

    [Fact]
    public async Task Over_https_cookies_are_bound_to_the_host_and_hidden_from_scripts()
    {
        await using var hosted = await HostedWorld.Start(
            "--PublicUrl", "https://castellan.example.com", "--TrustedProxies", "10.0.0.1");

        using var response = await hosted.World.Server.Http.GetAsync(
            "/sandbox/sign-in", TestContext.Current.CancellationToken);

        response.Headers.GetValues("Set-Cookie").Single().Should().StartWith("__Host-castellan_sandbox_form=")
            .And.ContainEquivalentOf("; secure").And.ContainEquivalentOf("; httponly")
            .And.ContainEquivalentOf("; samesite=lax")
            .And.ContainEquivalentOf("; path=/").And.NotContainEquivalentOf("domain");
    }

    [Fact]
    public async Task A_page_session_ends_after_eight_idle_hours_and_after_a_day_in_any_case()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        await hosted.SignIn();

        for (var hours = 7; hours < 24; hours += 7)
        {
            hosted.World.Server.Clock.Advance(TimeSpan.FromHours(7));
            (await hosted.Browser.Open("/sandbox/account")).Path.Should().Be("/sandbox/account");
        }
        hosted.World.Server.Clock.Advance(TimeSpan.FromHours(3));
        (await hosted.Browser.Open("/sandbox/account")).Path.Should().Be("/sandbox/sign-in");
        await hosted.SignIn();
        hosted.World.Server.Clock.Advance(TimeSpan.FromHours(8));
        (await hosted.Browser.Open("/sandbox/account")).Path.Should().Be("/sandbox/sign-in");
    }

    [Fact]
    public async Task A_sign_in_changes_the_cookie_and_ends_the_one_before()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        await hosted.SignIn();
        var before = hosted.Browser.Cookies.GetCookies(hosted.World.Server.Address)["castellan_sandbox"]!.Value;

        await hosted.SignIn(more: "&prompt=login");

        var after = hosted.Browser.Cookies.GetCookies(hosted.World.Server.Address)["castellan_sandbox"]!.Value;
        after.Should().NotBe(before);
        using var thief = new PageBrowser(hosted.World.Server);
        thief.Cookies.Add(hosted.World.Server.Address, new Cookie("castellan_sandbox", before));
        (await thief.Open("/sandbox/account")).Path.Should().Be("/sandbox/sign-in");
    }

    [Fact]
    public async Task A_suspended_user_is_out_at_once()
    {
        await using var hosted = await HostedWorld.Start();
        var ada = await hosted.SignUpAda();
        await hosted.SignIn();

        await hosted.World.Server.InProcess.Call(InProcess.Owner, "users.suspend",
            path: new { user = ada.UserId }, body: new { reason = "a test" });

        (await hosted.Browser.Open("/sandbox/account")).Path.Should().Be("/sandbox/sign-in");
        (await hosted.SignIn()).Html.Should().Contain("This account is suspended");
    }
}
