using System.Diagnostics;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tests.Kernel;

namespace Castellan.Tests.Platform;

/// <summary>A commit whose answer is lost: the caller hears that nobody knows, and a repeat settles it.</summary>
[Trait("Engine", "postgres")]
public sealed class LostCommitTests
{
    private const string Marker = "lost-in-the-middle";
    private static readonly (string, string) Key = ("Idempotency-Key", "a-key-of-one-request");

    [Theory]
    [InlineData(Loss.Answer, "true")]
    [InlineData(Loss.Request, null)]
    public async Task A_repeat_with_the_same_key_gets_the_answer_or_does_it(Loss loss, string? replayed)
    {
        await using var stage = await Stage.Start();
        using var client = stage.Node.With(stage.Who.Secret);
        Task<HttpAnswer> Post() => HttpAnswer.Send(client, "POST", "/v1/notes", new { text = Marker }, Key);

        stage.Proxy.Lose(loss, Marker);
        var lost = await Post();
        var again = await Post();

        (lost.Status, lost.Code).Should().Be((503, "outcome_unknown"));
        lost.Json["retryable"]!.GetValue<bool>().Should().BeTrue();
        lost.Header("Retry-After").Should().Be("1");
        again.Status.Should().Be(201);
        again.Header("Idempotent-Replayed").Should().Be(replayed);
        (await Notes.Stored(stage.Server)).Should().Equal(Marker);
        (await stage.Server.Database.Many(
            $"select id from audit_entry where action = 'notes.create'", row => row.Text(), Ct))
            .Should().ContainSingle();
    }

    [Fact]
    public async Task What_memory_knew_is_forgotten_because_it_may_be_over()
    {
        await using var stage = await Stage.Start();
        using var client = stage.Node.With(stage.Who.Secret);
        Task<HttpAnswer> Post() => HttpAnswer.Send(client, "POST", "/v1/notes", new { text = "x" });
        (await Post()).Status.Should().Be(201);

        stage.Proxy.Lose(Loss.Answer, stage.Who.Key.Value);
        var revoked = await stage.Node.InProcess.Invoke(InProcess.Owner, "keys.revoke", path: new
        {
            app = stage.Who.App.Value, environment = "sandbox", key = stage.Who.Key.Value,
        }, body: new { reason = "a test" });

        revoked.Problem!.Type.Should().Be(GateProblems.OutcomeUnknown);
        // The clock stands still, so that nothing is forgotten by itself.
        (await Post()).Code.Should().Be("credential_invalid");
    }

    [Theory]
    [InlineData(Loss.Answer, true)]
    [InlineData(Loss.Answer, false)]
    [InlineData(Loss.Silence, true)]
    [InlineData(Loss.Silence, false)]
    public async Task A_whole_transaction_in_one_batch_is_unknown_too_and_silence_ends_at_the_bound(
        Loss loss, bool inOneBatch)
    {
        await using var files = await TestDatabase.Create();
        await using var proxy = new PostgresProxy(files.Postgres!);
        await using var direct = files.Open();
        await direct.RunScript("create table item (name text primary key);", CancellationToken.None);
        await using var database = new PostgresDatabase(proxy.ConnectionString, changeTimeMs: 1_000);
        var evicted = false;

        proxy.Lose(loss, Marker);
        var began = Stopwatch.GetTimestamp();
        var act = () => database.Transact(async t =>
        {
            t.AfterCommit(() => evicted = true);
            if (inOneBatch) await t.Queue($"insert into item (name) values ({Marker})");
            else await t.Run($"insert into item (name) values ({Marker})");
            return 0;
        }).AsTask();

        (await act.Should().ThrowAsync<StorageException>()).Which.Failure.Should().Be(StorageFailure.OutcomeUnknown);
        Stopwatch.GetElapsedTime(began).Should().BeLessThan(TimeSpan.FromSeconds(10));
        evicted.Should().BeTrue();
        (await direct.Many($"select name from item", row => row.Text(), Ct)).Should().Equal(Marker);
        (await database.Many($"select name from item", row => row.Text(), Ct)).Should().Equal(Marker);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>A server on its database, and beside it a node that reaches the same one through the proxy.</summary>
    private sealed class Stage : IAsyncDisposable
    {
        private Stage(TestServer server, TestServer node, PostgresProxy proxy, Credentials who) =>
            (Server, Node, Proxy, Who) = (server, node, proxy, who);

        public TestServer Server { get; }

        public TestServer Node { get; }

        public PostgresProxy Proxy { get; }

        public Credentials Who { get; }

        public static async Task<Stage> Start()
        {
            var (server, _) = await Notes.Start();
            var proxy = new PostgresProxy(server.Postgres!);
            var node = await server.StartNode(new Notes().AddTo, "--Postgres", proxy.ConnectionString);
            return new Stage(server, node, proxy, await Credentials.Register(server));
        }

        public async ValueTask DisposeAsync()
        {
            await Node.DisposeAsync();
            await Proxy.DisposeAsync();
            await Server.DisposeAsync();
        }
    }
}
