using Microsoft.Data.Sqlite;

namespace Castellan.Platform.Storage;

/// <summary>
/// Copies the pages of the write-ahead log into the file, on a thread of its own, so that no change waits for that work
/// of the disk. What is committed meanwhile the writer copies, which is little, and then the log begins anew; were
/// nobody to do so, it would grow for as long as somebody writes. The writer waits where the disk does not keep up at
/// all. Source: sqlite.org/wal.html, sections 2.3 and 6.
/// </summary>
internal sealed class SqliteCheckpointer : IDisposable
{
    private readonly string path;
    private readonly SemaphoreSlim wake = new(0);
    private readonly ManualResetEventSlim idle = new(true);
    private readonly Thread thread;
    private volatile bool copied;
    private volatile bool closed;
    private int pages;

    public SqliteCheckpointer(string path)
    {
        this.path = path;
        thread = new Thread(Work) { IsBackground = true, Name = "sqlite-checkpointer" };
        thread.Start();
    }

    /// <summary>By the writer, behind each commit.</summary>
    public void Committed(SqliteConnectionHandle writer)
    {
        pages += writer.TakePagesWritten();
        if (pages >= Limits.SqliteLogPagesMax) idle.Wait();
        if (copied)
        {
            copied = false;
            writer.Checkpoint();
            pages = 0;
        }
        if (pages < Limits.SqliteLogPages || !idle.IsSet) return;
        idle.Reset();
        wake.Release();
    }

    public void Dispose()
    {
        closed = true;
        wake.Release();
        thread.Join();
        wake.Dispose();
        idle.Dispose();
    }

    private void Work()
    {
        SqliteConnectionHandle? connection = null;
        wake.Wait();
        while (!closed)
        {
            try
            {
                connection ??= new SqliteConnectionHandle(path, readOnly: false);
                connection.Checkpoint();
            }
            catch (Exception error) when (error is SqliteException or StorageException or InvalidOperationException)
            {
                // As where a checkpoint fails: nothing is lost, and the writer copies what this could not.
            }
            copied = true;
            idle.Set();
            wake.Wait();
        }
        connection?.Dispose();
    }
}
