using System.Collections.Concurrent;
using AwesomeAssertions;
using Castellan.Kernel.Nodes;
using Castellan.Platform;
using Castellan.Platform.Storage;
using Castellan.Tests.Migrations;

namespace Castellan.Tests.Kernel.Nodes;

/// <summary>No notice is passed over, in whichever order transactions are numbered and committed.</summary>
[Trait("Engine", "postgres")]
public sealed class NoticeStoreTests(ITestOutputHelper output) : IAsyncLifetime
{
    private Migrated migrated = null!;
    private IListening listening = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        migrated = await Migrated.Create();
        listening = await migrated.Database.Listen(NoticeStore.Channel, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        await listening.DisposeAsync();
        await migrated.DisposeAsync();
    }

    [Fact]
    public async Task One_that_was_begun_first_and_committed_last_is_heard_once()
    {
        var (written, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var start = (await NoticeStore.Since(listening, last: null, Ct)).Revision;
        var first = migrated.Database.Transact(async write =>
        {
            await write.Run(Insert("first"));
            written.SetResult();
            await release.Task;
            return 0;
        }).AsTask();
        await written.Task;
        await migrated.Database.Transact(write => write.Run(Insert("second")));

        var before = await NoticeStore.Since(listening, start, Ct);
        release.SetResult();
        await first;
        var after = await NoticeStore.Since(listening, before.Revision, Ct);
        var nothing = await NoticeStore.Since(listening, after.Revision, Ct);

        before.Notices.Should().Equal(new Notice("test", "second"));
        after.Notices.Should().Equal(new Notice("test", "first"));
        nothing.Notices.Should().BeEmpty();
        before.Continues(start).Should().BeTrue();
    }

    [Fact]
    public async Task Of_many_writers_that_end_in_any_order_every_notice_is_heard_exactly_once()
    {
        var seed = SeededNumbers.Seed(output);
        var (heard, made) = (new List<Notice>(), new ConcurrentBag<Notice>());
        var revision = (await NoticeStore.Since(listening, last: null, Ct)).Revision;
        var writers = Enumerable.Range(0, 6).Select(writer => Task.Run(async () =>
        {
            var numbers = new SeededNumbers(seed + writer);
            for (var i = 0; i < 40; i++)
            {
                var key = $"{writer}-{i}";
                var gone = numbers.Below(5) == 0;
                try
                {
                    await migrated.Database.Transact(async write =>
                    {
                        await write.Run(Insert(key));
                        for (var wait = numbers.Below(4); wait > 0; wait--)
                            await write.One($"select pg_sleep(0.002)::text", row => row.Text());
                        if (gone) throw new InvalidDataException();
                        return 0;
                    });
                    made.Add(new Notice("test", key));
                }
                catch (InvalidDataException)
                {
                    // Rolled back: nobody may hear of it.
                }
            }
        })).ToList();

        var writing = Task.WhenAll(writers);
        do
        {
            var news = await NoticeStore.Since(listening, revision, Ct);
            news.Continues(revision).Should().BeTrue();
            heard.AddRange(news.Notices);
            revision = news.Revision;
        }
        while (!writing.IsCompleted);
        await writing;
        heard.AddRange((await NoticeStore.Since(listening, revision, Ct)).Notices);

        heard.Should().HaveCountGreaterThan(100).And.BeEquivalentTo(made);
    }

    [Fact]
    public async Task More_than_is_heard_at_once_is_a_new_beginning()
    {
        var start = (await NoticeStore.Since(listening, last: null, Ct)).Revision;
        await migrated.Database.Transact(write => write.Run($"""
            insert into node_notice (topic, key)
            select 'test', n::text from generate_series(1, {Limits.NoticesAtOnce + 1L}) n
            """));

        (await NoticeStore.Since(listening, start, Ct)).Continues(start).Should().BeFalse();
    }

    [Fact]
    public async Task Many_of_a_topic_are_told_as_all_of_it()
    {
        var start = (await NoticeStore.Since(listening, last: null, Ct)).Revision;
        var many = Enumerable.Range(0, 100).Select(i => new Notice("many", $"{i}"));
        await migrated.Database.Transact(write =>
            write.Run(NoticeStore.Record([.. many, new Notice("one", "a"), new Notice("all", "b"), new("all", "")])));

        (await NoticeStore.Since(listening, start, Ct)).Notices.Should().BeEquivalentTo(
            [new Notice("many", ""), new Notice("one", "a"), new Notice("all", "")]);
    }

    [Fact]
    public async Task Who_waits_is_woken_by_one_who_speaks()
    {
        var waiting = listening.Wait(TimeSpan.FromMinutes(5), Ct).AsTask();
        await new NoticeStore(migrated.Database).Speak(Ct);
        await waiting.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Theory]
    [InlineData(1_000, 1, true)]
    [InlineData(1_000 + (5 * 60 * 1000), 1, true)]
    [InlineData(1_001 + (5 * 60 * 1000), 1, false)]
    [InlineData(999, 1, false)]
    [InlineData(1_250, 2, false)]
    public void A_revision_follows_one_of_the_same_start_that_is_not_long_ago(long at, long started, bool follows) =>
        new Revision(at, started, "1:1:").Follows(new Revision(1_000, 1, "1:1:")).Should().Be(follows);

    private static Sql Insert(string key) => $"insert into node_notice (topic, key) values ({"test"}, {key})";
}
