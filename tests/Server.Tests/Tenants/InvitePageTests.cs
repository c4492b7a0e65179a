using System.Net;
using System.Text.RegularExpressions;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Tests.Identity.Pages;

namespace Castellan.Tests.Tenants;

/// <summary>Invitations through an app that has no page to link to.</summary>
public sealed partial class InvitePageTests
{
    private const string Password = "four unrelated words";
    private const string Page = "/sandbox/invite";

    [Fact]
    public async Task Whoever_is_invited_signs_up_confirms_and_is_led_back_each_time()
    {
        await using var world = await TenantWorld.Start();
        using var browser = new PageBrowser(world.Server);
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        var link = await Invite(world, ada, tenant, "bob@example.com");

        var invited = await browser.Open(link);
        var form = await browser.Open("/sandbox/sign-up");
        var signedUp = await browser.Submit(
            form, "/sandbox/sign-up", new { email = "bob@example.com", password = Password });
        var unconfirmed = await browser.Submit(signedUp, Page);
        var mailed = await browser.Open(Link().Match(await world.MailedText("bob@example.com")).Value);
        var confirmed = await browser.Submit(mailed, "/sandbox/verify");
        var back = await browser.Open(Next().Match(confirmed.Html).Groups["address"].Value);
        var accepted = await browser.Submit(back, Page);
        var again = await browser.Submit(back, Page);

        invited.Html.Should().Contain("Create an account").And.NotContain("Acme", "a link is no proof of an address");
        signedUp.Address.Should().Be(link);
        unconfirmed.Status.Should().Be(HttpStatusCode.Forbidden);
        unconfirmed.Html.Should().Contain("Confirm your address first");
        back.Address.Should().Be(link);
        accepted.Html.Should().Contain("You are a member now");
        again.Status.Should().Be(HttpStatusCode.Conflict);
        again.Html.Should().Contain("was used before");
        (await world.Actions(tenant)).Should().Equal("tenants.create", "invitations.create", "invitations.accept");
        var members = await world.Call(ada, "members.list", new { tenant });
        members["items"]!.AsArray().Select(m => m!["email"]!.ToString()).Should().Contain("bob@example.com");
    }

    [Fact]
    public async Task An_invitation_is_for_its_address_and_a_link_must_be_whole()
    {
        await using var world = await TenantWorld.Start();
        using var browser = new PageBrowser(world.Server);
        var ada = await world.User("ada");
        var tenant = await world.Tenant(ada);
        var link = await Invite(world, ada, tenant, "bob@example.com");
        var form = await browser.Open("/sandbox/sign-up");
        await browser.Submit(form, "/sandbox/sign-up", new { email = "eve@example.com", password = Password });

        var foreign = await browser.Submit(await browser.Open(link), Page);
        var cut = await browser.Open(link[..^3]);
        var without = await browser.Open(Page);
        var forged = await browser.Post(Page, new { token = link.Split('=')[1] });

        foreign.Status.Should().Be(HttpStatusCode.Forbidden);
        foreign.Html.Should().Contain("for another address").And.Contain("eve@example.com");
        cut.Status.Should().Be(HttpStatusCode.BadRequest);
        without.Html.Should().Contain("This link is incomplete");
        forged.Html.Should().Contain("This form has expired");
        (await world.Actions(tenant)).Should().Equal("tenants.create", "invitations.create");
    }

    [Fact]
    public async Task A_browser_is_led_only_where_this_server_said()
    {
        await using var world = await TenantWorld.Start();
        using var browser = new PageBrowser(world.Server);
        browser.Cookies.Add(new Cookie("castellan_sandbox_place", "Ly9ldmlsLmV4YW1wbGU.AAAA", "/", "127.0.0.1"));

        var form = await browser.Open("/sandbox/sign-up");
        var arrived = await browser.Submit(
            form, "/sandbox/sign-up", new { email = "eve@example.com", password = Password });

        arrived.Address.Should().Be("/sandbox/account");
    }

    /// <summary>Gives the path of the mailed link.</summary>
    private static async Task<string> Invite(TenantWorld world, Caller by, string tenant, string email)
    {
        await world.Call(by, "invitations.create", new { tenant }, new { email, role = "member" });
        return Link().Match(await world.MailedText(email)).Value;
    }

    [GeneratedRegex(@"/sandbox/\w+\?token=\w+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();

    [GeneratedRegex(
        @"class=""button"" href=""(?<address>[^""]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Next();
}
