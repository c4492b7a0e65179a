using System.Net;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;

namespace Castellan.Tests.Mail;

public sealed class MailboxApiTests
{
    private static readonly Caller Support = Caller.OfOperator(
        OperatorId.New(DateTimeOffset.UnixEpoch.AddYears(60)), OperatorRole.Support, "sandbox", "s@example.com");

    [Fact]
    public async Task The_mailbox_shows_the_mails_of_sandbox_newest_first_and_page_by_page()
    {
        await using var server = await TestServer.Start();
        for (var i = 0; i < 5; i++)
        {
            await MailTests.Queue(server, "sandbox", MailTests.Letter($"r{i}@example.com"));
            server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        await MailTests.Queue(server, "live", MailTests.Letter("secret@example.com"));

        var first = await server.InProcess.Call(Support, "mail.list", query: new { limit = 3 });
        var second = await server.InProcess.Call(
            Support, "mail.list", query: new { limit = 3, cursor = first["next_cursor"]!.ToString() });

        var all = first["items"]!.AsArray().Concat(second["items"]!.AsArray()).Select(m => m!["to"]!.ToString());
        all.Should().Equal("r4@example.com", "r3@example.com", "r2@example.com", "r1@example.com", "r0@example.com");
        second["next_cursor"].Should().BeNull();
        first["items"]![0]!["state"]!.ToString().Should().Be("captured");
    }

    [Fact]
    public async Task A_mail_is_found_by_its_reader_and_read_with_its_text()
    {
        await using var server = await TestServer.Start();
        await MailTests.Queue(
            server, "sandbox", MailTests.Letter("ada@example.com"), MailTests.Letter("bob@example.com"));

        var found = await server.InProcess.Call(
            Support, "mail.list", query: new { to = "Ada@example.com", purpose = "test" });
        var id = found["items"]!.AsArray().Single()!["id"]!.ToString();
        var mail = await server.InProcess.Call(Support, "mail.get", path: new { mail = id });

        mail["text"]!.ToString().Should().Be("A letter.");
        var none = await server.InProcess.Call(Support, "mail.list", query: new { purpose = "other" });
        none["items"]!.AsArray().Should().BeEmpty();
    }

    [Fact]
    public async Task A_mail_of_live_and_an_absent_one_are_not_there()
    {
        await using var server = await TestServer.Start();
        await MailTests.Queue(server, "live", MailTests.Letter("ada@example.com"));
        var id = await server.Database.One(
            $"select id from mail", row => row.Text(), TestContext.Current.CancellationToken);

        var live = await server.InProcess.Invoke(Support, "mail.get", path: new { mail = id });
        var absent = await server.InProcess.Invoke(
            Support, "mail.get", path: new { mail = MailId.New(server.Clock.GetUtcNow()).Value });

        live.Problem!.Type.Code.Should().Be("not_found");
        absent.Problem!.Type.Code.Should().Be("not_found");
    }

    [Fact]
    public async Task This_machine_may_read_without_a_credential_while_the_server_is_known_by_a_loopback_address()
    {
        await using var server = await TestServer.Start();
        using var response = await server.Http.GetAsync("/v1/mailbox", TestContext.Current.CancellationToken);
        response.StatusCode.Should().Be(HttpStatusCode.OK);

        await using var published = await TestServer.Start(
            "--PublicUrl", "https://castellan.example", "--TrustedProxies", "192.0.2.1");
        using var refused = await published.Http.GetAsync("/v1/mailbox", TestContext.Current.CancellationToken);
        refused.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "203.0.113.9")]
    [InlineData("Forwarded", "for=203.0.113.9")]
    [InlineData("X-Real-IP", "203.0.113.9")]
    [InlineData("Via", "1.1 proxy")]
    [InlineData("Origin", "http://localhost:5173")]
    [InlineData("Host", "rebound.example:7300")]
    public async Task A_forwarded_request_or_one_from_a_page_is_not_of_this_machine(string header, string value)
    {
        await using var server = await TestServer.Start();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/mailbox");
        request.Headers.TryAddWithoutValidation(header, value);

        using var response = await server.Http.SendAsync(request, TestContext.Current.CancellationToken);

        response.StatusCode.Should().Be(HttpStatusCode.Unauthorized);
        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        problem["code"]!.ToString().Should().Be("credential_required");
    }

    [Fact]
    public async Task Bad_filters_and_another_environment_are_refused()
    {
        await using var server = await TestServer.Start();
        using var client = server.With(bearer: null, environment: "live");
        using var live = await client.GetAsync("/v1/mailbox", TestContext.Current.CancellationToken);
        live.StatusCode.Should().Be(HttpStatusCode.Forbidden);
        var id = MailId.New(server.Clock.GetUtcNow()).Value;
        using var one = await client.GetAsync($"/v1/mailbox/{id}", TestContext.Current.CancellationToken);
        one.StatusCode.Should().Be(HttpStatusCode.Forbidden);

        foreach (object query in new object[]
        {
            new { limit = 0 }, new { cursor = "x" }, new { to = new string('a', 321) }, new { unknown = "x" },
        })
        {
            var answer = await server.InProcess.Invoke(Support, "mail.list", query: query);
            answer.Problem!.Type.Code.Should().Be("input_invalid", "{0}", query);
        }
    }
}
