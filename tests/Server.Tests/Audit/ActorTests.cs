using AwesomeAssertions;
using Castellan.Tests.Identity;
using Castellan.Tests.Identity.Pages;
using Castellan.Tests.Operators;

namespace Castellan.Tests.Audit;

/// <summary>The log names the person, also where the credential was a link or a page of our own.</summary>
public sealed class ActorTests
{
    [Fact]
    public async Task Who_proves_an_address_sets_a_password_or_signs_in_is_named()
    {
        await using var hosted = await HostedWorld.Start();
        var ada = await hosted.SignUpAda();
        var world = hosted.World;

        var verify = await world.MailedToken(HostedWorld.Ada, "verify_email");
        await hosted.Browser.Submit(
            await hosted.Browser.Open($"/sandbox/verify?token={verify}"), "/sandbox/verify");
        await hosted.Browser.Submit(
            await hosted.Browser.Open("/sandbox/forgot"), "/sandbox/forgot", new { email = HostedWorld.Ada });
        var reset = await world.MailedToken(HostedWorld.Ada, "reset_password");
        await hosted.Browser.Submit(
            await hosted.Browser.Open($"/sandbox/reset?token={reset}"), "/sandbox/reset",
            new { password = IdentityWorld.NewPassword });
        await world.SignIn(HostedWorld.Ada, IdentityWorld.NewPassword);

        var person = $"user {ada.UserId} {HostedWorld.Ada}";
        (await Actors(world.Server, "users.sign_up")).Should().AllBe(person);
        (await Actors(world.Server, "users.verify_email")).Should().Equal(person);
        (await Actors(world.Server, "users.reset_password")).Should().AllBe(person);
        (await Actors(world.Server, "users.sign_in")).Should().Equal(person);
        (await Actors(world.Server, "users.request_reset")).Should().Equal(
            ["capability hosted-page somebody on Castellan's page"], "anybody may ask for a mail");
    }

    [Fact]
    public async Task Signing_up_in_live_names_nobody_before_the_address_is_proven()
    {
        await using var world = await IdentityWorld.Start();
        await world.SignUpLive("ada@example.com");
        var user = (await world.Texts($"select id from user_account where email = {"ada@example.com"}"))[0];

        (await Actors(world.Server, "users.sign_up")).Should().AllSatisfy(actor => actor.Should().StartWith("app "));
        (await Actors(world.Server, "users.verify_email")).Should().Equal($"user {user} ada@example.com");
    }

    [Fact]
    public async Task Operators_are_named_where_a_link_a_password_or_a_token_lets_them_in()
    {
        await using var server = await TestServer.Start();
        using var bo = await server.SignedInOperator("admin", "bo@example.org");
        var (_, token) = await bo.Send(HttpMethod.Post, "/v1/operators/tokens");
        await server.Http.Send(HttpMethod.Post, "/v1/operators/exchange", new { token = token["token"]!.ToString() });
        await server.Http.Send(HttpMethod.Post, "/v1/operators/sign-in",
            new { email = "bo@example.org", password = OperatorActs.Password });

        foreach (var action in new[] { "operators.claim", "operators.exchange", "operators.sign_in" })
        {
            (await Actors(server, action)).Should().ContainSingle(action)
                .Which.Should().StartWith("operator opr_").And.EndWith(" bo@example.org");
        }
    }

    [Fact]
    public async Task The_list_and_its_filter_know_the_person()
    {
        await using var world = await IdentityWorld.Start();
        var ada = await world.SignUp();
        await world.Post("/v1/auth/verify",
            new { token = await world.MailedToken("ada@example.com", "verify_email") }, world.App.Sandbox);
        await world.Server.Sequenced();

        var list = await world.Server.InProcess.Call(
            InProcess.Owner, "audit.list", query: new { actor = ada.UserId, action = "users.verify_email" });

        var entry = list["items"]!.AsArray().Should().ContainSingle().Subject!;
        (entry["actor"]!["kind"]!.ToString(), entry["actor"]!["display"]!.ToString())
            .Should().Be(("user", "Ada"));
        entry["target"]!["display"]!.ToString().Should().Be("Ada");
        entry["app_id"]!.ToString().Should().Be(world.App.Id);
    }

    private static async Task<List<string>> Actors(TestServer server, string action) => await server.Database.Many(
        $"""
        select actor_kind || ' ' || actor_id || ' '
            || coalesce(actor_display, (select email from user_account u where u.id = actor_id), '')
        from audit_entry
        where action = {action} and outcome = {"done"} order by id
        """,
        row => row.Text(), TestContext.Current.CancellationToken);
}
