using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Tests.Identity.Pages;

namespace Castellan.Tests.Agents;

/// <summary>On Castellan's own page people see what they have lent, and take it back.</summary>
public sealed class LentPageTests
{
    [Fact]
    public async Task A_user_sees_what_is_lent_and_takes_it_back()
    {
        await using var hosted = await HostedWorld.Start();
        var ada = await hosted.SignUpAda();
        var delegation = await Lend(hosted, ada.Access);
        await hosted.SignIn();
        var account = await hosted.Browser.Open("/sandbox/account");
        account.Html.Should().Contain("href=\"/sandbox/account/agents\"");

        var page = await hosted.Browser.Open("/sandbox/account/agents");
        var back = await hosted.Browser.Submit(page, "/sandbox/account/agents", new { delegation });
        var again = await hosted.Browser.Submit(page, "/sandbox/account/agents", new { delegation });

        page.Html.Should().Contain("Sums &lt;up&gt;").And.Contain("records.list").And.Contain("Portal")
            .And.Contain("aria-label=\"Take back from Sums &lt;up&gt;\"");
        back.Html.Should().Contain("Taken back").And.Contain("Nothing now");
        again.Status.Should().Be(HttpStatusCode.OK, "to take back twice is to have taken back");
    }

    [Fact]
    public async Task It_asks_who_is_not_signed_in_to_sign_in_and_takes_no_forged_form()
    {
        await using var hosted = await HostedWorld.Start();

        var page = await hosted.Browser.Open("/sandbox/account/agents");
        using var forged = await hosted.World.Server.Http.PostAsync(
            "/sandbox/account/agents", new FormUrlEncodedContent([new("delegation", "dlg_1")]),
            TestContext.Current.CancellationToken);

        page.Path.Should().EndWith("/sandbox/sign-in");
        forged.StatusCode.Should().Be(HttpStatusCode.BadRequest);
    }

    private static async Task<string> Lend(HostedWorld hosted, string token)
    {
        var server = hosted.World.Server;
        var agent = await server.InProcess.Call(InProcess.Owner, "agents.register", body: new
        {
            name = "Sums <up>", owner = "ops", purpose = "A test.", operations = new[] { "records.list" },
        });
        using var client = server.With(token);
        var tenant = await Post(client, "/v1/tenants", new { name = "Acme" });
        var lent = await Post(client, $"/v1/tenants/{tenant["id"]}/delegations", new
        {
            agent_id = agent["agent"]!["id"]!.ToString(), operations = new[] { "records.list" },
        });
        return lent["id"]!.ToString();
    }

    private static async Task<JsonNode> Post(HttpClient client, string path, object body)
    {
        using var response = await client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        response.IsSuccessStatusCode.Should().BeTrue(text);
        return JsonNode.Parse(text)!;
    }
}
