using AwesomeAssertions;

namespace Castellan.Tests.Operators;

public sealed class OwnAccountTests
{
    private const string Me = "/v1/operators/me";
    private const string New = "nine calm yellow rivers";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_of_any_role_changes_the_own_name()
    {
        await using var server = await TestServer.Start();
        using var billing = await server.SignedInOperator("billing", "bo@example.org");

        var (status, me) = await billing.Send(HttpMethod.Patch, Me, new { name = "Bo Berg" });
        billing.DefaultRequestHeaders.Add("If-Match", "\"1\"");
        var (stale, _) = await billing.Send(HttpMethod.Patch, Me, new { name = "Late" });

        (status, me["name"]!.ToString(), me["role"]!.ToString()).Should().Be((200, "Bo Berg", "billing"));
        stale.Should().Be(412);
        (await Log(server, "operators.update_me")).Should().Equal("operator bo@example.org operator.updated");
    }

    [Fact]
    public async Task A_new_address_needs_the_password_signs_in_and_ends_links_of_the_old_one()
    {
        await using var server = await TestServer.Start();
        using var owner = await server.SignedInOperator("owner", "ada@example.org");
        using var bo = await server.SignedInOperator("support", "bo@example.org");
        var (_, me) = await bo.Send(HttpMethod.Get, Me);
        var (_, made) = await owner.Send(HttpMethod.Post, $"/v1/operators/{me["id"]}/link");
        using var link = server.With(OperatorActs.TokenOf(made["link"]!.ToString()));
        var body = new { email = "bo.berg@example.org", password = OperatorActs.Password };

        var (wrong, problem) = await bo.Send(HttpMethod.Post, Me + "/email", body with { password = "not it" });
        var (taken, takenProblem) = await bo.Send(
            HttpMethod.Post, Me + "/email", body with { email = "ADA@example.org" });
        var (bad, _) = await bo.Send(HttpMethod.Post, Me + "/email", body with { email = "bo@intranet" });
        var (status, changed) = await bo.Send(HttpMethod.Post, Me + "/email", body);

        (wrong, problem["errors"]![0]!["code"]!.ToString()).Should().Be((422, "not_your_password"));
        (taken, takenProblem["code"]!.ToString()).Should().Be((409, "operator_email_taken"));
        bad.Should().Be(422);
        (status, changed["email"]!.ToString()).Should().Be((200, "bo.berg@example.org"));
        (await bo.Send(HttpMethod.Get, Me)).Answer["email"]!.ToString().Should().Be("bo.berg@example.org");
        (await link.Send(HttpMethod.Get, "/v1/operators/claim")).Status.Should().Be(401);
        (await SignIn(server, "bo@example.org", OperatorActs.Password)).Should().Be(401);
        (await SignIn(server, "bo.berg@example.org", OperatorActs.Password)).Should().Be(200);
        (await Log(server, "operators.change_email")).Should().Equal("operator bo@example.org operator.email_changed");
    }

    [Fact]
    public async Task A_new_password_needs_the_old_one_and_ends_every_other_session()
    {
        await using var server = await TestServer.Start();
        using var bo = await server.SignedInOperator("admin", "bo@example.org");
        using var elsewhere = await SignedIn(server, "bo@example.org");
        var (_, token) = await bo.Send(HttpMethod.Post, "/v1/operators/tokens");
        var body = new { current = OperatorActs.Password, password = New };

        var (wrong, problem) = await bo.Send(HttpMethod.Post, Me + "/password", body with { current = "not it" });
        var (weak, weakProblem) = await bo.Send(
            HttpMethod.Post, Me + "/password", body with { password = "bobobobobobobobo" });
        var (status, _) = await bo.Send(HttpMethod.Post, Me + "/password", body);
        if (TestServer.Engine == "postgres") server.Clock.Advance(TimeSpan.FromSeconds(1));

        (wrong, problem["errors"]![0]!["pointer"]!.ToString()).Should().Be((422, "/current"));
        (weak, weakProblem["errors"]![0]!["code"]!.ToString()).Should().Be((422, "predictable"));
        status.Should().Be(200);
        (await bo.Send(HttpMethod.Get, Me)).Status.Should().Be(200, "one's own session goes on");
        (await elsewhere.Send(HttpMethod.Get, Me)).Status.Should().Be(401);
        (await Exchange(server, token["token"]!.ToString())).Status.Should().Be(401);
        (await SignIn(server, "bo@example.org", OperatorActs.Password)).Should().Be(401);
        (await SignIn(server, "bo@example.org", New)).Should().Be(200);
        (await Log(server, "operators.change_password")).Should()
            .Equal("operator bo@example.org operator.password_set");
    }

