namespace Castellan.Platform.Storage;

/// <summary>
/// A transaction that takes all statements as they come; each completes before its call returns. As on PostgreSQL,
/// a failed statement ends it.
/// </summary>
internal sealed class SqliteTransaction(SqliteConnectionHandle connection) : ITransaction
{
    private readonly Thread owner = Thread.CurrentThread;
    private readonly List<Action> evictions = [];
    private bool closed;
    private bool failed;

    public Raw ForUpdate => Raw.None;

    public Raw ForKeyShare => Raw.None;

    public Raw SkipLocked => Raw.None;

    public void Close() => closed = true;

    public ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct)
        where T : class => new(Ask(sql, read, static (open, sql, read) => open.One(sql, read)));

    public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct) =>
        new(Ask(sql, read, static (open, sql, read) => open.Many(sql, read)));

    public ValueTask<int> Run(Sql sql) => new(Ask(sql, 0, static (open, sql, _) => open.Run(sql)));

    public ValueTask Queue(Sql sql)
    {
        Ask(sql, 0, static (open, sql, _) => open.Run(sql));
        return ValueTask.CompletedTask;
    }

    public ValueTask QueueTogether(IReadOnlyList<Sql> inserts)
    {
        foreach (var insert in inserts) Ask(insert, 0, static (open, sql, _) => open.Run(sql));
        return ValueTask.CompletedTask;
    }

    public ValueTask Require(Sql condition) =>
        Ask(Sql.Of($"select 1 where {condition}"), 0, static (open, sql, _) => open.One(sql, row => row.Text()))
            is null
            ? throw new ConditionLostException()
            : ValueTask.CompletedTask;

    public void AfterCommit(Action action)
    {
        RequireOpen();
        evictions.Add(action);
    }

    /// <summary>What the delegate, which has ended well, wants after the commit.</summary>
    public List<Action> TakeEvictions()
    {
        RequireUnfailed();
        return evictions;
    }

    private TOut Ask<TState, TOut>(Sql sql, TState state, Func<SqliteConnectionHandle, Sql, TState, TOut> ask)
    {
        RequireOpen();
        RequireUnfailed();
        try
        {
            return ask(connection, sql, state);
        }
        catch (Exception error) when (error is StorageException or UniqueViolationException)
        {
            failed = true;
            throw;
        }
    }

    private void RequireUnfailed()
    {
        if (failed) throw new InvalidOperationException("A statement of this transaction failed: it has ended.");
    }

    private void RequireOpen()
    {
        if (closed || Thread.CurrentThread != owner)
            throw new InvalidOperationException(
                "The transaction has ended: a Change may await only the database.");
    }
}
