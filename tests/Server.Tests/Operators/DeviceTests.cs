using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Platform;
using Castellan.Platform.Crypto;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.Operators;

/// <summary>A command line is let in by an operator in a browser (RFC 8628), and by nothing else.</summary>
public sealed class DeviceTests
{
    private const string Devices = "/v1/operators/devices";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_lets_a_command_line_in_and_it_acts_as_that_operator()
    {
        await using var server = await TestServer.Start();
        using var ada = await server.SignedInOperator("admin", "ada@example.org");
        var asked = await Start(server, "ada@laptop");
        asked["user_code"]!.ToString().Should().MatchRegex("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$");
        asked["verification_uri"]!.ToString().Should().Be("http://127.0.0.1:7300/device");
        asked["verification_uri_complete"]!.ToString()
            .Should().Be($"http://127.0.0.1:7300/device?code={asked["user_code"]}");
        (asked["expires_in"]!.GetValue<int>(), asked["interval"]!.GetValue<int>()).Should().Be((600, 5));

        (await Poll(server, asked)).Should().Be("authorization_pending");
        var (status, seen) = await ada.Send(HttpMethod.Post, Devices + "/find", Code(asked));
        status.Should().Be(200);
        (seen["name"]!.ToString(), seen["same_address"]!.GetValue<bool>()).Should().Be(("ada@laptop", true));
        seen.ToJsonString().Should().NotContain("cas_od_").And.NotContain("hash");
        (await ada.Send(HttpMethod.Post, Devices + "/approve", Code(asked))).Status.Should().Be(200);

        var (exchanged, signedIn) = await Exchange(server, asked);
        exchanged.Should().Be(200, signedIn.ToJsonString());
        using var terminal = server.With(signedIn["token"]!.ToString());
        var (_, me) = await terminal.Send(HttpMethod.Get, "/v1/operators/me");
        (me["email"]!.ToString(), me["role"]!.ToString()).Should().Be(("ada@example.org", "admin"));
        (await Poll(server, asked)).Should().Be("credential_invalid", "it lets one in, once");
    }

    [Fact]
    public async Task What_an_operator_decided_is_in_the_log_with_who_asked_and_that_somebody_asked_is_not()
    {
        await using var server = await TestServer.Start();
        using var ada = await server.SignedInOperator("admin", "ada@example.org");
        var (letIn, refused) = (await Start(server, "a laptop"), await Start(server, "a stranger"));
        (await Reasons(server)).Should().BeEmpty();

        await ada.Send(HttpMethod.Post, Devices + "/approve", Code(letIn));
        await ada.Send(HttpMethod.Post, Devices + "/deny", Code(refused));
        await Exchange(server, letIn);

        (await Reasons(server)).Should().BeEquivalentTo(
            ["operators.devices.approve ada@example.org A command line that calls itself 'a laptop', from 127.0.0.1.",
            "operators.devices.deny ada@example.org A command line that calls itself 'a stranger', from 127.0.0.1.",
            "operators.devices.exchange ada@example.org A command line that calls itself 'a laptop', from 127.0.0.1."]);
    }

    [Fact]
    public async Task Of_codes_only_hashes_are_stored_and_of_the_short_one_a_keyed_one()
    {
        await using var server = await TestServer.Start();
        var asked = await Start(server);
        var letters = asked["user_code"]!.ToString().Replace("-", "", StringComparison.Ordinal);

        var stored = (await server.Database.Many(
            $"select hash, user_code from operator_device", row => (row.Bytes(), row.Bytes()), Ct)).Single();

        stored.Item1.Should().Equal(OpaqueToken.Hash(asked["device_code"]!.ToString()));
        stored.Item2.Should().HaveCount(32).And.NotEqual(OpaqueToken.Hash(letters));
    }

    [Fact]
    public async Task A_code_is_decided_about_once_and_refused_is_refused()
    {
        await using var server = await TestServer.Start();
        using var ada = await server.SignedInOperator("admin", "ada@example.org");
        using var bo = await server.SignedInOperator("admin", "bo@example.org");
        var (twice, refused) = (await Start(server), await Start(server));

        (await ada.Send(HttpMethod.Post, Devices + "/approve", Code(twice))).Status.Should().Be(200);
        foreach (var verb in new[] { "approve", "deny", "find" })
            (await bo.Send(HttpMethod.Post, $"{Devices}/{verb}", Code(twice))).Status.Should().Be(404, verb);
        (await ada.Send(HttpMethod.Post, Devices + "/deny", Code(refused))).Status.Should().Be(200);
        (await ada.Send(HttpMethod.Post, Devices + "/approve", Code(refused))).Status.Should().Be(404);

        (await Exchange(server, twice)).Answer["operator"]!["email"]!.ToString().Should().Be("ada@example.org");
        (await Poll(server, refused)).Should().Be("access_denied");
    }