    [Fact]
    public async Task Guessing_the_own_password_waits_longer_each_time()
    {
        await using var server = await TestServer.Start();
        using var bo = await server.SignedInOperator("admin", "bo@example.org");
        var guess = new { current = "not it", password = New };
        for (var i = 0; i < 5; i++)
            (await bo.Send(HttpMethod.Post, Me + "/password", guess)).Status.Should().Be(422);

        var (password, problem) = await bo.Send(
            HttpMethod.Post, Me + "/password", guess with { current = OperatorActs.Password });
        var (email, _) = await bo.Send(
            HttpMethod.Post, Me + "/email", new { email = "x@example.org", password = OperatorActs.Password });
        server.Clock.Advance(TimeSpan.FromSeconds(4));
        var (later, _) = await bo.Send(
            HttpMethod.Post, Me + "/password", guess with { current = OperatorActs.Password });

        (password, problem["code"]!.ToString()).Should().Be((429, "sign_in_delayed"));
        email.Should().Be(429);
        later.Should().Be(200);
    }

    [Fact]
    public async Task Both_addresses_hear_of_it_where_mail_leaves_the_server()
    {
        await using var server = await TestServer.Start(
            "--Mail:Host", "127.0.0.1", "--Mail:Port", "9", "--Mail:Security", "None",
            "--Mail:From", "Castellan <no-reply@example.com>");
        using var bo = await server.SignedInOperator("admin", "bo@example.org");

        await bo.Send(HttpMethod.Post, Me + "/email",
            new { email = "new@example.org", password = OperatorActs.Password });
        await bo.Send(HttpMethod.Post, Me + "/password", new { current = OperatorActs.Password, password = New });

        var told = await server.Database.Many(
            $"select to_address || ' ' || subject from mail where purpose = {"operator_notice"} order by id",
            row => row.Text(), Ct);
        told.Should().BeEquivalentTo(
            "bo@example.org Your e-mail address was changed", "new@example.org Your e-mail address was changed",
            "new@example.org Your password was changed");
    }

    [Fact]
    public async Task The_machines_own_operator_has_nothing_to_prove_itself_with()
    {
        await using var server = await TestServer.Start();
        var links = Microsoft.Extensions.DependencyInjection.ServiceProviderServiceExtensions
            .GetRequiredService<Castellan.Operators.OperatorLinks>(server.App.Services);
        var made = await links.ForThisMachine();
        var (_, session) = await Exchange(server, made.Token);
        using var machine = server.With(session["token"]!.ToString());

        var (status, _) = await machine.Send(
            HttpMethod.Post, Me + "/email", new { email = "x@example.org", password = "none" });

        status.Should().Be(403);
    }

    private static Task<(int Status, System.Text.Json.Nodes.JsonObject Answer)> Exchange(
        TestServer server, string token) =>
        server.Http.Send(HttpMethod.Post, "/v1/operators/exchange", new { token });

    private static async Task<int> SignIn(TestServer server, string email, string password) =>
        (await server.Http.Send(HttpMethod.Post, "/v1/operators/sign-in", new { email, password })).Status;

    private static async Task<HttpClient> SignedIn(TestServer server, string email)
    {
        var (_, answer) = await server.Http.Send(
            HttpMethod.Post, "/v1/operators/sign-in", new { email, password = OperatorActs.Password });
        return server.With(answer["token"]!.ToString());
    }

    /// <summary>Who did it by the log, and the fact that came of it.</summary>
    private static async Task<List<string>> Log(TestServer server, string action) => await server.Database.Many(
        $"""
        select a.actor_kind || ' ' || a.actor_display || ' ' || e.type
        from audit_entry a join outbox_event e on e.request_id = a.request_id
        where a.action = {action} and a.outcome = {"done"} and a.actor_id = a.target_id order by a.id
        """,
        row => row.Text(), Ct);
}
