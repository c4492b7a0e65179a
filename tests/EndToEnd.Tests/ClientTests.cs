using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AwesomeAssertions;
using Castellan.Client;
using Xunit;

namespace Castellan.EndToEnd;

/// <summary>When the client repeats a call, and what it makes of answers.</summary>
public sealed class ClientTests : IDisposable
{
    private const string App = """
        {"id":"app_1","name":"Portal","owner":"ada","builder":"hand","builder_url":null,"model":null,"repository":null,
        "data_class":"personal","state":"prototype","state_reason":null,"created_at":"2030-01-15T12:00:00.000Z",
        "updated_at":"2030-01-15T12:00:00.000Z","version":1,"newer_than_this_client":true}
        """;

    private readonly Wire wire = new();

    public void Dispose() => wire.Dispose();

    [Fact]
    public async Task A_repeated_write_carries_the_key_and_the_body_of_its_first_attempt()
    {
        wire.Answers.Enqueue(_ => throw new HttpRequestException("The connection broke."));
        wire.Answers.Enqueue(_ => Answer(503, "", retryAfterSeconds: 0));
        wire.Answers.Enqueue(_ => Problem(409, "idempotency_in_flight", retryAfterSeconds: 0));
        wire.Answers.Enqueue(_ => Answer(201, App));

        var made = await Client().Apps.Create(new NewApp("Portal", "ada"), Ct);

        made.Value.Id.Should().Be("app_1");
        wire.Seen.Should().HaveCount(4);
        wire.Seen.Select(seen => seen.IdempotencyKey).Distinct().Should().ContainSingle().Which.Should().HaveLength(32);
        wire.Seen.Select(seen => seen.Body).Distinct().Should().Equal("""{"name":"Portal","owner":"ada"}""");
    }

    [Fact]
    public async Task Two_writes_have_two_keys_and_a_read_has_none()
    {
        for (var i = 0; i < 3; i++) wire.Answers.Enqueue(_ => Answer(200, App));
        var client = Client();

        await client.Apps.Create(new NewApp("Portal", "ada"), Ct);
        await client.Apps.Create(new NewApp("Portal", "ada"), Ct);
        await client.Apps.Get("app_1", Ct);

        wire.Seen[0].IdempotencyKey.Should().NotBe(wire.Seen[1].IdempotencyKey);
        wire.Seen[2].IdempotencyKey.Should().BeNull();
    }

    [Theory]
    [InlineData(409, "app_name_taken")]
    [InlineData(422, "input_invalid")]
    [InlineData(500, "internal_error")]
    public async Task A_refusal_is_not_repeated(int status, string code)
    {
        wire.Answers.Enqueue(_ => Problem(status, code));

        var refused = await Client().Invoking(c => c.Apps.Get("app_1", Ct))
            .Should().ThrowAsync<CastellanProblemException>();

        refused.Which.Problem.Should().BeEquivalentTo(
            new { Status = status, Code = code, RequestId = "req_1", Fix = "Mend it." });
        wire.Seen.Should().ContainSingle();
    }

    [Fact]
    public async Task A_longer_wait_than_allowed_ends_the_call_with_its_problem()
    {
        wire.Answers.Enqueue(_ => Problem(429, "rate_limited", retryAfterSeconds: 3600));

        await Client().Invoking(c => c.Apps.Get("app_1", Ct)).Should().ThrowAsync<CastellanProblemException>();

        wire.Seen.Should().ContainSingle();
    }

    [Fact]
    public async Task Attempts_are_bounded()
    {
        for (var i = 0; i < 3; i++) wire.Answers.Enqueue(_ => throw new HttpRequestException("The connection broke."));

        var gone = await Client(attempts: 3).Invoking(c => c.Apps.Get("app_1", Ct))
            .Should().ThrowAsync<CastellanUnreachableException>();

        gone.Which.Why.Should().Contain("broke");
        wire.Seen.Should().HaveCount(3);
    }

    [Fact]
    public async Task A_one_time_token_is_sent_once()
    {
        wire.Answers.Enqueue(_ => throw new HttpRequestException("The connection broke."));

        await Client().Invoking(c => c.Operators.Exchange("one-time", Ct))
            .Should().ThrowAsync<CastellanUnreachableException>();

        wire.Seen.Should().ContainSingle();
    }

    [Theory]
    [InlineData(200, "<html>A proxy's page</html>")]
    [InlineData(200, "{}")]
    [InlineData(200, "null")]
    [InlineData(404, "<html>Not found</html>")]
    [InlineData(302, "")]
    public async Task An_answer_of_something_else_is_told_apart_from_a_refusal(int status, string body)
    {
        wire.Answers.Enqueue(_ => Answer(status, body));

        await Client().Invoking(c => c.Apps.Get("app_1", Ct)).Should().ThrowAsync<CastellanUnreachableException>();
    }

