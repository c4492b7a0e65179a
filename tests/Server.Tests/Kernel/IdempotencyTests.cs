using System.Text.Json.Nodes;
using AwesomeAssertions;
using Castellan.Kernel;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Kernel;

public sealed class IdempotencyTests
{
    private const string Key = "0b0e9c7a";

    [Fact]
    public async Task Of_concurrent_calls_with_one_key_one_executes_and_the_others_are_told_to_wait()
    {
        var (server, notes) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        notes.BeforeChange = () =>
        {
            begun.TrySetResult();
            return goOn.Task;
        };

        var first = Create(server, who.Caller);
        await begun.Task;
        var others = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => Create(server, who.Caller)));
        goOn.SetResult();

        (await first).Status.Should().Be(201);
        others.Should().AllSatisfy(o => o.Problem!.Type.Should().Be(GateProblems.IdempotencyInFlight));
        others.Should().AllSatisfy(o => o.Problem!.RetryAfter.Should().NotBeNull());
        (await Create(server, who.Caller)).Replayed.Should().BeTrue();
        notes.Executed.Should().Be(1);
        (await Notes.Stored(server)).Should().HaveCount(1);
    }

    [Fact]
    public async Task What_is_kept_of_a_request_cannot_be_guessed_without_the_installations_key()
    {
        static async Task<List<string>> Kept()
        {
            await using var server = await TestServer.Start();
            await server.InProcess.Invoke(
                InProcess.Owner, "apps.create", body: new { name = "Portal", owner = "ops" }, idempotencyKey: Key);
            return await server.Database.Many(
                $"select lookup, fingerprint from idempotency",
                row => Convert.ToHexStringLower(row.Bytes()) + Convert.ToHexStringLower(row.Bytes()),
                TestContext.Current.CancellationToken);
        }

        var (one, other) = (await Kept(), await Kept());

        one.Should().ContainSingle();
        other.Should().ContainSingle().Which[..32].Should().NotBe(one[0][..32]);
        other[0][32..].Should().NotBe(one[0][32..]);
    }

    [Fact]
    public async Task A_storm_of_repeats_executes_once_and_answers_alike()
    {
        var (server, notes) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(_ => Task.Run(() => Create(server, who.Caller))));

        notes.Executed.Should().Be(1);
        answers.Where(a => a.Problem is null).Select(a => Convert.ToHexString(a.Body.Span)).Distinct()
            .Should().ContainSingle();
        answers.Where(a => a.Problem is not null).Should()
            .AllSatisfy(a => a.Problem!.Type.Should().Be(GateProblems.IdempotencyInFlight));
        (await Notes.Stored(server)).Should().HaveCount(1);
    }

    [Fact]
    [Trait("Engine", "postgres")]
    public async Task Of_two_nodes_with_one_key_the_loser_rolls_back_and_gives_the_winners_answer()
    {
        var (one, notes) = await Notes.Start();
        await using var _ = one;
        var others = new Notes();
        await using var two = await one.StartNode(others.AddTo);
        var who = await Credentials.Register(one);
        // Both have found no stored answer before either writes.
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var arrived = 0;
        notes.BeforeChange = others.BeforeChange = () =>
        {
            if (Interlocked.Increment(ref arrived) == 2) both.SetResult();
            return both.Task;
        };

        var answers = await Task.WhenAll(Create(one, who.Caller), Create(two, who.Caller));

        answers.Should().AllSatisfy(a => a.Status.Should().Be(201));
        answers.Count(a => a.Replayed).Should().Be(1);
        answers[0].Body.ToArray().Should().Equal(answers[1].Body.ToArray());
        (await Notes.Stored(one)).Should().HaveCount(1);
        (await Count(one, "audit_entry where action = 'notes.create'")).Should().Be("1");
        (await Count(one, "outbox_event where type = 'note.created'")).Should().Be("1");
    }

    [Fact]
    public async Task A_refusal_is_not_stored_and_a_repeat_is_tried_again()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);

        var first = await Create(server, who.Caller, operation: "notes.refuse");
        var again = await Create(server, who.Caller, operation: "notes.refuse");

        first.Status.Should().Be(404);
        again.Should().Match<Answer>(a => a.Status == 404 && !a.Replayed);
        (await Count(server, "idempotency where operation = 'notes.refuse'")).Should().Be("0");
        (await Notes.Stored(server)).Should().BeEmpty();
    }

    [Fact]
    public async Task A_secret_is_shown_once_and_never_stored()
    {
        await using var server = await TestServer.Start();
        var who = await Credentials.Register(server);
        Task<Answer> Make() => server.InProcess.Invoke(InProcess.Owner, "keys.create",
            path: new { app = who.App.Value, environment = "sandbox" }, body: new { name = "n" }, idempotencyKey: Key);

        var first = await Make();
        var again = await Make();

        first.Status.Should().Be(201);
        again.Problem!.Type.Should().Be(GateProblems.SecretAlreadyShown);
        (await Count(server, "idempotency where body is not null and operation = 'keys.create'")).Should().Be("0");
        (await Count(server, "app_key where kind = 'secret'")).Should().Be("2");
    }

    [Fact]
    public async Task Another_input_under_the_same_key_is_a_conflict()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);

        await Create(server, who.Caller, "one");
        var other = await Create(server, who.Caller, "two");

        other.Problem!.Type.Should().Be(GateProblems.IdempotencyKeyReused);
        (await Notes.Stored(server)).Should().Equal("one");
    }

    [Fact]
    public async Task A_key_belongs_to_its_caller_environment_and_operation()
    {
        var (server, notes) = await Notes.Start();
        await using var _ = server;
        var one = await Credentials.Register(server, "One");
        var two = await Credentials.Register(server, "Two");

        var answers = new[]
        {
            await Create(server, one.Caller), await Create(server, two.Caller),
            await Create(server, Caller.OfKey("live", one.App, one.Key, ["*"])),
        };

        answers.Take(2).Should().AllSatisfy(a => a.Replayed.Should().BeFalse());
        answers[2].Problem!.Type.Code.Should().Be("app_not_live");
        notes.Executed.Should().Be(2);
    }

    [Fact]
    public async Task A_key_is_free_again_when_its_day_is_over()
    {
        var (server, notes) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);

        await Create(server, who.Caller, "one");
        server.Clock.Advance(IdempotencyStore.Kept + TimeSpan.FromSeconds(1));
        var later = await Create(server, who.Caller, "two");

        later.Status.Should().Be(201);
        (await Create(server, who.Caller, "two")).Replayed.Should().BeTrue();
        (await Notes.Stored(server)).Should().Equal("one", "two");
    }

    [Fact]
    public async Task Answers_that_have_expired_are_removed_within_the_hour()
    {
        var (server, _) = await Notes.Start();
        await using var stopped = server;
        var who = await Credentials.Register(server);

        await Create(server, who.Caller);
        (await Count(server, "idempotency")).Should().NotBe("0");

        await Poll.Until(
            async () => await Count(server, "idempotency") == "0",
            eachTime: () => server.Clock.Advance(TimeSpan.FromHours(1)));
    }

    [Fact]
    public async Task Over_http_a_repeat_says_so_and_odd_keys_are_refused_rather_than_ignored()
    {
        var (server, _) = await Notes.Start();
        await using var _ = server;
        var who = await Credentials.Register(server);
        using var client = server.With(who.Secret);
        Task<HttpAnswer> Post(params string[] keys) => HttpAnswer.Send(
            client, "POST", "/v1/notes", new { text = "x" }, [.. keys.Select(k => ("Idempotency-Key", k))]);

        var first = await Post(Key);
        var again = await Post(Key);
        var tooLong = await Post(new string('k', 256));
        var farTooLong = await Post(new string('k', 5_000));

        first.Header("Idempotent-Replayed").Should().BeNull();
        again.Header("Idempotent-Replayed").Should().Be("true");
        again.Text.Should().Be(first.Text);
        again.Header("ETag").Should().Be(first.Header("ETag"));
        tooLong.Status.Should().Be(422);
        farTooLong.Status.Should().Be(422);
        (await Notes.Stored(server)).Should().HaveCount(1);
    }

    [Fact]
    public async Task Who_is_nobody_has_no_answers_stored_and_the_description_promises_none()
    {
        await using var server = await TestServer.Start();
        var who = await Credentials.Register(server);
        using var browser = server.With(bearer: null, who.Publishable);
        Task<HttpAnswer> SignUp() => HttpAnswer.Send(browser, "POST", "/v1/auth/sign-up",
            new { email = "ada@example.com", password = "correct horse" }, ("Idempotency-Key", Key));

        (await SignUp()).Status.Should().Be(200);
        var again = await SignUp();

        again.Code.Should().Be("email_taken");
        again.Header("Idempotent-Replayed").Should().BeNull();
        (await Count(server, "idempotency where operation = 'users.sign_up'")).Should().Be("0");
        string[] anonymous = ["publishableKey", ""];
        foreach (var (write, described) in await Writes(server))
        {
            var credentials = described["security"]!.AsArray()
                .Select(s => s!.AsObject().Select(c => c.Key).SingleOrDefault() ?? "");
            var declares = described["parameters"]?.AsArray().Any(p => p!["name"]!.ToString() == "Idempotency-Key");
            (declares ?? false).Should().Be(credentials.Except(anonymous).Any(), write);
        }
    }

    private static async Task<IEnumerable<(string Name, JsonObject Described)>> Writes(TestServer server)
    {
        // Some questions are too long for an address, and come as a POST.
        var table = server.App.Services.GetRequiredService<OperationTable>().ByName;
        return (await HttpAnswer.Send(server.Http, "GET", "/openapi.json")).Json["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject())
            .Select(method => (method.Value!["operationId"]!.ToString(), method.Value.AsObject()))
            .Where(method => table[method.Item1].Writes);
    }

    private static Task<Answer> Create(
        TestServer server, Caller caller, string text = "x", string operation = "notes.create") =>
        server.InProcess.Invoke(caller, operation, body: new { text }, idempotencyKey: Key);

    private static async Task<string> Count(TestServer server, string from) => (await server.Database.One(
        $"select cast(count(*) as text) from {new Castellan.Platform.Storage.Raw(from)}", row => row.Text()))!;
}
