using AwesomeAssertions;
using Castellan.Operators;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Operators;

public sealed class SignInTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_first_link_makes_the_owner_and_works_once()
    {
        await using var server = await TestServer.Start();
        await server.Database.Transact(write => write.Run($"delete from operator"));
        var line = await FirstLine(server);
        var link = OperatorActs.TokenOf(line![line!.IndexOf("http", StringComparison.Ordinal)..]);

        var signedIn = await server.Claim(
            link, new { name = "Ada", email = "Ada@Example.org", password = OperatorActs.Password });
        using var owner = server.With(signedIn["token"]!.ToString());
        var (status, me) = await owner.Send(HttpMethod.Get, "/v1/operators/me");
        using var again = server.With(link);
        var (repeated, _) =
            await again.Send(HttpMethod.Post, "/v1/operators/claim", new { password = OperatorActs.Password });

        status.Should().Be(200);
        me["role"]!.ToString().Should().Be("owner");
        me["email"]!.ToString().Should().Be("Ada@Example.org");
        me["state"]!.ToString().Should().Be("active");
        repeated.Should().Be(401);
        (await FirstLine(server)).Should().BeNull("somebody has a password now");
    }

    [Fact]
    public async Task Each_start_ends_the_link_before_it()
    {
        await using var server = await TestServer.Start();
        var first = OperatorActs.TokenOf((await FirstLine(server))!.Split('\n')[1].Trim());
        var second = OperatorActs.TokenOf((await FirstLine(server))!.Split('\n')[1].Trim());

        using var stale = server.With(first);
        using var fresh = server.With(second);
        (await stale.Send(HttpMethod.Get, "/v1/operators/claim")).Status.Should().Be(401);
        (await fresh.Send(HttpMethod.Get, "/v1/operators/claim")).Status.Should().Be(200);
        server.Clock.Advance(TimeSpan.FromHours(24));
        (await fresh.Send(HttpMethod.Get, "/v1/operators/claim")).Status.Should().Be(401);
    }

    [Fact]
    public async Task The_first_owner_names_everything_at_once()
    {
        await using var server = await TestServer.Start();
        await server.Database.Transact(write => write.Run($"delete from operator"));
        var link = OperatorActs.TokenOf((await FirstLine(server))!.Split('\n')[1].Trim());
        using var client = server.With(link);

        var (status, problem) =
            await client.Send(HttpMethod.Post, "/v1/operators/claim", new { password = OperatorActs.Password });
        var (shortStatus, tooShort) = await client.Send(
            HttpMethod.Post, "/v1/operators/claim",
            new { name = "Ada", email = "nobody", password = "fourteen chars" });

        status.Should().Be(422);
        Pointers(problem).Should().BeEquivalentTo("/name", "/email");
        shortStatus.Should().Be(422);
        Pointers(tooShort).Should().BeEquivalentTo("/email", "/password");
    }

    [Theory]
    [InlineData("ada@example.com", "passwordpassword", "/password", "known_to_guessers")]
    [InlineData("ada@example.com", "horsehorsehorse", "/password", "predictable")]
    [InlineData("ada@example.com", "Ada Lovelace 1815", "/password", "personal")]
    [InlineData("ada.lovelace@example.com", "Ada.Lovelace@example.com", "/password", "personal")]
    [InlineData("ada@intranet", OperatorActs.Password, "/email", "not_an_email")]
    public async Task The_first_owner_gives_no_guessable_password_and_a_whole_address(
        string email, string password, string pointer, string code)
    {
        await using var server = await TestServer.Start();
        await server.Database.Transact(write => write.Run($"delete from operator"));
        var link = OperatorActs.TokenOf((await FirstLine(server))!.Split('\n')[1].Trim());
        using var client = server.With(link);

        var (status, problem) = await client.Send(
            HttpMethod.Post, "/v1/operators/claim", new { name = "Ada Lovelace", email, password });
        var (again, _) = await client.Send(HttpMethod.Post, "/v1/operators/claim",
            new { name = "Ada", email = "ada@example.com", password = OperatorActs.Password });

        status.Should().Be(422);
        var error = problem["errors"]!.AsArray().Should().ContainSingle().Subject!;
        (error["pointer"]!.ToString(), error["code"]!.ToString()).Should().Be((pointer, code));
        again.Should().Be(200, "a refusal does not use the link up");
    }

    [Fact]
    public async Task The_breached_list_holds_for_operators_too()
    {
        var list = Path.GetTempFileName();
        await File.WriteAllTextAsync(list, Sha1("an entirely leaked phrase") + ":7\n", Ct);
        await using var server = await TestServer.Start("--Passwords:BreachedList", list);
        using var client = server.With(await server.Invite("admin", "bo@example.org"));

        var (status, problem) = await client.Send(
            HttpMethod.Post, "/v1/operators/claim", new { password = "an entirely leaked phrase" });
        File.Delete(list);

        status.Should().Be(422);
        problem["errors"]![0]!["code"]!.ToString().Should().Be("known_to_guessers");
    }

    [Theory]
    [InlineData("http://127.0.0.1:7300", 201)]
    [InlineData("https://castellan.example.com", 422)]
    public async Task An_address_of_this_machine_is_one_where_the_server_is_of_it_too(string publicUrl, int expected)
    {
        await using var server = await TestServer.Start("--PublicUrl", publicUrl, "--TrustedProxies", "127.0.0.1");
        using var owner = await server.SignedInOperator();

        var (status, _) = await owner.Send(
            HttpMethod.Post, "/v1/operators", new { name = "Bo", email = "bo@localhost", role = "support" });

        status.Should().Be(expected);
    }

    [Fact]
    public async Task A_password_signs_in_and_a_session_ends_by_sign_out_idleness_and_age()
    {
        await using var server = await TestServer.Start();
        using var _ = await server.SignedInOperator("admin", "ada@example.org");

        using var first = await SignIn(server);
        (await first.Send(HttpMethod.Get, "/v1/operators/me")).Status.Should().Be(200);
        (await first.Send(HttpMethod.Post, "/v1/operators/sign-out")).Status.Should().Be(204);
        (await first.Send(HttpMethod.Get, "/v1/operators/me")).Status.Should().Be(401);

        using var idle = await SignIn(server);
        server.Clock.Advance(TimeSpan.FromHours(11));
        (await idle.Send(HttpMethod.Get, "/v1/operators/me")).Status.Should().Be(200);
        server.Clock.Advance(TimeSpan.FromHours(11));
        (await idle.Send(HttpMethod.Get, "/v1/operators/me")).Status.Should().Be(200, "use keeps a session alive");
        server.Clock.Advance(TimeSpan.FromHours(12));
        (await idle.Send(HttpMethod.Get, "/v1/operators/me")).Status.Should().Be(401);

        using var old = await SignIn(server);
        for (var hour = 10; hour < 7 * 24; hour += 10)
        {
            server.Clock.Advance(TimeSpan.FromHours(10));
            (await old.Send(HttpMethod.Get, "/v1/operators/me")).Status.Should().Be(200);
        }
        server.Clock.Advance(TimeSpan.FromHours(10));
        (await old.Send(HttpMethod.Get, "/v1/operators/me")).Status.Should().Be(401);
    }

    [Fact]
    public async Task Wrong_passwords_wait_longer_each_time_and_say_no_more_than_unknown_addresses()
    {
        await using var server = await TestServer.Start();
        using var _ = await server.SignedInOperator("admin", "ada@example.org");
        var path = "/v1/operators/sign-in";

        var (_, unknown) =
            await server.Http.Send(HttpMethod.Post, path, new { email = "no@example.org", password = "x" });
        for (var i = 0; i < 5; i++)
        {
            var (status, wrong) =
                await server.Http.Send(HttpMethod.Post, path, new { email = "ada@example.org", password = "x" });
            status.Should().Be(401);
            wrong["detail"]?.ToString().Should().Be(unknown["detail"]?.ToString());
            wrong["code"]!.ToString().Should().Be(unknown["code"]!.ToString());
        }
        var right = new { email = "ADA@example.org ", password = OperatorActs.Password };
        var (delayed, problem) = await server.Http.Send(HttpMethod.Post, path, right);
        server.Clock.Advance(TimeSpan.FromSeconds(1));
        var (after, _) = await server.Http.Send(HttpMethod.Post, path, right);

        delayed.Should().Be(429);
        problem["code"]!.ToString().Should().Be("sign_in_delayed");
        after.Should().Be(200);
    }

    [Fact]
    public async Task The_command_line_exchanges_its_token_once_within_ten_minutes()
    {
        await using var server = await TestServer.Start();
        using var auditor = await server.SignedInOperator("auditor");

        var (created, token) = await auditor.Send(HttpMethod.Post, "/v1/operators/tokens");
        var body = new { token = token["token"]!.ToString() };
        using var asLink = server.With(body.token);
        (await asLink.Send(HttpMethod.Get, "/v1/operators/claim")).Status.Should().Be(401, "it sets no password");
        var (exchanged, session) = await server.Http.Send(HttpMethod.Post, "/v1/operators/exchange", body);
        var (again, _) = await server.Http.Send(HttpMethod.Post, "/v1/operators/exchange", body);
        using var cli = server.With(session["token"]!.ToString());
        var (_, late) = await auditor.Send(HttpMethod.Post, "/v1/operators/tokens");
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        var (expired, _) = await server.Http.Send(
            HttpMethod.Post, "/v1/operators/exchange", new { token = late["token"]!.ToString() });

        created.Should().Be(201);
        exchanged.Should().Be(200);
        again.Should().Be(401);
        (await cli.Send(HttpMethod.Get, "/v1/operators/me")).Answer["role"]!.ToString().Should().Be("auditor");
        expired.Should().Be(401);
    }

    [Fact]
    public async Task A_locked_out_owner_gets_a_link_on_the_server_and_other_sessions_end_with_it()
    {
        await using var server = await TestServer.Start();
        using var before = await server.SignedInOperator("owner", "ada@example.org");
        var links = server.App.Services.GetRequiredService<OperatorLinks>();

        var (_, waiting) = await before.Send(HttpMethod.Post, "/v1/operators/tokens");
        var made = await links.ForLockedOutOwner(email: null);
        (await before.Send(HttpMethod.Get, "/v1/operators/me")).Status.Should().Be(200, "a link alone ends nothing");
        await server.Claim(OperatorActs.TokenOf(made.Link), new { password = "another password of mine" });

        (await before.Send(HttpMethod.Get, "/v1/operators/me")).Status.Should().Be(401);
        (await server.Http.Send(
            HttpMethod.Post, "/v1/operators/exchange", new { token = waiting["token"]!.ToString() }))
            .Status.Should().Be(401, "a token that was made before the new password is worth nothing after it");
        var rows = await server.Database.Many(
            $"select actor_kind, action from audit_entry order by id", row => $"{row.Text()} {row.Text()}", Ct);
        rows.Should().Contain("system operators.owner_link");
        rows.Count(row => row == "operator operators.claim").Should().Be(2);
    }

    private static string Sha1(string text)
    {
#pragma warning disable CA5350 // The list is keyed by SHA-1.
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        return Convert.ToHexString(System.Security.Cryptography.SHA1.HashData(bytes));
#pragma warning restore CA5350
    }

    private static ValueTask<string?> FirstLine(TestServer server) =>
        server.App.Services.GetRequiredService<OperatorLinks>().Line(Ct);

    private static async Task<HttpClient> SignIn(TestServer server)
    {
        var (status, answer) = await server.Http.Send(
            HttpMethod.Post, "/v1/operators/sign-in",
            new { email = "ada@example.org", password = OperatorActs.Password });
        status.Should().Be(200, answer.ToJsonString());
        return server.With(answer["token"]!.ToString());
    }

    private static IEnumerable<string> Pointers(System.Text.Json.Nodes.JsonObject problem) =>
        problem["errors"]!.AsArray().Select(e => e!["pointer"]!.ToString());
}
