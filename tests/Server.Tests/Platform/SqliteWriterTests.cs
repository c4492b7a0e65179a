using AwesomeAssertions;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Platform;

/// <summary>Group commit: who fails, who lives, and what is acknowledged.</summary>
[Trait("Engine", "sqlite")]
public sealed class SqliteWriterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("castellan-writer-").FullName;
    private readonly SqliteWriter writer;

    public SqliteWriterTests() => writer = Open(folder);

    public void Dispose()
    {
        writer.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_member_that_fails_is_rolled_back_alone()
    {
        var members = await InOneBatch(writer, 9, (t, i) => i == 4
            ? InsertThen(t, "guilty", () => throw new InvalidOperationException("Refused."))
            : Insert(t, $"m{i}"));

        members.Where(m => m.IsFaulted).Should().ContainSingle().Which.Should().BeSameAs(members[4]);
        (await Names(folder)).Should().Equal("m0", "m1", "m2", "m3", "m5", "m6", "m7", "m8");
        (await Positions(folder)).Should().Equal(Enumerable.Range(1, 8).Select(i => $"{i}"));
    }

    [Fact]
    public async Task A_batch_runs_again_only_for_what_was_written_and_then_keeps_savepoints()
    {
        var runs = 0;
        ValueTask<int> Counted(ITransaction t, int i, Func<ValueTask<int>> guilty)
        {
            runs++;
            return i == 2 ? guilty() : Insert(t, $"m{runs:000}");
        }
        Task<List<Task<int>>> Batch(Func<ITransaction, ValueTask<int>> guilty) =>
            InOneBatch(writer, 5, (t, i) => Counted(t, i, () => guilty(t)));
        ValueTask<int> Written(ITransaction t) =>
            InsertThen(t, "guilty", () => throw new InvalidOperationException("Refused."));

        await Batch(_ => throw new InvalidOperationException("Refused before it wrote."));
        runs.Should().Be(5);
        await Batch(Written);
        runs.Should().Be(5 + (3 + 2 + 2));
        await Batch(Written);
        runs.Should().Be(5 + (3 + 2 + 2) + 5);
        (await Names(folder)).Should().HaveCount(12).And.NotContain("guilty");
    }

    [Fact]
    public async Task A_full_disk_fails_the_member_that_needs_it_and_loses_nothing_acknowledged()
    {
        // A bound on pages gives SQLITE_FULL as a full disk does, at the statement that wants the next page.
        await writer.Alone(c => c.Script("pragma max_page_count = 40;"));
        var members = await InOneBatch(writer, 9, (t, i) => Insert(t, $"m{i}", i == 4 ? 1_000_000 : 10));

        Failures(members).Should().Equal(4);
        (await Names(folder)).Should().Equal("m0", "m1", "m2", "m3", "m5", "m6", "m7", "m8");

        // Until nothing fits at all: each answer is true.
        var many = await InOneBatch(writer, 100, (t, i) => Insert(t, $"n{i:000}", 3_000));
        Failures(many).Should().NotBeEmpty();
        var stored = (await Names(folder)).Where(n => n[0] == 'n');
        stored.Should().Equal(many.Select((m, i) => (m, i)).Where(x => x.m.IsCompletedSuccessfully)
            .Select(x => $"n{x.i:000}"));
    }

    [Fact]
    public async Task A_disk_that_is_really_full_loses_nothing_acknowledged()
    {
        using var disk = SmallDisk.Mount(megabytes: 1);
        TestNotes.Write($"full disk: tried on {disk.Kind}");
        using var small = Open(disk.Folder);
        if (!disk.IsReal) await small.Alone(c => c.Script("pragma max_page_count = 100;"));
        var acknowledged = new List<string>();
        var refused = 0;
        for (var round = 0; round < 40 && refused < 3; round++)
        {
            var members = await InOneBatch(small, 10, (t, i) => Insert(t, $"r{round:00}-{i}", i == 5 ? 20_000 : 500));
            acknowledged.AddRange(members.Select((m, i) => (m, i)).Where(x => x.m.IsCompletedSuccessfully)
                .Select(x => $"r{round:00}-{x.i}"));
            if (Failures(members).Any()) refused++;
        }

        refused.Should().BePositive();
        (await Names(disk.Folder)).Should().Equal(acknowledged);
    }

    [Fact]
    public async Task A_member_over_its_time_fails_alone()
    {
        var runs = new int[7];
        var members = await InOneBatch(writer, 7, (t, i) =>
        {
            runs[i]++;
            return i == 3 ? InsertThen(t, "slow", () => Spin(t)) : Insert(t, $"m{i}");
        });

        Failures(members).Should().Equal(3);
        ((StorageException)members[3].Exception!.InnerException!).Failure.Should().Be(StorageFailure.TimedOut);
        runs[3].Should().Be(1, "it would only be slow again");
        (await Names(folder)).Should().Equal("m0", "m1", "m2", "m4", "m5", "m6");
    }

    [Fact]
    public async Task A_member_that_is_slow_outside_of_the_database_fails_too()
    {
        var slow = () => writer.Transact(t =>
        {
            var end = Environment.TickCount64 + 400;
            while (Environment.TickCount64 < end) Thread.SpinWait(1000);
            return Insert(t, "slow");
        }).AsTask();

        (await slow.Should().ThrowAsync<StorageException>()).Which.Failure.Should().Be(StorageFailure.TimedOut);
        (await Names(folder)).Should().BeEmpty();
    }

    [Fact]
    public async Task Statements_after_the_engine_ended_the_transaction_do_not_commit_by_themselves()
    {
        // An interrupted write makes SQLite end the whole transaction; a delegate that swallows it goes on alone.
        var members = await InOneBatch(writer, 3, (t, i) => i == 1
            ? InsertThen(t, "guilty", () =>
            {
                try
                {
                    t.Run(Sql.Of($"""
                        insert into item (name, size) with recursive n(i) as
                        (select 1 union all select i + 1 from n where i < 100000000) select 'x' || i, i from n
                        """)).AsTask().GetAwaiter().GetResult();
                }
                catch (StorageException)
                {
                    Insert(t, "stray").AsTask().GetAwaiter().GetResult();
                }
            })
            : Insert(t, $"m{i}"));

        Failures(members).Should().Equal(1);
        (await Names(folder)).Should().Equal("m0", "m2");
    }

    [Fact]
    public async Task A_member_that_awaits_something_else_fails_and_never_touches_another_transaction()
    {
        var gate = new TaskCompletionSource();
        Exception? late = null;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var members = await InOneBatch(writer, 3, async (t, i) =>
        {
            if (i == 1)
            {
                await Insert(t, "before");
                await gate.Task;
                try
                {
                    await Insert(t, "after");
                }
                catch (InvalidOperationException refused)
                {
                    late = refused;
                }
                ended.SetResult();
            }
            // The continuation of the other member runs here, on the writer's thread, in this member's transaction.
            if (i == 2) gate.SetResult();
            return await Insert(t, $"m{i}");
        });
        await ended.Task;

        Failures(members).Should().Equal(1);
        late.Should().NotBeNull();
        (await Names(folder)).Should().Equal("m0", "m2");
    }

    [Fact]
    public async Task A_member_that_comes_back_on_another_thread_is_refused()
    {
        Exception? late = null;
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var act = () => writer.Transact(async t =>
        {
            await Task.Yield();
            try
            {
                return await Insert(t, "elsewhere");
            }
            catch (InvalidOperationException refused)
            {
                late = refused;
                throw;
            }
            finally
            {
                ended.SetResult();
            }
        }).AsTask();

        await act.Should().ThrowAsync<InvalidOperationException>();
        await ended.Task;
        late.Should().NotBeNull();
        (await Names(folder)).Should().BeEmpty();
    }

    [Fact]
    public async Task An_eviction_ends_the_batch_so_that_the_next_member_sees_memory_as_committed()
    {
        var memory = "old";
        var seen = new string[5];
        var members = await InOneBatch(writer, 5, (t, i) =>
        {
            seen[i] = memory;
            if (i == 2) t.AfterCommit(() => memory = "new");
            return Insert(t, $"m{i}");
        });

        Failures(members).Should().BeEmpty();
        seen.Should().Equal("old", "old", "old", "new", "new");
    }

    [Fact]
    public async Task Too_long_a_queue_is_refused_at_once_and_what_waits_is_done()
    {
        using var hold = new ManualResetEventSlim();
        await Hold(writer, hold);
        var waiting = Enumerable.Range(0, Limits.ChangesQueued)
            .Select(i => writer.Transact(t => Insert(t, $"q{i:0000}")).AsTask()).ToList();

        var act = () => writer.Transact(t => Insert(t, "more")).AsTask();

        (await act.Should().ThrowAsync<StorageException>()).Which.Failure.Should().Be(StorageFailure.Overloaded);
        hold.Set();
        await Task.WhenAll(waiting);
        (await Names(folder)).Should().HaveCount(Limits.ChangesQueued);
    }

    [Fact]
    public async Task Disposal_finishes_what_waits_and_refuses_what_comes()
    {
        var place = Directory.CreateTempSubdirectory("castellan-writer-").FullName;
        var ending = Open(place);
        using var hold = new ManualResetEventSlim();
        await Hold(ending, hold);
        var waiting = Enumerable.Range(0, 300)
            .Select(i => ending.Transact(t => Insert(t, $"w{i:000}")).AsTask()).ToList();

        var disposal = Task.Run(ending.Dispose, TestContext.Current.CancellationToken);
        hold.Set();
        await disposal;
        await Task.WhenAll(waiting);

        var act = () => ending.Transact(t => Insert(t, "late")).AsTask();
        (await act.Should().ThrowAsync<StorageException>()).Which.Failure.Should().Be(StorageFailure.Unavailable);
        (await Names(place)).Should().HaveCount(300);
        Directory.Delete(place, recursive: true);
    }

    private static SqliteWriter Open(string folder)
    {
        var opened = new SqliteWriter(Path.Combine(folder, "test.db"), changeTimeMs: 250);
        const string Table =
            "create table item (position integer primary key, name text unique, size integer, fill blob) strict;";
        opened.Alone(c => c.Script(Table)).AsTask().GetAwaiter().GetResult();
        return opened;
    }

    /// <summary>Holds the writer until all are queued, so that they are one batch. The tasks have ended.</summary>
    private static async Task<List<Task<int>>> InOneBatch(
        SqliteWriter writer, int count, Func<ITransaction, int, ValueTask<int>> member)
    {
        using var hold = new ManualResetEventSlim();
        await Hold(writer, hold);
        var members = Enumerable.Range(0, count).Select(i => writer.Transact(t => member(t, i)).AsTask()).ToList();
        hold.Set();
        await Task.WhenAll(members).ContinueWith(_ => { }, TaskScheduler.Default);
        return members;
    }

    /// <summary>Keeps the writer busy until the event is set; it has begun when this returns.</summary>
    private static async Task Hold(SqliteWriter writer, ManualResetEventSlim until)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = writer.Alone(_ =>
        {
            begun.SetResult();
            until.Wait();
        }).AsTask();
        await begun.Task;
    }

    private static IEnumerable<int> Failures(List<Task<int>> members) =>
        members.Select((m, i) => (m, i)).Where(x => x.m.IsFaulted).Select(x => x.i);

    private static ValueTask<int> Insert(ITransaction transaction, string name, int size = 10) => transaction.Run(
        $"insert into item (name, size, fill) values ({name}, {(long)size}, {new byte[size]})");

    private static async ValueTask<int> InsertThen(ITransaction transaction, string name, Action then)
    {
        var changed = await Insert(transaction, name);
        then();
        return changed;
    }

    private static void Spin(ITransaction transaction) => transaction.One(
        Sql.Of($"""
            with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000000000)
            select cast(count(*) as text) from n
            """), row => row.Text()).AsTask().GetAwaiter().GetResult();

    // Read by another connection: what a restart would find.
    private static async Task<List<string>> Names(string folder) => await Read(folder, "name");

    private static async Task<List<string>> Positions(string folder) => await Read(folder, "cast(position as text)");

    private static async Task<List<string>> Read(string folder, string column)
    {
        using var reader = new SqliteConnectionHandle(Path.Combine(folder, "test.db"), readOnly: true);
        return await Task.FromResult(
            reader.Many($"select {new Raw(column)} from item order by position", row => row.Text()));
    }
}
