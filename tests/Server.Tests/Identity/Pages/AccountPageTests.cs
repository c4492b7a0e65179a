using System.Text.RegularExpressions;
using AwesomeAssertions;

namespace Castellan.Tests.Identity.Pages;

public sealed partial class AccountPageTests
{
    [Fact]
    public async Task The_account_shows_who_one_is_where_and_to_whom()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        await hosted.SignIn();

        var account = await hosted.Browser.Open("/sandbox/account");
        var renamed = await hosted.Browser.Submit(account, "/sandbox/account/name", new { name = "Ada <b>King</b>" });
        var later = await hosted.Browser.Open("/sandbox/account");

        account.Html.Should().Contain(HostedWorld.Ada).And.Contain("not confirmed").And.Contain("Portal");
        account.Html.Should().Contain("href=\"/sandbox/forgot\"", "who lost the mail gets another one there");
        renamed.Html.Should().Contain("Your name is saved").And.Contain("Ada &lt;b&gt;King&lt;/b&gt;")
            .And.NotContain("<b>King");
        later.Html.Should().Contain("value=\"Ada &lt;b&gt;King&lt;/b&gt;\"", "an empty field would erase the name");
        later.Html.Should().Contain("href=\"http://127.0.0.1:9\"", "the way back to the app");
        (await hosted.World.Audits("me.update")).Should().ContainSingle();
    }

    [Fact]
    public async Task A_session_is_ended_from_the_list_and_no_foreign_one()
    {
        await using var hosted = await HostedWorld.Start();
        var mine = await hosted.SignUpAda();
        var theirs = await hosted.World.SignUp("bob@example.com");
        await hosted.SignIn();
        var account = await hosted.Browser.Open("/sandbox/account");
        var session = SessionButton().Match(account.Html).Groups["id"].Value;

        var ended = await hosted.Browser.Submit(account, "/sandbox/account/sessions", new { session });
        var foreign = await hosted.Browser.Submit(account, "/sandbox/account/sessions",
            new { session = SessionOf(theirs) });

        ended.Html.Should().Contain("You are signed out there");
        foreign.Status.Should().Be(System.Net.HttpStatusCode.NotFound);
        (await hosted.World.Refresh(mine.Refresh)).Code.Should().Be("refresh_refused");
        (await hosted.World.Refresh(theirs.Refresh)).Status.Should().Be(System.Net.HttpStatusCode.OK);
    }

    [Fact]
    public async Task Ones_own_browser_is_marked_among_alike_ones_and_each_entry_says_app_and_times()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        // Sessions are listed in the order of their time.
        hosted.World.Server.Clock.Advance(TimeSpan.FromMinutes(1));
        using var elsewhere = new PageBrowser(hosted.World.Server);
        var there = await elsewhere.SignIn(
            PageBrowser.Authorize(hosted.App.Sandbox), HostedWorld.Ada, IdentityWorld.Password);
        await elsewhere.Exchange(hosted.App.Sandbox, there);
        hosted.World.Server.Clock.Advance(TimeSpan.FromMinutes(4));
        await hosted.Browser.Exchange(hosted.App.Sandbox, await hosted.SignIn());
        // The browser is known longer than it stays signed in.
        hosted.World.Server.Clock.Advance(TimeSpan.FromHours(30));
        await hosted.Browser.Submit(await hosted.Browser.Open("/sandbox/sign-in"), "/sandbox/sign-in",
            new { email = HostedWorld.Ada, password = IdentityWorld.Password });

        var account = await hosted.Browser.Open("/sandbox/account");
        var entries = Entry().Matches(account.Html[account.Html.IndexOf("id=\"sessions\"", StringComparison.Ordinal)..])
            .Select(entry => entry.Value).ToList();
        var listed = await hosted.World.Texts(
            Castellan.Platform.Storage.Sql.Of($"select coalesce(browser, '-') from session order by id"));

        entries.Should().HaveCount(4, "our own pages, the password form of the app, and two browsers");
        entries[0].Should().Contain("own pages").And.Contain("This browser").And.Contain("16 Jan 2030, 18:05 UTC");
        entries.Skip(1).Should().OnlyContain(entry => entry.Contains("<strong>Portal</strong>"));
        entries.Select(entry => entry.Contains("This browser", StringComparison.Ordinal))
            .Should().Equal(true, false, false, true);
        entries[3].Should().Contain("since").And.Contain("15 Jan 2030, 12:05 UTC").And.Contain("last used")
            .And.Contain("Sign out of Portal, this browser");
        listed[0].Should().Be("-");
        listed.Should().OnlyContain(browser => browser == "-" || browser.Length == 64, "only a hash is kept");
    }

    [Fact]
    public async Task Signing_out_everywhere_is_offered_beside_and_ends_our_own_pages_too()
    {
        await using var hosted = await HostedWorld.Start();
        var tokens = await hosted.SignUpAda();
        await hosted.SignIn();
        using var elsewhere = new PageBrowser(hosted.World.Server);
        await elsewhere.SignIn(PageBrowser.Authorize(hosted.App.Sandbox), HostedWorld.Ada, IdentityWorld.Password);
        var account = await hosted.Browser.Open("/sandbox/account");
        var session = SessionButton().Match(account.Html).Groups["id"].Value;

        var ended = await hosted.Browser.Submit(account, "/sandbox/account/sessions", new { session });
        var stillThere = await elsewhere.Open("/sandbox/account");
        var again = await hosted.Browser.Submit(account, "/sandbox/account/sessions", new { session });
        var everywhere = await hosted.Browser.Submit(ended, "/sandbox/account/everywhere");

        ended.Html.Should().Contain("still know that browser");
        ended.Html[..ended.Html.IndexOf("id=\"you\"", StringComparison.Ordinal)]
            .Should().Contain("Sign out everywhere");
        stillThere.Path.Should().Be("/sandbox/account", "an app's session is not the page's");
        again.Status.Should().Be(System.Net.HttpStatusCode.NotFound);
        again.Html.Should().Contain("This session does not exist or has ended.")
            .And.NotContain("There is nothing here");
        everywhere.Html.Should().Contain("You are signed out everywhere");
        foreach (var browser in new[] { hosted.Browser, elsewhere })
            (await browser.Open("/sandbox/account")).Path.Should().Be("/sandbox/sign-in");
        (await hosted.World.Refresh(tokens.Refresh)).Code.Should().Be("refresh_refused");
        (await hosted.World.Audits("sessions.revoke_all")).Should().Equal("done user user ");
    }

    [Fact]
    public async Task A_page_of_no_environment_says_so()
    {
        await using var hosted = await HostedWorld.Start();
        var page = await hosted.Browser.Open("/nowhere/account");
        page.Status.Should().Be(System.Net.HttpStatusCode.NotFound);
        page.Html.Should().Contain("This page does not exist");
    }

    [Fact]
    public async Task Withdrawing_ends_the_apps_sessions_and_asks_again_next_time()
    {
        await using var hosted = await HostedWorld.Start();
        var tokens = await hosted.SignUpAda();
        await hosted.SignIn();
        var account = await hosted.Browser.Open("/sandbox/account");

        var withdrawn = await hosted.Browser.Submit(account, "/sandbox/account/withdraw",
            new { app_id = hosted.App.Id });
        var again = await hosted.Browser.Open(PageBrowser.Authorize(hosted.App.Sandbox));

        withdrawn.Html.Should().Contain("no longer knows who you are");
        again.Path.Should().Be("/sandbox/consent");
        (await hosted.World.Refresh(tokens.Refresh)).Code.Should().Be("refresh_refused");
        (await hosted.World.Audits("consents.withdraw")).Should().HaveCount(2,
            "the consent and the session end together");
    }

    [Fact]
    public async Task A_new_password_needs_the_old_one_and_signs_out_everywhere_else()
    {
        await using var hosted = await HostedWorld.Start();
        var tokens = await hosted.SignUpAda();
        await hosted.SignIn();
        using var elsewhere = new PageBrowser(hosted.World.Server);
        await elsewhere.SignIn(PageBrowser.Authorize(hosted.App.Sandbox), HostedWorld.Ada, IdentityWorld.Password);
        var account = await hosted.Browser.Open("/sandbox/account");
        const string Action = "/sandbox/account/password";

        var wrong = await hosted.Browser.Submit(
            account, Action, new { current = "not it at all", password = IdentityWorld.NewPassword });
        var weak = await hosted.Browser.Submit(
            account, Action, new { current = IdentityWorld.Password, password = "short" });
        var done = await hosted.Browser.Submit(
            account, Action, new { current = IdentityWorld.Password, password = IdentityWorld.NewPassword });

        wrong.Html.Should().Contain("This is not your password").And.Contain("href=\"#passwordcurrent\"");
        weak.Html.Should().Contain("Use at least 8 characters");
        done.Html.Should().Contain("Your password is changed");
        (await hosted.Browser.Open("/sandbox/account")).Path.Should().Be("/sandbox/account");
        (await elsewhere.Open("/sandbox/account")).Path.Should().Be("/sandbox/sign-in");
        (await hosted.World.Refresh(tokens.Refresh)).Code.Should().Be("refresh_refused");
        (await hosted.World.Mails(HostedWorld.Ada, "password_changed")).Should().ContainSingle();
        (await hosted.World.SignIn(HostedWorld.Ada, IdentityWorld.NewPassword)).Code.Should().BeEmpty();
    }

    [Fact]
    public async Task Deleting_needs_address_and_password_and_leaves_nothing_personal()
    {
        await using var hosted = await HostedWorld.Start();
        var tokens = await hosted.SignUpAda();
        await hosted.SignIn();
        var account = await hosted.Browser.Open("/sandbox/account");
        const string Action = "/sandbox/account/delete";

        var address = await hosted.Browser.Submit(
            account, Action, new { email = "bob@example.com", password = IdentityWorld.Password });
        var password = await hosted.Browser.Submit(
            account, Action, new { email = HostedWorld.Ada, password = "wrong" });
        var done = await hosted.Browser.Submit(
            account, Action, new { email = "ADA@example.com", password = IdentityWorld.Password });

        address.Html.Should().Contain("This is not the address of your account");
        password.Html.Should().Contain("This is not your password");
        done.Html.Should().Contain("Your account is deleted");
        (await hosted.Browser.Open("/sandbox/account")).Path.Should().Be("/sandbox/sign-in");
        (await hosted.World.Refresh(tokens.Refresh)).Code.Should().Be("refresh_refused");
        (await hosted.World.SignIn(HostedWorld.Ada, IdentityWorld.Password)).Code.Should().Be("sign_in_failed");
        (await hosted.World.Audits("me.delete")).Should().ContainSingle();
        (await hosted.World.Texts(Castellan.Platform.Storage.Sql.Of(
            $"select user_id from consent union all select user_id from page_session"))).Should().BeEmpty();
    }

    [GeneratedRegex(@"<li>.*?</li>", RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Entry();

    private static string SessionOf(Tokens tokens) => $"ses_{tokens.Refresh["cas_rt_sandbox_".Length..].Split('.')[0]}";

    [GeneratedRegex(@"name=""session"" value=""(?<id>ses_\w+)""", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SessionButton();
}
