using System.Text.RegularExpressions;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Kernel;

/// <summary>What the gate promises whichever surface brings the call.</summary>
public sealed partial class GateTests
{
    private sealed class FailingResolver : IResolver
    {
        public ValueTask<Resolution?> Resolve(Presented presented, CancellationToken ct) =>
            throw new InvalidOperationException("password=hunter2");
    }

    [Fact]
    public async Task Both_adapters_give_the_same_bytes()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server, permissions: ["notes.get", "notes.create"]);
        var caller = who.Caller with { Permissions = ["notes.get", "notes.create"] };
        using var client = server.With(who.Secret);
        var problems = server.App.Services.GetRequiredService<ProblemWriter>();
        (string Operation, string Method, string Path, object? Values, object? Body, object? Query)[] calls =
        [
            ("notes.get", "GET", "/v1/notes/n1", new { note = "n1" }, null, null),
            ("notes.get", "GET", "/v1/notes/absent", new { note = "absent" }, null, null),
            ("notes.get", "GET", "/v1/notes/n1?limit=0&odd=1", new { note = "n1" }, null,
                new { limit = "0", odd = "1" }),
            ("notes.create", "POST", "/v1/notes", null, new { text = "", loud = 3, odd = 1 }, null),
            ("notes.create", "POST", "/v1/notes", null, new[] { 1 }, null),
            ("notes.refuse", "POST", "/v1/refused", null, new { text = "x" }, null),
            ("notes.fail", "GET", "/v1/failing/x", new { note = "x" }, null, null),
        ];
        foreach (var call in calls)
        {
            var http = await HttpAnswer.Send(client, call.Method, call.Path, call.Body);
            var direct = await server.InProcess.Invoke(caller, call.Operation, call.Values, call.Body, call.Query);
            var bytes = direct.Problem is { } problem
                ? problems.Serialize(problem, RequestId.New(server.Clock.GetUtcNow()))
                : direct.Body.ToArray();

            WithoutIds(http.Text).Should().Be(WithoutIds(System.Text.Encoding.UTF8.GetString(bytes)));
            http.Status.Should().Be(direct.Status);
        }
    }

    [Fact]
    public async Task A_change_without_an_audit_entry_does_not_commit()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        var before = await Rows.Count(server);

        var answer = await server.InProcess.Invoke(who.Caller, "notes.create_unaudited", body: new { text = "x" });

        answer.Problem!.Type.Should().Be(GateProblems.Unknown);
        (await Rows.Count(server)).Counts.Should().BeEquivalentTo(before.Counts);
    }

    [Fact]
    public async Task A_change_leaves_one_entry_one_event_and_one_count()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        var before = await Rows.Count(server);

        await server.InProcess.Call(who.Caller, "notes.create", body: new { text = "x" });

        var after = await Rows.Count(server);
        after.Counts.Where(t => t.Value != before.Counts[t.Key]).Select(t => (t.Key, t.Value - before.Counts[t.Key]))
            .Should().BeEquivalentTo([("note", 1L), ("audit_entry", 1L), ("outbox_event", 1L), ("usage_event", 1L)]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unknown_failure_is_a_bare_500_with_a_request_id(bool beforeTheCallerIsKnown)
    {
        var notes = new Notes();
        await using var server = await TestServer.Start(services =>
        {
            notes.AddTo(services);
            if (beforeTheCallerIsKnown) services.AddSingleton<IResolver, FailingResolver>();
        });
        using var client = server.With(beforeTheCallerIsKnown ? "some-token" : null);

        var answer = await HttpAnswer.Send(client, "GET", "/v1/failing/x");

        answer.Status.Should().Be(500);
        answer.Code.Should().Be("internal_error");
        answer.Header("Castellan-Request-Id").Should().Be(answer.Json["request_id"]!.ToString());
        (answer.Text + answer.Response.Headers).Should().NotContain("hunter2").And.NotContain("Exception");
    }

    [Fact]
    public async Task A_client_that_leaves_before_the_change_changes_nothing()
    {
        var (server, notes) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        using var client = server.With(who.Secret);
        using var leave = new CancellationTokenSource();
        // A body that never ends: the server waits for it when the client leaves.
        using var stream = new NeverEnding(leave.Token);
        using var content = new StreamContent(stream);
        content.Headers.ContentType = new("application/json");
        var before = await Rows.Count(server);

        var call = client.PostAsync("/v1/notes", content, leave.Token);
        await stream.Asked;
        await leave.CancelAsync();

        await FluentActions.Awaiting(() => call).Should().ThrowAsync<OperationCanceledException>();
        notes.Executed.Should().Be(0);
        (await Rows.Count(server)).Counts.Should().BeEquivalentTo(before.Counts);
    }

    [Fact]
    public async Task A_client_that_leaves_during_the_change_finds_it_done()
    {
        var (server, notes) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        using var client = server.With(who.Secret);
        using var leave = new CancellationTokenSource();
        using var left = new ManualResetEventSlim();
        var inside = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        notes.InsideChange = () =>
        {
            inside.TrySetResult();
            left.Wait(2_000);
        };

        using var content = new StringContent("""{"text": "x"}""", null, "application/json");
        var call = client.PostAsync("/v1/notes", content, leave.Token);
        await inside.Task;
        await leave.CancelAsync();
        await FluentActions.Awaiting(() => call).Should().ThrowAsync<OperationCanceledException>();
        left.Set();

        await Poll.Until(async () => (await Notes.Stored(server)).Count == 1);
    }

    [Fact]
    public async Task Denials_are_written_one_by_one_and_then_as_a_number()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server, permissions: ["notes.get"]);
        var caller = who.Caller with { Permissions = ["notes.get"] };

        for (var i = 0; i < 9; i++)
        {
            var answer = await server.InProcess.Invoke(caller, "notes.create", body: new { text = "x" });
            answer.Problem!.Type.Should().Be(GateProblems.PermissionDenied);
            answer.Problem.Decision.Should().NotBeNull();
        }
        await Poll.Until(async () => (await Denied(server)).Count == 5);
        server.Clock.Advance(TimeSpan.FromSeconds(61));
        await Poll.Until(async () =>
        {
            server.Clock.Advance(TimeSpan.FromSeconds(20));
            return (await Denied(server)).Count == 6;
        });

        (await Denied(server)).Should().BeEquivalentTo(
            [.. Enumerable.Repeat("permission_denied", 5), "permission_denied, 4 more times"]);
        (await Notes.Stored(server)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_stale_version_is_refused_and_the_current_one_taken()
    {
        await using var server = await TestServer.Start();
        var who = await Credentials.Register(server);
        Task<Answer> Rename(string name, string? ifMatch) => server.InProcess.Invoke(
            InProcess.Owner, "apps.update", path: new { app = who.App.Value }, body: new { name }, ifMatch: ifMatch);

        (await Rename("A", "\"1\"")).Status.Should().Be(200);
        (await Rename("B", "\"1\"")).Problem!.Type.Should().Be(GateProblems.VersionConflict);
        (await Rename("C", "W/\"2\"")).Problem!.Type.Should().Be(GateProblems.VersionConflict);
        (await Rename("D", "")).Problem!.Type.Should().Be(GateProblems.VersionConflict);
        (await Rename("E", "\"9\", \"2\"")).Status.Should().Be(200);
        (await Rename("F", "*")).Status.Should().Be(200);
        (await Rename("G", null)).Status.Should().Be(200);
    }

    [Fact]
    public async Task A_precondition_on_what_has_no_version_is_refused_and_never_ignored()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        Task<Answer> Create(string ifMatch) => server.InProcess.Invoke(
            who.Caller, "notes.create", body: new { text = "x" }, ifMatch: ifMatch);

        (await Create("\"1\"")).Problem!.Type.Should().Be(GateProblems.VersionConflict);
        (await Notes.Stored(server)).Should().BeEmpty();
        (await Create("*")).Status.Should().Be(201);
    }

    [Theory]
    [InlineData("frozen", "app_frozen")]
    [InlineData("retired", "app_retired")]
    public async Task A_stopped_app_is_refused_from_the_next_call_on(string state, string code)
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        (await Write(server, who)).Status.Should().Be(201);

        await who.Move(server, state);

        (await Write(server, who)).Code.Should().Be(code);
        using var client = server.With(who.Secret);
        (await HttpAnswer.Send(client, "GET", "/v1/notes/n")).Status.Should().Be(state == "frozen" ? 200 : 403);
    }

    [Theory]
    [Trait("Engine", "postgres")]
    [InlineData("frozen", "app_frozen")]
    [InlineData("retired", "app_retired")]
    public async Task A_stopped_app_is_refused_on_another_node_within_a_second(string state, string code)
    {
        var (one, _) = await Notes.Start();
        await using var _ = one;
        await using var two = await one.StartNode(new Notes().AddTo);
        var who = await Credentials.Register(one);
        (await Write(two, who)).Status.Should().Be(201);

        await who.Move(one, state);
        one.Clock.Advance(TimeSpan.FromSeconds(1));

        (await Write(one, who)).Code.Should().Be(code);
        (await Write(two, who)).Code.Should().Be(code);
    }

    [Fact]
    public async Task Storage_that_is_full_or_overloaded_is_said_and_nothing_is_changed()
    {
        var notes = new Notes();
        await using var server = await TestServer.Start(notes.AddTo);
        await server.Database.RunScript(
            "create table note (id text primary key, text text not null);", CancellationToken.None);
        var who = await Credentials.Register(server);
        foreach (var (failure, status, code) in new[]
        {
            (StorageFailure.Full, 507, "storage_full"), (StorageFailure.Overloaded, 503, "unavailable"),
            (StorageFailure.TimedOut, 503, "unavailable"), (StorageFailure.Unavailable, 503, "unavailable"),
            (StorageFailure.OutcomeUnknown, 503, "outcome_unknown"),
        })
        {
            notes.InsideChange = () => throw new StorageException(failure, "disk /dev/sda1");
            var answer = await Write(server, who);
            (answer.Status, answer.Code).Should().Be((status, code));
            answer.Json["retryable"]!.GetValue<bool>().Should().BeTrue();
            if (status == 503) answer.Header("Retry-After").Should().Be("1");
            answer.Text.Should().NotContain("sda1");
        }
        (await Notes.Stored(server)).Should().BeEmpty();
    }

    private static async Task<HttpAnswer> Write(TestServer server, Credentials who)
    {
        using var client = server.With(who.Secret);
        return await HttpAnswer.Send(client, "POST", "/v1/notes", new { text = "x" });
    }

    private static ValueTask<List<string>> Denied(TestServer server) => server.Database.Many(
        $"select reason from audit_entry where outcome = 'denied' order by id", row => row.Text());

    private static string WithoutIds(string text) => Ids().Replace(text, "${kind}_");

    [GeneratedRegex("(?<kind>req|dec)_[0-9a-z]{26}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Ids();
}
