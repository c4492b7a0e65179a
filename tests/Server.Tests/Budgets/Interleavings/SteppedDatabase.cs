using Castellan.Platform.Storage;

namespace Castellan.Tests.Budgets.Interleavings;

/// <summary>
/// SQLite in memory under a scheduler: a transaction is a step, which waits until the scheduler runs it, cuts it at one
/// of its statements, or loses its answer. All on one thread.
/// </summary>
internal sealed class SteppedDatabase : IDatabase
{
    private readonly SqliteConnectionHandle connection = new(":memory:", readOnly: false);

    public SteppedDatabase()
    {
        connection.Script("""
            create table environment (id text primary key); create table tenant (id text primary key);
            create table written (budget_id text, amount integer);
            """);
        connection.Script(Migration());
        connection.Script("insert into environment values ('sandbox'); insert into tenant values ('ten_x');");
    }

    /// <summary>Whose steps are asked for now.</summary>
    public int Node { get; set; }

    public List<Step> Pending { get; } = [];

    public string EngineName => "sqlite";

    public TimeSpan? MemoryTrust => null;

    public ValueTask<IListening> Listen(Identifier channel, CancellationToken ct) => throw new NotSupportedException();

    /// <summary>Looks, between steps.</summary>
    public List<T> Look<T>(Sql sql, Func<Row, T> read) => connection.Many(sql, read);

    public void Clear() => connection.Script("""
        delete from budget_lease; delete from budget_hold; delete from reservation; delete from budget_hour;
        delete from budget_window; delete from budget; delete from written;
        """);

    public ValueTask<T> Transact<T>(
        WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost = WriteCost.Usual)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Pending.Add(new Step(Node, (cut, isLost) => Run(work, done, cut, isLost)));
        return new ValueTask<T>(done.Task);
    }

    public ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
        where T : class => new(connection.One(sql, read));

    public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default) =>
        new(connection.Many(sql, read));

    public ValueTask RunScript(string script, CancellationToken ct) => throw new NotSupportedException();

    public ValueTask<T> WithMigrationLock<T>(Func<ValueTask<T>> work, CancellationToken ct) =>
        throw new NotSupportedException();

    public ValueTask<bool> IsReady(CancellationToken ct) => new(true);

    public ValueTask DisposeAsync()
    {
        connection.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Run<T>(
        Func<ITransaction, ValueTask<T>> work, TaskCompletionSource<T> done, int? cutAt, bool isLost)
    {
        connection.Run("begin");
        var transaction = new SqliteTransaction(connection);
        var running = work(new CutTransaction(transaction, cutAt ?? int.MaxValue));
        // Nothing in a transaction waits for anything but it.
        if (!running.IsCompleted) throw new InvalidOperationException("A transaction awaits something else.");
        if (running.IsCompletedSuccessfully)
        {
            connection.Run("commit");
            if (isLost) done.SetException(new StorageException(StorageFailure.OutcomeUnknown, "lost"));
            else done.SetResult(running.Result);
            return;
        }
        connection.Run("rollback");
        done.SetException(running.AsTask().Exception!.InnerException!);
    }

    private static string Migration()
    {
        var assembly = typeof(SqliteDatabase).Assembly;
        var name = assembly.GetManifestResourceNames()
            .Single(n => n.EndsWith("0015_budgets.sqlite.sql", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private sealed class CutTransaction(ITransaction inner, int cutAt) : ITransaction
    {
        private int statements;

        public Raw ForUpdate => inner.ForUpdate;

        public Raw ForKeyShare => inner.ForKeyShare;

        public Raw SkipLocked => inner.SkipLocked;

        public ValueTask<T?> One<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default)
            where T : class => inner.One(Counted(sql), read, ct);

        public ValueTask<List<T>> Many<T>(Sql sql, Func<Row, T> read, CancellationToken ct = default) =>
            inner.Many(Counted(sql), read, ct);

        public ValueTask<int> Run(Sql sql) => inner.Run(Counted(sql));

        public ValueTask Queue(Sql sql) => inner.Queue(Counted(sql));

        public ValueTask QueueTogether(IReadOnlyList<Sql> inserts) => inner.QueueTogether(inserts);

        public ValueTask Require(Sql condition) => inner.Require(condition);

        public void AfterCommit(Action action) => inner.AfterCommit(action);

        private Sql Counted(Sql sql) => statements++ < cutAt
            ? sql
            : throw new StorageException(StorageFailure.Unavailable, "cut");
    }
}

/// <summary>
/// A transaction that waits for its turn. <paramref name="Run"/> takes the statement at which it is cut, if at one, and
/// whether its answer is lost.
/// </summary>
internal sealed record Step(int Node, Action<int?, bool> Run);
