using System.Net;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Tests.Operators;

namespace Castellan.Tests.AdminUi;

/// <summary>The page on which an operator lets a command line in.</summary>
public sealed class DevicePageTests
{
    [Fact]
    public async Task Who_follows_the_link_signs_in_sees_who_asks_and_decides()
    {
        await using var server = await TestServer.Start();
        using var first = await Browser.SignedIn(server, "admin", "ada@example.org");
        using var browser = new Browser(server);
        var asked = await Start(server, "<b>ada</b>@laptop");

        var entered = await browser.Submit($"/device?code={asked["user_code"]}", "/admin/sign-in",
            ("email", "ada@example.org"), ("password", OperatorActs.Password));

        entered.Path.Should().Be("/admin/device");
        entered.Html.Should().Contain("Let this command line in?").And.Contain(asked["user_code"]!.ToString())
            .And.Contain("&lt;b&gt;ada&lt;/b&gt;@laptop").And.NotContain("<b>ada</b>")
            .And.Contain("127.0.0.1, the address that you are at").And.Contain("is being deceived");
        (await Exchange(server, asked)).Should().Be("authorization_pending", "to look is not to approve");

        var done = await browser.Submit(
            $"/admin/device?code={asked["user_code"]}", "/admin/device/approve");
        done.Html.Should().Contain("is signed in as you");
        (await Exchange(server, asked)).Should().Be("done");
    }

    [Fact]
    public async Task A_code_is_typed_and_refused()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        var asked = await Start(server, "a stranger");
        (await browser.Open("/device")).Html.Should().Contain("Type the code");

        (await browser.Submit($"/admin/device?code={asked["user_code"]}", "/admin/device/deny")).Html
            .Should().Contain("is refused");

        (await Exchange(server, asked)).Should().Be("access_denied");
        var gone = await browser.Open($"/admin/device?code={asked["user_code"]}");
        gone.Status.Should().Be(HttpStatusCode.NotFound);
        gone.Html.Should().Contain("No command line waits with this code").And.Contain("Type the code");
    }

    [Fact]
    public async Task Nothing_is_approved_by_following_a_link_or_by_a_form_of_another_site()
    {
        await using var server = await TestServer.Start();
        using var browser = await Browser.SignedIn(server);
        var asked = await Start(server, "a stranger");
        var code = asked["user_code"]!.ToString();

        await browser.Open($"/admin/device?code={code}&approve=yes");
        await browser.Open($"/admin/device/approve?user_code={code}");
        (await browser.Post("/admin/device/approve", [("user_code", code)])).Status
            .Should().Be(HttpStatusCode.Forbidden);

        (await Exchange(server, asked)).Should().Be("authorization_pending");
    }

    private static async Task<JsonObject> Start(TestServer server, string name) =>
        (await server.Http.Send(HttpMethod.Post, "/v1/operators/devices", new { name })).Answer;

    private static async Task<string> Exchange(TestServer server, JsonObject asked) =>
        (await server.Http.Send(HttpMethod.Post, "/v1/operators/devices/exchange",
            new { device_code = asked["device_code"]!.ToString() })).Answer["code"]?.ToString() ?? "done";
}
