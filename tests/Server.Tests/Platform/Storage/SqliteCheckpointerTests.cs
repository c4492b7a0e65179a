using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Platform.Storage;

/// <summary>The write-ahead log is copied into the file while the writer goes on, and begins anew.</summary>
[Trait("Engine", "sqlite")]
public sealed class SqliteCheckpointerTests : IAsyncDisposable
{
    private const int PageBytes = 4_096;
    private readonly string folder = Directory.CreateTempSubdirectory("castellan-log-").FullName;
    private readonly SqliteDatabase database;

    public SqliteCheckpointerTests() => database = new SqliteDatabase(Path.Combine(folder, "log.db"));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private FileInfo Log => new(Path.Combine(folder, "log.db-wal"));

    public async ValueTask DisposeAsync()
    {
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task The_log_stays_small_however_much_is_written()
    {
        await Make();
        var written = 0L;
        for (var i = 0; i < 200; i++) written += await Write(i, rows: 100);
        Assert.True(written > 3L * Limits.SqliteLogPages * PageBytes);
        Assert.InRange(Log.Length, 1, 3L * Limits.SqliteLogPages * PageBytes);
    }

    [Fact]
    public async Task Nothing_is_lost_while_a_reader_holds_the_log()
    {
        await Make();
        await Write(0, rows: 10);
        using (var reader = new SqliteConnectionHandle(Path.Combine(folder, "log.db"), readOnly: true))
        {
            reader.Run("begin");
            Assert.Equal(10, Count(reader));
            for (var i = 1; i < 100; i++) await Write(i, rows: 100);
            Assert.Equal(10, Count(reader));
            reader.Run("commit");
            Assert.Equal(10 + 9_900, Count(reader));
        }
        for (var i = 100; i < 200; i++) await Write(i, rows: 100);
        var rows = await database.Many(
            $"select count(*), count(distinct n) from note", r => (r.Int64(), r.Int64()), Cancelled);
        Assert.Equal([(10L + 9_900 + 10_000, 10L + 9_900 + 10_000)], rows);
        Assert.Equal(["ok"], await database.Many($"pragma integrity_check", r => r.Text(), Cancelled));
    }

    /// <summary>What fails on the copying thread would else take the process with it.</summary>
    [Fact]
    public async Task The_writer_copies_what_the_thread_cannot()
    {
        var file = new FileInfo(Path.Combine(folder, "other.db"));
        using var writer = new SqliteConnectionHandle(file.FullName, readOnly: false);
        using var checkpointer = new SqliteCheckpointer(Path.Combine(folder, "missing", "other.db"));
        writer.Run("create table note (n integer primary key, text text not null)");
        writer.Run("begin");
        for (var row = 0; row < 10_000; row++)
            writer.Run(Sql.Of($"insert into note (text) values ({new string('x', 1_000)})"));
        writer.Run("commit");
        await Poll.Until(() =>
        {
            checkpointer.Committed(writer);
            file.Refresh();
            return file.Length > Limits.SqliteLogPages * PageBytes;
        });
        Assert.Equal(10_000, Count(writer));
    }

    private ValueTask Make() =>
        database.RunScript("create table note (n integer primary key, text text not null)", CancellationToken.None);

    /// <summary>Gives the bytes that were written at least.</summary>
    private async Task<long> Write(int number, int rows)
    {
        var text = new string('x', 1_000);
        await database.Transact(async transaction =>
        {
            for (var i = 0; i < rows; i++)
                await transaction.Run($"insert into note (n, text) values ({(number * 1_000L) + i}, {text})");
            return true;
        });
        return rows * (long)text.Length;
    }

    private static long Count(SqliteConnectionHandle reader) =>
        reader.Many($"select count(*) from note", row => row.Int64())[0];
}