    [Fact]
    public async Task Of_two_who_approve_at_once_and_two_who_fetch_at_once_one_does()
    {
        await using var server = await TestServer.Start();
        using var ada = await server.SignedInOperator("admin", "ada@example.org");
        using var bo = await server.SignedInOperator("admin", "bo@example.org");
        for (var i = 0; i < 5; i++)
        {
            var asked = await Start(server);
            var approved = await Task.WhenAll(new[] { ada, bo }.Select(by =>
                by.Send(HttpMethod.Post, Devices + "/approve", Code(asked))));
            var fetched = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Exchange(server, asked)));

            approved.Select(a => a.Status).Order().Should().Equal(200, 404);
            fetched.Count(f => f.Status == 200).Should().Be(1);
            fetched.Where(f => f.Status != 200).Select(f => f.Answer["code"]!.ToString())
                .Should().AllBe("credential_invalid");
        }
    }

    [Fact]
    public async Task Who_asks_too_often_waits_longer_each_time()
    {
        await using var server = await TestServer.Start();
        var asked = await Start(server);

        (await Poll(server, asked)).Should().Be("authorization_pending", "the first question may come at once");
        server.Clock.Advance(TimeSpan.FromSeconds(5));
        (await Poll(server, asked)).Should().Be("authorization_pending");
        server.Clock.Advance(TimeSpan.FromSeconds(3));
        (await Poll(server, asked)).Should().Be("slow_down");
        server.Clock.Advance(TimeSpan.FromSeconds(8));
        (await Poll(server, asked)).Should().Be("slow_down", "ten seconds are asked for now");
        server.Clock.Advance(TimeSpan.FromSeconds(15));
        (await Poll(server, asked)).Should().Be("authorization_pending");
        server.Clock.Advance(TimeSpan.FromSeconds(14));
        (await Poll(server, asked)).Should().Be("slow_down");
    }

    [Fact]
    public async Task A_code_ends_after_ten_minutes_whether_or_not_it_was_approved()
    {
        await using var server = await TestServer.Start();
        using var ada = await server.SignedInOperator("admin");
        var (approved, waiting) = (await Start(server), await Start(server));
        server.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        (await ada.Send(HttpMethod.Post, Devices + "/approve", Code(approved))).Status.Should().Be(200);
        server.Clock.Advance(TimeSpan.FromSeconds(1));

        (await ada.Send(HttpMethod.Post, Devices + "/approve", Code(waiting))).Status.Should().Be(404);
        (await Poll(server, approved)).Should().Be("expired_token");
        (await Poll(server, waiting)).Should().Be("expired_token");

        server.Clock.Advance(TimeSpan.FromHours(1));
        await Start(server);
        (await server.Database.Many($"select hash from operator_device", row => row.Bytes(), Ct))
            .Should().ContainSingle("old ones are gone with the next who asks");
    }

    [Theory]
    [InlineData("suspended")]
    [InlineData("password")]
    public async Task An_operator_who_loses_the_right_lets_nobody_in_with_what_was_approved(string how)
    {
        await using var server = await TestServer.Start();
        using var ada = await server.SignedInOperator("admin", "ada@example.org");
        var (_, me) = await ada.Send(HttpMethod.Get, "/v1/operators/me");
        var asked = await Start(server);
        await ada.Send(HttpMethod.Post, Devices + "/approve", Code(asked));

        if (how == "suspended")
            await server.InProcess.Call(InProcess.Owner, "operators.suspend",
                path: new { @operator = me["id"]!.ToString() }, body: new { reason = "a test" });
        else
            (await ada.Send(HttpMethod.Post, "/v1/operators/me/password",
                new { current = OperatorActs.Password, password = "another long and odd phrase" }))
                .Status.Should().Be(200);

        (await Poll(server, asked)).Should().Be("access_denied");
    }

    [Fact]
    public async Task Guesses_cost_an_operator_growing_waits_and_find_nothing()
    {
        await using var server = await TestServer.Start();
        using var ada = await server.SignedInOperator("admin", "ada@example.org");
        using var bo = await server.SignedInOperator("admin", "bo@example.org");
        var asked = await Start(server);
        for (var i = 0; i < 5; i++)
        {
            (await ada.Send(HttpMethod.Post, Devices + (i % 2 == 0 ? "/find" : "/approve"),
                new { user_code = "BBBB-BBBB" })).Status.Should().Be(404);
        }

        foreach (var way in new[] { "/find", "/approve", "/deny" })
        {
            var (status, delayed) = await ada.Send(HttpMethod.Post, Devices + way, Code(asked));
            (status, delayed["code"]!.ToString()).Should().Be((429, "sign_in_delayed"), way);
        }
        (await bo.Send(HttpMethod.Post, Devices + "/find", Code(asked))).Status.Should().Be(200, "nobody else waits");
        server.Clock.Advance(TimeSpan.FromSeconds(2));
        (await ada.Send(HttpMethod.Post, Devices + "/approve", Code(asked))).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("wdjb mjht", false)]
    [InlineData("", true)]
    [InlineData("AEIO-UAEI", false)]
    [InlineData("BBBB-BBBB-B", false)]
    [InlineData("ＢＢＢＢ-ＢＢＢＢ", false)]
    [InlineData("BBBB-BBBB'; drop table operator; --------------", true)]
    public async Task What_is_no_code_is_not_there_or_not_read(string typed, bool isRefused)
    {
        await using var server = await TestServer.Start();
        using var ada = await server.SignedInOperator("admin");
        await Start(server);
        (await ada.Send(HttpMethod.Post, Devices + "/approve", new { user_code = typed })).Status
            .Should().Be(isRefused ? 422 : 404);
    }

    [Fact]
    public async Task A_code_may_be_typed_in_any_case_and_without_its_dash()
    {
        await using var server = await TestServer.Start();
        using var ada = await server.SignedInOperator("admin");
        var asked = await Start(server);
        var typed = $" {asked["user_code"]!.ToString().ToLowerInvariant().Replace('-', ' ')} ";
        (await ada.Send(HttpMethod.Post, Devices + "/approve", new { user_code = typed })).Status.Should().Be(200);
        (await Exchange(server, asked)).Status.Should().Be(200);
    }

    [Theory]
    [InlineData("cas_od_short")]
    [InlineData("not a code")]
    [InlineData(null)]
    public async Task A_device_code_that_was_made_up_is_no_credential(string? code)
    {
        await using var server = await TestServer.Start();
        await Start(server);
        var made = code ?? OpaqueToken.New("cas_od_");
        (await server.Http.Send(HttpMethod.Post, Devices + "/exchange", new { device_code = made })).Answer["code"]!
            .ToString().Should().Be("credential_invalid");
    }

    [Fact]
    public async Task Only_operators_decide_whichever_environment_they_name()
    {
        await using var world = await TenantWorld.Start();
        var ada = await world.User("ada");
        var asked = await Start(world.Server);
        foreach (var verb in new[] { "find", "approve", "deny" })
        {
            (await world.Code(ada, $"operators.devices.{verb}", body: Code(asked))).Should().Be("permission_denied");
            (await world.Server.Http.Send(HttpMethod.Post, $"{Devices}/{verb}", Code(asked))).Status.Should().Be(401);
        }
        // A device code is a credential for nothing else.
        using var device = world.Server.With(asked["device_code"]!.ToString());
        (await device.Send(HttpMethod.Post, Devices + "/approve", Code(asked))).Status.Should().Be(401);

        using var staff = await world.Server.SignedInOperator("billing", environment: "live");
        (await staff.Send(HttpMethod.Post, Devices + "/approve", Code(asked))).Status.Should().Be(200);
        (await Exchange(world.Server, asked)).Answer["operator"]!["role"]!.ToString().Should().Be("billing");
    }

    [Fact]
    public async Task Strangers_fill_no_more_than_so_many_rows()
    {
        await using var server = await TestServer.Start();
        var now = server.Clock.GetUtcNow();
        await server.Database.Transact(async write =>
        {
            for (var i = 0; i < Limits.DevicesWaiting; i++)
            {
                var bytes = BitConverter.GetBytes(i);
                await write.Run($"""
                    insert into operator_device (hash, user_code, name, created_at, expires_at, interval_s)
                    values ({bytes}, {bytes}, {"flood"}, {now}, {now.AddMinutes(10)}, {5L})
                    """);
            }
            return 0;
        });

        var (status, refused) = await server.Http.Send(HttpMethod.Post, Devices, new { name = "one more" });
        (status, refused["code"]!.ToString()).Should().Be((429, "rate_limited"));
        server.Clock.Advance(TimeSpan.FromMinutes(10));
        await Start(server);
    }

    private static object Code(JsonObject asked) => new { user_code = asked["user_code"]!.ToString() };

    private static async Task<JsonObject> Start(TestServer server, string name = "a terminal")
    {
        var (status, answer) = await server.Http.Send(HttpMethod.Post, Devices, new { name });
        status.Should().Be(201, answer.ToJsonString());
        return answer;
    }

    private static Task<(int Status, JsonObject Answer)> Exchange(TestServer server, JsonObject asked) =>
        server.Http.Send(
            HttpMethod.Post, Devices + "/exchange", new { device_code = asked["device_code"]!.ToString() });

    /// <summary>The code of the refusal.</summary>
    private static async Task<string> Poll(TestServer server, JsonObject asked) =>
        (await Exchange(server, asked)).Answer["code"]?.ToString() ?? "done";

    private static async Task<List<string>> Reasons(TestServer server) => await server.Database.Many(
        $"""
        select action || ' ' || coalesce(actor_display, '') || ' ' || coalesce(reason, '') from audit_entry
        where action like 'operators.devices.%'
        """,
        row => row.Text(), Ct);
}
