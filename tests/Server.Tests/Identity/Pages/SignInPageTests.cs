using System.Net;
using AwesomeAssertions;

namespace Castellan.Tests.Identity.Pages;

public sealed class SignInPageTests
{
    [Fact]
    public async Task The_first_sign_in_names_the_app_and_asks_once()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        var authorize = PageBrowser.Authorize(hosted.App.Sandbox);

        var signIn = await hosted.Browser.Open(authorize);
        var consent = await hosted.Browser.Submit(
            signIn, "/sandbox/sign-in", new { email = HostedWorld.Ada, password = IdentityWorld.Password });
        var arrived = await hosted.Browser.Submit(consent, "/sandbox/consent", new { decision = "agree" });
        var again = await hosted.Browser.Open(authorize);

        signIn.Html.Should().Contain("Sign in to Portal").And.NotContain("<script");
        consent.Html.Should().Contain("Continue to Portal?").And.Contain(HostedWorld.Ada);
        arrived.Answer("iss").Should().Be("http://127.0.0.1:7300/sandbox");
        arrived.Answer("state").Should().Be("s1");
        again.Arrived.Should().BeTrue();
        again.Answer("code").Should().NotBe(arrived.Answer("code"));
    }

    [Fact]
    public async Task Each_step_is_in_the_log_and_says_its_fact()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();

        var arrived = await hosted.SignIn();
        var tokens = await hosted.Browser.Exchange(hosted.App.Sandbox, arrived);

        tokens.Json["refresh_token"]!.ToString().Should().StartWith("cas_rt_sandbox_");
        (await hosted.World.Audits("users.sign_in_hosted")).Should().Equal("done user user ");
        (await hosted.World.Audits("consents.grant")).Should().Equal("done user consent ");
        (await hosted.World.Audits("sessions.create")).Should().Equal("done user user ");
        (await hosted.World.Events()).Should().BeEquivalentTo(
            "user.signed_up", "session.opened", "user.signed_in", "session.opened");
    }

    [Fact]
    public async Task A_refused_sign_in_leads_to_the_field_and_says_no_more_than_needed()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        var page = await hosted.Browser.Open(PageBrowser.Authorize(hosted.App.Sandbox));

        var empty = await hosted.Browser.Submit(page, "/sandbox/sign-in", new { email = "ada", password = "x" });
        var wrong = await hosted.Browser.Submit(
            page, "/sandbox/sign-in", new { email = HostedWorld.Ada, password = "not the password" });

        empty.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        empty.Html.Should().Contain("href=\"#email\"").And.Contain("aria-invalid=\"true\"")
            .And.Contain("aria-describedby=\"email-error\"").And.Contain("value=\"ada\"");
        wrong.Status.Should().Be(HttpStatusCode.Forbidden);
        wrong.Html.Should().Contain("Address and password do not match").And.NotContain("not the password");
    }

    [Fact]
    public async Task In_live_known_and_unknown_addresses_get_the_same_answers()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.World.SignUpLive(HostedWorld.Ada);

        var answers = new List<string>();
        const string Password = IdentityWorld.NewPassword;
        foreach (var email in (string[])[HostedWorld.Ada, "bob@example.com"])
        {
            using var browser = new PageBrowser(hosted.World.Server);
            var signUp = await browser.Submit(
                await browser.Open("/live/sign-up"), "/live/sign-up", new { email, password = Password });
            var forgot = await browser.Submit(await browser.Open("/live/forgot"), "/live/forgot", new { email });
            var signIn = await browser.Submit(
                await browser.Open("/live/sign-in"), "/live/sign-in", new { email, password = Password });
            answers.Add(string.Join('\n', ((PageBrowser.Page[])[signUp, forgot, signIn]).Select(page =>
                $"{page.Status} {page.Comparable.Replace(email, "", StringComparison.Ordinal)}")));
        }

        answers[0].Should().Be(answers[1]).And.Contain("Check your mail");
    }

    [Fact]
    public async Task A_sandbox_sign_up_goes_straight_on_to_the_app()
    {
        await using var hosted = await HostedWorld.Start();
        var signIn = await hosted.Browser.Open(PageBrowser.Authorize(hosted.App.Sandbox));
        var link = System.Text.RegularExpressions.Regex.Match(
            signIn.Html, "/sandbox/sign-up\\?return=[^\"]+", default, TimeSpan.FromSeconds(1)).Value;

        var signUp = await hosted.Browser.Open(WebUtility.HtmlDecode(link));
        var consent = await hosted.Browser.Submit(signUp, "/sandbox/sign-up",
            new { email = HostedWorld.Ada, password = IdentityWorld.Password, name = "Ada" });
        var arrived = await hosted.Browser.Submit(consent, "/sandbox/consent", new { decision = "agree" });

        arrived.Answer("code").Should().NotBeEmpty();
        (await hosted.World.Mails(HostedWorld.Ada, "verify_email")).Should().ContainSingle();
        var taken = await hosted.Browser.Submit(await hosted.Browser.Open("/sandbox/sign-up"), "/sandbox/sign-up",
            new { email = HostedWorld.Ada, password = IdentityWorld.Password });
        taken.Html.Should().Contain("This address has an account already");
    }

    [Fact]
    public async Task Mail_scanners_use_no_link_up_and_a_reset_ends_every_session()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.World.SignUpLive(HostedWorld.Ada);
        var arrived = await hosted.SignIn("live");
        var tokens = await hosted.Browser.Exchange(hosted.App.Live, arrived, "live");
        await hosted.Browser.Submit(
            await hosted.Browser.Open("/live/forgot"), "/live/forgot", new { email = HostedWorld.Ada });
        var token = await hosted.World.MailedToken(HostedWorld.Ada, "reset_password", "live");

        await hosted.Browser.Open($"/live/reset?token={token}");
        var page = await hosted.Browser.Open($"/live/reset?token={token}");
        var weak = await hosted.Browser.Submit(page, "/live/reset", new { password = "short" });
        var done = await hosted.Browser.Submit(weak, "/live/reset", new { password = IdentityWorld.NewPassword });
        var used = await hosted.Browser.Submit(
            await hosted.Browser.Open($"/live/reset?token={token}"), "/live/reset",
            new { password = IdentityWorld.Password });

        weak.Html.Should().Contain("Use at least 15 characters");
        done.Html.Should().Contain("Your password is set");
        used.Html.Should().Contain("This link was used before");
        var refresh = await hosted.Browser.Refresh(hosted.App.Live, tokens.Json["refresh_token"]!.ToString(), "live");
        refresh.Json["error"]!.ToString().Should().Be("invalid_grant");
        (await hosted.Browser.Open("/live/account")).Path.Should().Be("/live/sign-in");
    }
}
