using System.Net;
using AwesomeAssertions;
using Castellan.Tests.Identity.Pages;
using Castellan.Tests.Kernel;

namespace Castellan.Tests.Identity.OAuth;

public sealed class OAuthStandingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("freeze")]
    [InlineData("kill")]
    public async Task In_a_stopped_environment_no_app_gets_a_sign_in(string verb)
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        var tokens = (await hosted.Browser.Exchange(hosted.App.Sandbox, await hosted.SignIn())).Json;

        await hosted.World.Server.InProcess.Call(
            InProcess.Owner, $"environments.{verb}", new { environment = "sandbox" }, new { reason = "a test" });
        var signIn = await hosted.SignIn();
        var refresh = await hosted.Browser.Refresh(hosted.App.Sandbox, tokens["refresh_token"]!.ToString());

        signIn.Answer("error").Should().Be("access_denied");
        refresh.Status.Should().Be(verb == "freeze" ? HttpStatusCode.OK : HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_frozen_app_gets_no_new_sign_in_and_may_refresh()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        var tokens = (await hosted.Browser.Exchange(hosted.App.Sandbox, await hosted.SignIn())).Json;
        var late = await hosted.SignIn();

        await hosted.Transition("frozen");
        var signIn = await hosted.SignIn();
        var exchange = await hosted.Browser.Exchange(hosted.App.Sandbox, late);
        var refresh = await hosted.Browser.Refresh(hosted.App.Sandbox, tokens["refresh_token"]!.ToString());

        signIn.Answer("error").Should().Be("access_denied");
        signIn.Answer("error_description").Should().Contain("frozen").And.NotContain("a test");
        exchange.Json["error"]!.ToString().Should().Be("unauthorized_client");
        refresh.Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Signing_out_everywhere_means_a_code_on_its_way_too()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        var tokens = (await hosted.Browser.Exchange(hosted.App.Sandbox, await hosted.SignIn())).Json;
        var late = await hosted.SignIn();

        var ended = await hosted.World.Send(
            HttpMethod.Delete, "/v1/me/sessions", hosted.App.Sandbox, tokens["access_token"]!.ToString());
        var exchange = await hosted.Browser.Exchange(hosted.App.Sandbox, late);

        ((int)ended.Status).Should().BeInRange(200, 204);
        exchange.Json["error"]!.ToString().Should().Be("invalid_grant");
    }

    [Fact]
    public async Task Userinfo_takes_a_token_from_the_header_and_never_from_the_address()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        var tokens = (await hosted.Browser.Exchange(hosted.App.Sandbox, await hosted.SignIn())).Json;
        var token = tokens["access_token"]!.ToString();
        using var bearer = hosted.World.Server.With(token);
        using var nobody = hosted.World.Server.With(bearer: null);
        const string Path = "/sandbox/oauth/userinfo";

        (await HttpAnswer.Send(bearer, "GET", Path)).Text.Should().Contain("ada@example.com");
        foreach (var (client, method) in new[] { (nobody, "GET"), (nobody, "POST"), (bearer, "GET") })
        {
            var refused = await HttpAnswer.Send(client, method, $"{Path}?access_token={token}");
            refused.Status.Should().Be(400);
            refused.Json["error"]!.ToString().Should().Be("invalid_request");
            refused.Header("WWW-Authenticate").Should().Contain("invalid_request");
            refused.Text.Should().NotContain("ada@example.com");
        }
    }

    [Theory]
    [InlineData("/SANDBOX/oauth/authorize")]
    [InlineData("/sandbox/OAuth/authorize")]
    [InlineData("/sandbox/.Well-Known/openid-configuration")]
    [InlineData("/nowhere/oauth/end-session")]
    public async Task An_issuer_is_its_exact_path(string path)
    {
        await using var server = await TestServer.Start();
        ((int)(await server.Http.GetAsync(path, Ct)).StatusCode).Should().Be(404);
    }

    [Fact]
    public async Task A_retired_app_is_no_client()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        var tokens = (await hosted.Browser.Exchange(hosted.App.Sandbox, await hosted.SignIn())).Json;

        await hosted.Transition("retired");
        var signIn = await hosted.SignIn();
        var refresh = await hosted.Browser.Refresh(hosted.App.Sandbox, tokens["refresh_token"]!.ToString());

        signIn.Status.Should().Be(HttpStatusCode.BadRequest);
        signIn.Html.Should().Contain("The app asked wrongly");
        refresh.Json["error"]!.ToString().Should().Be("invalid_client");
    }

    [Fact]
    public async Task A_prototype_is_a_client_in_sandbox_only()
    {
        await using var hosted = await HostedWorld.Start();

        await hosted.Transition("prototype");

        (await hosted.SignIn("live")).Status.Should().Be(HttpStatusCode.BadRequest);
        (await hosted.Browser.Open(PageBrowser.Authorize(hosted.App.Sandbox))).Path.Should().Be("/sandbox/sign-in");
    }

    [Fact]
    public async Task A_browser_may_exchange_from_the_apps_own_origins_only()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        var tokens = (await hosted.Browser.Exchange(hosted.App.Sandbox, await hosted.SignIn())).Json;
        var form = new { grant_type = "refresh_token", refresh_token = tokens["refresh_token"]!.ToString() };

        var foreign = await hosted.Browser.Token(hosted.App.Sandbox, form, origin: "https://evil.example");
        var own = await hosted.Browser.Token(hosted.App.Sandbox, form, origin: "http://127.0.0.1:9");

        foreign.Json["error"]!.ToString().Should().Be("unauthorized_client");
        own.Status.Should().Be(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9", true)]
    [InlineData("https://evil.example", false)]
    public async Task Preflights_are_answered_for_registered_origins(string origin, bool allowed)
    {
        await using var hosted = await HostedWorld.Start();
        using var request = new HttpRequestMessage(HttpMethod.Options, "/sandbox/oauth/token");
        request.Headers.Add("Origin", origin);
        request.Headers.Add("Access-Control-Request-Method", "POST");

        using var response = await hosted.World.Server.Http.SendAsync(request, Ct);

        response.StatusCode.Should().Be(HttpStatusCode.NoContent);
        response.Headers.Contains("Access-Control-Allow-Origin").Should().Be(allowed);
    }

    [Fact]
    public async Task The_endpoints_are_limited_by_address()
    {
        await using var hosted = await HostedWorld.Start(
            "--RateLimits:Address:PerSecond", "1", "--RateLimits:Address:Burst", "2");

        var answers = new List<Reply>();
        for (var i = 0; i < 3; i++) answers.Add(await hosted.Browser.Refresh(hosted.App.Sandbox, "x"));

        answers[1].Json["error"]!.ToString().Should().Be("invalid_grant");
        answers[2].Status.Should().Be(HttpStatusCode.TooManyRequests);
        answers[2].RetryAfter.Should().BePositive();
    }

    [Fact]
    public async Task A_code_lives_a_minute()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        var arrived = await hosted.SignIn();

        hosted.World.Server.Clock.Advance(TimeSpan.FromSeconds(61));

        var late = await hosted.Browser.Exchange(hosted.App.Sandbox, arrived);
        late.Json["error"]!.ToString().Should().Be("invalid_grant");
    }

    [Fact]
    public async Task A_replayed_code_ends_its_session_and_the_log_says_why()
    {
        await using var hosted = await HostedWorld.Start();
        await hosted.SignUpAda();
        var arrived = await hosted.SignIn();
        await hosted.Browser.Exchange(hosted.App.Sandbox, arrived);

        var replay = await hosted.Browser.Exchange(hosted.App.Sandbox, arrived);

        replay.Json["error"]!.ToString().Should().Be("invalid_grant");
        (await hosted.World.Audits("sessions.revoke")).Should().Equal(
            "done system user Its authorization code was used again.");
        (await hosted.World.Events()).Should().ContainSingle(type => type == "session.revoked");
    }

    [Theory]
    [InlineData("/sandbox/oauth/nothing")]
    [InlineData("/nowhere/oauth/token")]
    [InlineData("/nowhere/.well-known/openid-configuration")]
    [InlineData("/.well-known/oauth-authorization-server/nowhere")]
    [InlineData("/nowhere/sign-in")]
    public async Task What_is_not_there_is_404(string path)
    {
        await using var hosted = await HostedWorld.Start();

        using var response = await hosted.World.Server.Http.GetAsync(
            new Uri(hosted.World.Server.Address, path), Ct);

        response.StatusCode.Should().Be(HttpStatusCode.NotFound);
    }
}
