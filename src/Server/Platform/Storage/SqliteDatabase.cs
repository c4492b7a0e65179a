using System.Collections.Concurrent;

namespace Castellan.Platform.Storage;

/// <summary>
/// The embedded engine: one file, one writer thread, a pool of readers that each see the last commit.
/// </summary>
internal sealed class SqliteDatabase(string path, int changeTimeMs = Limits.ChangeTimeMs) : IDatabase
{
    private readonly SqliteWriter writer = new(path, changeTimeMs);
    private readonly SemaphoreSlim places = new(Limits.SqliteReaders);
    private readonly ConcurrentBag<SqliteConnectionHandle> readers = [];

    public string EngineName => "sqlite";

    public TimeSpan? MemoryTrust => null;

    public ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
        where T : class => Read(reader => reader.One(sql, read), ct);

    public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default) =>
        Read(reader => reader.Many(sql, read), ct);

    public ValueTask<T> Transact<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost = WriteCost.Usual) =>
        writer.Transact(lane, work, cost);

    public ValueTask<IListening> Listen(Identifier channel, CancellationToken ct) =>
        throw new NotSupportedException("SQLite has one process, and nobody to listen to.");

    public ValueTask RunScript(string script, CancellationToken ct) => writer.Alone(connection =>
    {
        try
        {
            connection.Run("begin exclusive");
            connection.Script(script);
            connection.Run("commit");
        }
        catch
        {
            if (!connection.InAutocommit) connection.Run("rollback");
            throw;
        }
    });

    // One process owns the file (the installation's lock says so), hence no lock beyond the transaction's.
    public ValueTask<T> WithMigrationLock<T>(Func<ValueTask<T>> work, CancellationToken ct) => work();

    public async ValueTask<bool> IsReady(CancellationToken ct)
    {
        await writer.Alone(connection => connection.Run("select 1"));
        return await One($"select 1", row => row.Text(), ct) is not null;
    }

    public ValueTask DisposeAsync()
    {
        writer.Dispose();
        while (readers.TryTake(out var reader)) reader.Dispose();
        places.Dispose();
        return ValueTask.CompletedTask;
    }

    private async ValueTask<T> Read<T>(Func<SqliteConnectionHandle, T> read, CancellationToken ct)
    {
        // A Change that fills memory again must not wait for a place: its delegate may await nothing.
        if (writer.IsCurrent) return ReadNow(read);
        await places.WaitAsync(ct);
        try
        {
            return ReadNow(read);
        }
        finally
        {
            places.Release();
        }
    }

    private T ReadNow<T>(Func<SqliteConnectionHandle, T> read)
    {
        var reader = readers.TryTake(out var kept) ? kept : new SqliteConnectionHandle(path, readOnly: true);
        try
        {
            return read(reader);
        }
        finally
        {
            readers.Add(reader);
        }
    }
}
