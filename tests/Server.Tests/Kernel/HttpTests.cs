using System.Net.Sockets;
using System.Text;
using AwesomeAssertions;
using Castellan.Kernel.Http;
using Microsoft.AspNetCore.Http;

namespace Castellan.Tests.Kernel;

/// <summary>What is HTTP's own: origins, preflights, methods, bodies.</summary>
public sealed class HttpTests
{
    private const string Shop = "https://shop.example.com";

    [Fact]
    public void A_long_user_agent_is_not_cut_inside_a_character()
    {
        var context = new DefaultHttpContext();
        context.Request.Headers.UserAgent = new string('a', 299) + "\U0001F600";
        HttpGateRequest.From(context, TimeProvider.System).UserAgent.Should().Be(new string('a', 299));
    }

    [Fact]
    public async Task A_secret_key_from_a_browser_is_refused_however_its_origin_is_sent()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server, origins: [Shop]);
        using var client = server.With(who.Secret);

        foreach (var origins in new[] { new[] { Shop }, ["https://evil.example"], ["null"], [Shop, Shop], [""] })
        {
            var answer = await HttpAnswer.Send(
                client, "POST", "/v1/notes", new { text = "x" }, [.. origins.Select(o => ("Origin", o))]);
            answer.Code.Should().Be("origin_refused", string.Join('|', origins));
        }
        (await Notes.Stored(server)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_publishable_key_works_from_the_apps_origins_only()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server, origins: [Shop]);
        using var client = server.With(bearer: null, who.Publishable);

        var own = await HttpAnswer.Send(client, "GET", "/v1/notes/n", null, ("Origin", Shop));
        var other = await HttpAnswer.Send(client, "GET", "/v1/notes/n", null, ("Origin", "https://evil.example"));
        var none = await HttpAnswer.Send(client, "GET", "/v1/notes/n");

        own.Status.Should().Be(200);
        own.Header("Access-Control-Allow-Origin").Should().Be(Shop);
        own.Header("Vary").Should().Contain("Origin");
        other.Code.Should().Be("origin_refused");
        other.Header("Access-Control-Allow-Origin").Should().BeNull();
        none.Status.Should().Be(200, "native apps send no Origin and this app allows them");
    }

    [Fact]
    public async Task Preflights_are_answered_from_memory_whatever_they_ask_for()
    {
        await using var server = await TestServer.Start(CountedDatabase.AddTo);
        var who = await Credentials.Register(server, origins: [Shop]);
        Task<HttpAnswer> Ask(string origin) => HttpAnswer.Send(server.Http, "OPTIONS", "/v1/notes", null,
            ("Origin", origin), ("Access-Control-Request-Method", "POST"));
        var before = CountedDatabase.Of(server).ReadsOf("app_origin");

        for (var i = 0; i < 20; i++)
        {
            (await Ask(Shop)).Header("Access-Control-Allow-Origin").Should().Be(Shop);
            (await Ask($"https://evil{i}.example")).Header("Access-Control-Allow-Origin").Should().BeNull();
        }
        CountedDatabase.Of(server).ReadsOf("app_origin").Should().Be(before + 1);

        await server.InProcess.Call(InProcess.Owner, "apps.settings.update",
            path: new { app = who.App.Value, environment = "sandbox" },
            body: new { origins = new[] { "https://new.example" }, origin_presets = new[] { "lovable" } });
        (await Ask(Shop)).Header("Access-Control-Allow-Origin").Should().BeNull();
        (await Ask("https://new.example")).Header("Access-Control-Allow-Origin").Should().Be("https://new.example");
        (await Ask("https://x.lovable.app")).Header("Access-Control-Allow-Origin").Should().Be("https://x.lovable.app");
        CountedDatabase.Of(server).ReadsOf("from app_origin").Should().BeLessThan(before + 8);
    }

    [Fact]
    public async Task Answers_and_problems_are_readable_and_never_taken_for_another_type()
    {
        const string Text = "Ada’s “best” café – 1 + 1 < 3 & 4 > 3";
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server, origins: [Shop]);
        using var client = server.With(who.Secret);

        var made = await HttpAnswer.Send(client, "POST", "/v1/notes", new { text = Text });
        var refused = await HttpAnswer.Send(client, "POST", "/v1/notes", """{"é’":""}""");
        var nowhere = await HttpAnswer.Send(client, "GET", "/v1/nowhere");
        using var described = await server.Http.GetAsync("/openapi.json", TestContext.Current.CancellationToken);

        made.Text.Should().Contain(Text.Replace("\"", "\\\"", StringComparison.Ordinal));
        refused.Text.Should().Contain("'é’' is no field").And.NotContain("\\u");
        foreach (var answer in new[] { made, refused, nowhere })
            answer.Header("X-Content-Type-Options").Should().Be("nosniff");
        described.Headers.GetValues("X-Content-Type-Options").Should().Equal("nosniff");
    }

    [Fact]
    public async Task A_preflight_is_answered_for_registered_origins()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        await Credentials.Register(server, origins: [Shop]);

        var known = await HttpAnswer.Send(server.Http, "OPTIONS", "/v1/notes", null,
            ("Origin", Shop), ("Access-Control-Request-Method", "POST"));
        var unknown = await HttpAnswer.Send(server.Http, "OPTIONS", "/v1/notes", null,
            ("Origin", "https://evil.example"), ("Access-Control-Request-Method", "POST"));

        known.Status.Should().Be(204);
        known.Header("Access-Control-Allow-Origin").Should().Be(Shop);
        known.Header("Access-Control-Allow-Headers").Should().Contain("Castellan-Key").And.Contain("Idempotency-Key");
        known.Header("Access-Control-Allow-Credentials").Should().BeNull("no cookie works from an app's origin");
        unknown.Header("Access-Control-Allow-Origin").Should().BeNull();
    }

    [Fact]
    public async Task Wrong_methods_and_paths_have_a_problem_and_a_request_id()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;

        var method = await HttpAnswer.Send(server.Http, "PUT", "/v1/notes", new { text = "x" });
        var path = await HttpAnswer.Send(server.Http, "GET", "/v1/nothing");

        (method.Status, method.Code).Should().Be((405, "method_not_allowed"));
        method.Response.Content.Headers.Allow.Should().Contain("POST");
        (path.Status, path.Code).Should().Be((404, "not_found"));
        method.Header("Castellan-Request-Id").Should().StartWith("req_");
        path.Header("Castellan-Request-Id").Should().StartWith("req_");
    }

    [Theory]
    [InlineData("""{"text": "x"}""", "text/plain", 415, "content_type_refused")]
    [InlineData("""{"text": "x"}""", null, 415, "content_type_refused")]
    [InlineData("""{"text": "x"}""", "application/json; charset=utf-8", 201, null)]
    [InlineData("""{"text": "x"}""", "application/vnd.castellan+json", 201, null)]
    [InlineData("""{"text": "x",}""", "application/json", 400, "body_malformed")]
    [InlineData("", "application/json", 422, "input_invalid")]
    [InlineData("null", "application/json", 422, "input_invalid")]
    [InlineData("\"x\"", "application/json", 422, "input_invalid")]
    public async Task A_body_is_strict_json_of_its_type(string body, string? type, int status, string? code)
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        using var client = server.With(who.Secret);
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        if (type is not null) content.Headers.TryAddWithoutValidation("Content-Type", type);

        var answer = await HttpAnswer.Send(client, "POST", "/v1/notes", content);

        (answer.Status, answer.Code).Should().Be((status, code));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_its_bound_is_refused_with_and_without_its_length(bool withLength)
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        using var client = server.With(who.Secret);
        using var content = new ByteArrayContent(new byte[Castellan.Platform.Limits.BodyBytes + 1]);
        content.Headers.ContentType = new("application/json");
        client.DefaultRequestHeaders.TransferEncodingChunked = !withLength;

        var answer = await HttpAnswer.Send(client, "POST", "/v1/notes", content);

        (answer.Status, answer.Code).Should().Be((413, "body_too_large"));
    }

    [Fact]
    public async Task A_body_with_broken_framing_is_a_bad_request()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);

        var answer = await Raw(server, $"""
            POST /v1/notes HTTP/1.1
            Host: localhost
            Authorization: Bearer {who.Secret}
            Content-Type: application/json
            Transfer-Encoding: chunked
            Connection: close

            ZZ
            nonsense
            """);

        answer.Should().StartWith("HTTP/1.1 400").And.Contain("body_malformed");
    }

    [Theory]
    [InlineData("/v1/notes/%00")]
    [InlineData("/v1/notes/%ff%fe")]
    [InlineData("/v1/notes/n?cursor=%00")]
    [InlineData("/v1/notes/n?limit=%00&cursor=x%00y")]
    [InlineData("/v1/apps/app_01h455vb4pex5vsknk084sn02q/environments/%00/keys")]
    [InlineData("/v1/apps/app_01h455vb4pex5vsknk084sn02q/environments/%ed%a0%80/keys")]
    public async Task Strange_bytes_in_paths_and_parameters_are_no_failure_of_the_server(string path)
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        using var client = server.With(who.Secret);

        var answer = await Raw(server, $"""
            GET {path} HTTP/1.1
            Host: localhost
            Authorization: Bearer {who.Secret}
            Connection: close


            """);

        answer.Should().NotStartWith("HTTP/1.1 5");
    }

    [Theory]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Basic abc")]
    [InlineData("Bearer cas_sk_sandbox_0000000000000000000000000000000000000000")]
    public async Task A_credential_that_is_none_is_a_401(string authorization)
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;

        var answer = await HttpAnswer.Send(
            server.Http, "POST", "/v1/notes", new { text = "x" }, ("Authorization", authorization));

        (answer.Status, answer.Code).Should().Be((401, "credential_invalid"));
        answer.Header("WWW-Authenticate").Should().Be("Bearer");
    }

    private static async Task<string> Raw(TestServer server, string request)
    {
        var ct = TestContext.Current.CancellationToken;
        using var client = new TcpClient();
        await client.ConnectAsync(server.Address.Host, server.Address.Port, ct);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request.ReplaceLineEndings("\r\n") + "\r\n"), ct);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(ct);
    }
}
