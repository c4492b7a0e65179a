using AwesomeAssertions;
using Castellan.Platform;
using Castellan.Platform.Storage;
using Npgsql;

namespace Castellan.Tests.Platform;

/// <summary>
/// What is PostgreSQL's own: shared round trips, conflicts that are tried again, connections given back clean.
/// </summary>
[Trait("Engine", "postgres")]
public sealed class PostgresTests : IAsyncLifetime
{
    private TestDatabase files = null!;
    private PostgresDatabase database = null!;

    public async ValueTask InitializeAsync()
    {
        files = await TestDatabase.Create();
        // One connection: whoever leaves it unclean spoils the next.
        database = Open(connections: 1);
        await database.RunScript(
            "create table item (name text primary key, size bigint not null);", CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        await files.DisposeAsync();
    }

    [Fact]
    public async Task Plans_are_not_compiled() =>
        (await database.One($"select current_setting('jit')", row => row.Text(), Ct)).Should().Be("off");

    [Fact]
    public async Task Begin_queued_statements_and_commit_are_one_transaction()
    {
        var ids = await database.Transact(async t =>
        {
            await t.Queue($"insert into item (name, size) values ({"a"}, {1L})");
            var first = await t.One($"select pg_current_xact_id()::text", row => row.Text());
            await t.Queue($"insert into item (name, size) values ({"b"}, {1L})");
            return first;
        });

        var stamps = await database.Many($"select distinct xmin::text from item", row => row.Text(), Ct);
        stamps.Should().Equal(ids);
    }

    [Fact]
    public async Task A_deadlock_is_resolved_by_running_one_side_again()
    {
        // PostgreSQL looks for deadlocks after a second; the bound is far from it, however busy the machine is.
        await using var two = Open(connections: 4, changeTimeMs: 30_000);
        await Insert("a");
        await Insert("b");
        var both = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (arrived, runs) = (0, 0);
        async Task<int> Lock(string first, string second)
        {
            var mine = 0;
            return await two.Transact(async t =>
            {
                Interlocked.Increment(ref runs);
                await t.Run($"update item set size = size + 1 where name = {first}");
                if (mine++ == 0)
                {
                    if (Interlocked.Increment(ref arrived) == 2) both.SetResult();
                    await both.Task.WaitAsync(Ct);
                }
                return await t.Run($"update item set size = size + 1 where name = {second}");
            });
        }

        await Task.WhenAll(Lock("a", "b"), Lock("b", "a"));

        runs.Should().Be(3);
        (await Sizes()).Should().Equal(3, 3);
    }

    [Fact]
    public async Task A_conflict_that_never_ends_is_given_up_as_unavailable()
    {
        var runs = 0;
        var act = () => database.Transact(async t =>
        {
            runs++;
            await t.Queue($"insert into item (name, size) values ({"a"}, {1L})");
            return await t.Run($"do $body$ begin raise exception 'conflict' using errcode = '40001'; end $body$");
        }).AsTask();

        (await act.Should().ThrowAsync<StorageException>()).Which.Failure.Should().Be(StorageFailure.Unavailable);
        runs.Should().Be(Limits.ChangeAttempts);
        (await Sizes()).Should().BeEmpty();
    }

    [Fact]
    public async Task Every_way_of_failing_gives_the_connection_back_clean()
    {
        Func<ITransaction, ValueTask<int>>[] ways =
        [
            async t =>
            {
                await t.Run($"insert into item (name, size) values ({"a"}, {1L})");
                throw new InvalidOperationException("Refused.");
            },
            t => t.Run($"insert into item (name, size) values ({"a"}, {(string?)null}::bigint)"),
            async t =>
            {
                await t.Queue($"insert into item (name, size) values ({"a"}, {(string?)null}::bigint)");
                return 0;
            },
            t => t.Run($"no statement at all"),
            async t =>
            {
                await t.Run($"insert into item (name, size) values ({"a"}, {1L})");
                return await t.One($"select pg_sleep(20)::text", row => row.Text()) is null ? 0 : 1;
            },
            async t =>
            {
                var all = await t.Many($"select generate_series(1, 100000)::text", FailAtTen());
                return all.Count;
            },
        ];
        foreach (var way in ways)
        {
            var act = () => database.Transact(way).AsTask();
            await act.Should().ThrowAsync<Exception>();
            (await OpenTransactions()).Should().Be("0");
            (await Sizes()).Should().BeEmpty();
        }
        await Insert("a");
        (await Sizes()).Should().Equal(1);
    }

    [Fact]
    public async Task A_connection_that_the_server_ends_is_unavailable_and_the_next_works()
    {
        var act = () => database.Transact(async t =>
        {
            await t.Run($"insert into item (name, size) values ({"a"}, {1L})");
            await t.One($"select pg_terminate_backend(pg_backend_pid())::text", row => row.Text());
            return 0;
        }).AsTask();

        (await act.Should().ThrowAsync<StorageException>()).Which.Failure.Should().Be(StorageFailure.Unavailable);
        await Insert("b");
        (await Sizes()).Should().Equal(1);
    }

    [Fact]
    public async Task A_row_lock_serializes_what_reads_before_it_writes()
    {
        await using var many = Open(connections: 8);
        await Insert("a");

        await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => many.Transact(async t =>
        {
            var size = await t.One($"select size::text from item where name = {"a"} {t.ForUpdate}", row => row.Text());
            return await t.Run($"update item set size = {long.Parse(size!) + 1} where name = {"a"}");
        }).AsTask()));

        (await Sizes()).Should().Equal(41);
    }

    [Fact]
    public async Task A_lane_whose_transactions_never_end_leaves_connections_to_others()
    {
        await using var many = Open(connections: 8, changeTimeMs: 30_000);
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var held = 0;
        var flood = Enumerable.Range(0, 40).Select(i => many.Transact(new WriteLane("flood"), async t =>
        {
            if (Interlocked.Increment(ref held) == 5) full.SetResult();
            await end.Task.WaitAsync(Ct);
            var name = $"flood {i}";
            return await t.Run($"insert into item (name, size) values ({name}, {1L})");
        }).AsTask()).ToList();
        await full.Task.WaitAsync(Ct);

        await many.Transact(
            new WriteLane("light"), t => t.Run($"insert into item (name, size) values ({"light"}, {2L})"));

        held.Should().Be(5);
        (await many.Many($"select size from item", row => row.Int64(), Ct)).Should().Equal(2);
        end.SetResult();
        await Task.WhenAll(flood);
        (await Sizes()).Should().HaveCount(41);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Func<Row, string> FailAtTen()
    {
        var rows = 0;
        return row => ++rows < 10 ? row.Text() : throw new InvalidOperationException("Enough.");
    }

    private PostgresDatabase Open(int connections, int changeTimeMs = 3_000) => new(
        new NpgsqlConnectionStringBuilder(files.Postgres) { MaxPoolSize = connections }.ConnectionString,
        changeTimeMs);

    private async Task Insert(string name) =>
        await database.Transact(t => t.Run($"insert into item (name, size) values ({name}, {1L})"));

    private ValueTask<List<long>> Sizes() =>
        database.Many($"select size from item order by name", row => row.Int64(), Ct);

    private async Task<string> OpenTransactions()
    {
        await using var outside = Open(connections: 1);
        return (await outside.One(
            $"""
            select count(*)::text from pg_stat_activity
            where datname = current_database() and state like 'idle in transaction%'
            """, row => row.Text(), Ct))!;
    }
}