    [Fact]
    public async Task A_slow_answer_is_an_attempt_that_failed_and_a_cancelled_call_is_the_callers()
    {
        wire.Answers.Enqueue(Never);
        wire.Answers.Enqueue(_ => Answer(200, App));
        var patient = Client(attemptTimeout: TimeSpan.FromMilliseconds(50));

        (await patient.Apps.Get("app_1", Ct)).Value.Name.Should().Be("Portal");

        wire.Answers.Enqueue(Never);
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Client().Invoking(c => c.Apps.Get("app_1", cancelled.Token))
            .Should().ThrowAsync<OperationCanceledException>();
    }

    [Fact]
    public async Task What_is_sent_names_caller_environment_and_only_what_changes()
    {
        wire.Answers.Enqueue(_ => Answer(200, App));

        await Client().Apps.Update("app_1/../x", new AppUpdate { Owner = "grace", Model = "" }, Ct);

        wire.Seen[0].Line.Should().Be("PATCH /v1/apps/app_1%2F..%2Fx");
        wire.Seen[0].Body.Should().Be("""{"owner":"grace","model":null}""");
        wire.Seen[0].Authorization.Should().Be("Bearer token");
        wire.Seen[0].Environment.Should().Be("live");
    }

    [Fact]
    public async Task All_pages_of_the_audit_log_are_read_as_they_are_needed()
    {
        wire.Answers.Enqueue(_ => Answer(200, Page(2, "next&page")));
        wire.Answers.Enqueue(_ => Answer(200, Page(1, cursor: null)));

        var positions = new List<long>();
        var inBerlin = new DateTimeOffset(2030, 1, 15, 13, 0, 0, TimeSpan.FromHours(1));
        var filter = new AuditFilter { Action = "apps.create", Since = inBerlin };
        await foreach (var entry in Client().Audit.ListAll(filter, Ct)) positions.Add(entry.Position);

        positions.Should().Equal(2, 1);
        const string Filtered = "GET /v1/audit?action=apps.create&since=2030-01-15T12%3A00%3A00.000Z&limit=200";
        wire.Seen.Select(seen => seen.Line).Should().Equal(Filtered, Filtered + "&cursor=next%26page");
    }

    [Theory]
    [InlineData("http://castellan.example.com")]
    [InlineData("ftp://castellan.example.com")]
    public void An_address_without_tls_is_for_this_machine_only(string address)
    {
        using var http = new HttpClient();

        var options = new CastellanClientOptions { Address = new Uri(address) };

        FluentActions.Invoking(() => new CastellanClient(http, options))
            .Should().Throw<ArgumentException>();
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private CastellanClient Client(int attempts = 4, TimeSpan? attemptTimeout = null) =>
        new(new HttpClient(wire), new CastellanClientOptions
        {
            Address = new Uri("https://castellan.example.com"),
            Token = "token",
            Environment = "live",
            Attempts = attempts,
            FirstDelay = TimeSpan.FromMilliseconds(1),
            AttemptTimeout = attemptTimeout ?? TimeSpan.FromSeconds(30),
        });

    private static string Page(long position, string? cursor)
    {
        var next = cursor is null ? "null" : $"\"{cursor}\"";
        return $$"""
            {"items":[{"id":"aud_{{position}}","position":{{position}},"at":"2030-01-15T12:00:00.000Z",
            "action":"apps.create","outcome":"done","actor":{"kind":"operator","id":"opr_1","display":null},
            "target":{"kind":"app","id":"app_1"} }],"next_cursor":{{next}} }
            """;
    }

    private static async Task<HttpResponseMessage> Never(CancellationToken ct)
    {
        await Task.Delay(Timeout.Infinite, ct);
        throw new InvalidOperationException("A call without an end ended.");
    }

    private static Task<HttpResponseMessage> Answer(int status, string body, int? retryAfterSeconds = null)
    {
        var answer = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent(body, Encoding.UTF8),
        };
        if (retryAfterSeconds is { } seconds)
            answer.Headers.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(seconds));
        return Task.FromResult(answer);
    }

    private static Task<HttpResponseMessage> Problem(int status, string code, int? retryAfterSeconds = null) => Answer(
        status, $$"""
        {"type":"https://castellan.example.com/errors#{{code}}","title":"No","status":{{status}},"code":"{{code}}",
        "fix":"Mend it.","retryable":false,"request_id":"req_1"}
        """, retryAfterSeconds);

    /// <summary>Stands where the network is: gives prepared answers, and keeps what was sent.</summary>
    private sealed class Wire : HttpMessageHandler
    {
        public Queue<Func<CancellationToken, Task<HttpResponseMessage>>> Answers { get; } = [];

        public List<Sent> Seen { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen.Add(new Sent(
                $"{request.Method} {request.RequestUri!.PathAndQuery}",
                request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
                Header(request, "Idempotency-Key"), Header(request, "Castellan-Environment"),
                Header(request, "Authorization")));
            return await Answers.Dequeue()(cancellationToken);
        }

        private static string? Header(HttpRequestMessage request, string name) =>
            request.Headers.TryGetValues(name, out var values) ? values.Single() : null;
    }

    private sealed record Sent(
        string Line, string Body, string? IdempotencyKey, string? Environment, string? Authorization);
}
