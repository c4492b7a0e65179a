using System.Net;
using AwesomeAssertions;
using Castellan.Tests.Operators;

namespace Castellan.Tests.AdminUi;

public sealed class OwnAccountPageTests
{
    private const string Account = "/admin/account";

    [Fact]
    public async Task An_operator_renames_moves_and_changes_the_password_on_pages_of_the_own()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server, "support", "bo@example.org");

        var account = await browser.Open(Account);
        var renamed = await browser.Submit(Account, Account, ("name", "Bo <b>Berg</b>"));
        var refused = await browser.Submit(Account + "/email", Account + "/email",
            ("email", "bo@intranet"), ("password", OperatorActs.Password));
        var moved = await browser.Submit(Account + "/email", Account + "/email",
            ("email", "berg@example.org"), ("password", OperatorActs.Password));
        var weak = await browser.Submit(Account + "/password", Account + "/password",
            ("current", OperatorActs.Password), ("password", "berg@example.org"));
        var changed = await browser.Submit(Account + "/password", Account + "/password",
            ("current", OperatorActs.Password), ("password", "nine calm yellow rivers"));

        account.Html.Should().Contain("href=\"/admin/account\" aria-current=\"page\"").And.Contain("bo@example.org");
        renamed.Html.Should().Contain("Your name is saved.").And.Contain("value=\"Bo &lt;b&gt;Berg&lt;/b&gt;\"");
        refused.Status.Should().Be(HttpStatusCode.UnprocessableEntity);
        refused.Html.Should().Contain("is not an e-mail address").And.Contain("value=\"bo@intranet\"");
        moved.Html.Should().Contain("You sign in with berg@example.org now.");
        weak.Html.Should().Contain("little more than a name or an e-mail address");
        changed.Path.Should().Be(Account, "the session goes on");
        changed.Html.Should().Contain("Your password is changed.");
    }

    [Theory]
    [InlineData("/admin/apps/app_01h455vb4pex5vsknk084sn02q", "This app does not exist.")]
    [InlineData("/admin/apps/app_01h455vb4pex5vsknk084sn02q/edit", "This app does not exist.")]
    [InlineData("/admin/apps/nonsense/transition", "This app does not exist.")]
    [InlineData("/admin/users/usr_01h455vb4pex5vsknk084sn02q", "This user does not exist in sandbox, or was deleted.")]
    [InlineData("/admin/tenants/ten_01h455vb4pex5vsknk084sn02q", "This tenant does not exist in sandbox")]
    [InlineData("/admin/mailbox/mail_01h455vb4pex5vsknk084sn02q", "This mail does not exist, or is no longer kept.")]
    public async Task What_is_not_there_is_told_in_words_that_fit_it(string path, string words)
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);

        var page = await browser.Open(path);

        page.Status.Should().Be(HttpStatusCode.NotFound);
        page.Html.Should().Contain(words).And.NotContain("There is nothing here").And.NotContain("app is installed");
    }
}
