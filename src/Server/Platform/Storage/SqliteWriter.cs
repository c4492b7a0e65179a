using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Castellan.Platform.Storage;

/// <summary>
/// The one writer: a thread of its own that runs queued transactions one after another and acknowledges the whole batch
/// after one commit (group commit, <c>synchronous=FULL</c>).
/// <list type="number">
/// <item>A member that fails is rolled back alone. One that had written nothing leaves nothing; where one had, the
/// batch is rolled back and the others run again with a savepoint around each. Savepoints copy every page that a member
/// touches, so they are kept for <see cref="CarefulCommits"/> and not for always.</item>
/// <item>An error that ends the whole transaction (full, I/O, interrupt) makes every member run again alone, so that
/// only the guilty one fails.</item>
/// <item>A member that evicts what memory knows ends its batch, so that the next member sees memory as
/// committed.</item>
/// </list>
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>
    /// Commits with savepoints after a batch had to run twice, so that whoever makes changes fail costs little.
    /// </summary>
    private const int CarefulCommits = 64;

    public const string MeterName = "Castellan.Storage";
    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> CommitTime = Meter.CreateHistogram<double>(
        "castellan.storage.commit", "s", "Time of one commit of the SQLite writer, with its members.");
    private static readonly Histogram<int> CommitMembers = Meter.CreateHistogram<int>(
        "castellan.storage.commit.changes", "{change}", "Changes that one commit of the SQLite writer made durable.");

    private readonly SqliteConnectionHandle connection;
    private readonly WriteQueue queue = new();
    private readonly Thread thread;
    private readonly long bound;
    private long deadline;
    private int careful;

    /// <param name="path">The database file.</param>
    /// <param name="changeTimeMs">Milliseconds that one member may take.</param>
    public SqliteWriter(string path, int changeTimeMs = Limits.ChangeTimeMs)
    {
        bound = Stopwatch.Frequency * changeTimeMs / 1000;
        connection = new SqliteConnectionHandle(path, readOnly: false);
        connection.Watch(() => Stopwatch.GetTimestamp() > Volatile.Read(ref deadline));
        deadline = long.MaxValue;
        thread = new Thread(Work) { IsBackground = true, Name = "sqlite-writer" };
        thread.Start();
    }

    /// <summary>True on the writer's own thread: inside of a member.</summary>
    public bool IsCurrent => Thread.CurrentThread == thread;

    public async ValueTask<T> Transact<T>(Func<ITransaction, ValueTask<T>> work)
    {
        var member = new Member<T>(work);
        queue.Add(member);
        return await member.Completion;
    }

    /// <summary>Runs on the writer thread between batches, outside of any transaction.</summary>
    public async ValueTask Alone(Action<SqliteConnectionHandle> action)
    {
        var member = new Exclusive(action);
        queue.Add(member);
        await member.Completion;
    }

    public void Dispose()
    {
        queue.Close();
        thread.Join();
        queue.Dispose();
        connection.Dispose();
    }

    private void Work()
    {
        var batch = new List<WriteMember>(Limits.ChangesPerCommit);
        while (queue.Take(batch))
        {
            for (var start = 0; start < batch.Count;)
            {
                if (batch[start] is Exclusive exclusive)
                {
                    exclusive.RunOn(connection);
                    start++;
                }
                else
                {
                    start = Commit(batch, start, batch.Count);
                }
            }
            batch.Clear();
        }
    }

    /// <summary>
    /// Commits members from <paramref name="start"/> on and gives the first one that is not yet done.
    /// </summary>
    private int Commit(List<WriteMember> batch, int start, int end)
    {
        var began = Stopwatch.GetTimestamp();
        var savepoints = careful > 0;
        if (savepoints) careful--;
        var next = start;
        try
        {
            connection.Run("begin immediate");
            while (next < end && batch[next] is not Exclusive)
            {
                var member = batch[next++];
                var undone = savepoints ? RunInSavepoint(member) : RunPlain(member);
                if (connection.InAutocommit) return RunEachAlone(batch, start, next);
                if (!undone) return RunAgain(batch, start, next);
                if (member.EvictsMemory) break;
            }
            connection.Run("commit");
            CommitTime.Record(Stopwatch.GetElapsedTime(began).TotalSeconds);
            CommitMembers.Record(next - start);
        }
        catch (Exception error) when (error is StorageException or InvalidOperationException)
        {
            if (!connection.InAutocommit) connection.Run("rollback");
            if (next == start) next++;
            if (next - start > 1) return RunEachAlone(batch, start, next);
            batch[start].Fail(error);
        }
        Acknowledge(batch, start, next);
        return next;
    }

    /// <summary>
    /// The last of these members failed with something written. It has failed for good; the others run again.
    /// </summary>
    private int RunAgain(List<WriteMember> batch, int start, int end)
    {
        connection.Run("rollback");
        careful = CarefulCommits;
        var guilty = end - 1;
        for (var next = start; next < guilty;) next = Commit(batch, next, guilty);
        Acknowledge(batch, guilty, end);
        return end;
    }

    /// <summary>
    /// Memory forgets at once, on this thread; the waiting callers go on in groups on the pool, which is cheaper than
    /// to wake it for each of them, and lets the next batch begin.
    /// </summary>
    private static void Acknowledge(List<WriteMember> batch, int start, int end)
    {
        for (var i = start; i < end; i++) batch[i].Evict();
        for (var i = start; i < end; i += WriteMembers.Most)
        {
            var members = batch.GetRange(i, Math.Min(WriteMembers.Most, end - i));
            ThreadPool.UnsafeQueueUserWorkItem(new WriteMembers(members), preferLocal: false);
        }
    }

    private int RunEachAlone(List<WriteMember> batch, int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (end - start > 1 && !batch[i].TimedOut)
            {
                Commit(batch, i, i + 1);
                continue;
            }
            if (!batch[i].Failed) batch[i].Fail(new StorageException(StorageFailure.Unavailable, "Rolled back."));
            Acknowledge(batch, i, i + 1);
        }
        return end;
    }

    /// <summary>False where the member failed with something written, which only the batch can undo.</summary>
    private bool RunPlain(WriteMember member)
    {
        var written = connection.RowsWritten;
        Run(member);
        return !member.Failed || connection.RowsWritten == written;
    }

    private bool RunInSavepoint(WriteMember member)
    {
        connection.Run("savepoint member");
        Run(member);
        if (connection.InAutocommit) return true;
        if (member.Failed) connection.Run("rollback to member");
        connection.Run("release member");
        return true;
    }

    private void Run(WriteMember member)
    {
        // One each: a member that awaited something else may come back while another one runs, also on this thread.
        var transaction = new SqliteTransaction(connection);
        var end = Stopwatch.GetTimestamp() + bound;
        Volatile.Write(ref deadline, end);
        member.Run(transaction);
        Volatile.Write(ref deadline, long.MaxValue);
        transaction.Close();
        if (!member.Failed && Stopwatch.GetTimestamp() > end)
            member.Fail(new StorageException(StorageFailure.TimedOut, "The change took longer than it may."));
    }

    /// <summary>
    /// A transaction that takes all statements as they come; each completes before its call returns. As on PostgreSQL,
    /// a failed statement ends it.
    /// </summary>
    private sealed class SqliteTransaction(SqliteConnectionHandle connection) : ITransaction
    {
        private readonly Thread owner = Thread.CurrentThread;
        private readonly List<Action> evictions = [];
        private bool closed;
        private bool failed;

        public Raw ForUpdate => Raw.None;

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

    private sealed class Member<T>(Func<ITransaction, ValueTask<T>> work) : WriteMember
    {
        private readonly TaskCompletionSource<T> completion = new();
        private T? result;
        private Exception? error;
        private List<Action> evictions = [];

        public Task<T> Completion => completion.Task;

        public override bool Failed => error is not null;

        public override bool TimedOut => error is StorageException { Failure: StorageFailure.TimedOut };

        public override bool EvictsMemory => evictions.Count > 0;

        public override void Run(ITransaction transaction)
        {
            (result, error, evictions) = (default, null, []);
            try
            {
                var task = work(transaction);
                if (!task.IsCompleted)
                    throw new InvalidOperationException("A Change awaited something else than the database.");
                result = task.GetAwaiter().GetResult();
                evictions = ((SqliteTransaction)transaction).TakeEvictions();
            }
            catch (Exception caught)
            {
                error = caught;
            }
        }

        public override void Fail(Exception cause) => error = cause;

        public override void Evict()
        {
            if (error is not null) return;
            foreach (var evict in evictions) evict();
        }

        public override void Complete()
        {
            if (error is not null) completion.TrySetException(error);
            else completion.TrySetResult(result!);
        }
    }

    private sealed class Exclusive(Action<SqliteConnectionHandle> action) : WriteMember
    {
        private readonly TaskCompletionSource completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Completion => completion.Task;

        public void RunOn(SqliteConnectionHandle connection)
        {
            try
            {
                action(connection);
                completion.TrySetResult();
            }
            catch (Exception error)
            {
                completion.TrySetException(error);
            }
        }
    }
}

/// <summary>One queued unit of the writer.</summary>
internal abstract class WriteMember
{
    public virtual bool Failed => false;

    public virtual bool TimedOut => false;

    public virtual bool EvictsMemory => false;

    public virtual void Run(ITransaction transaction) => throw new NotSupportedException();

    public virtual void Fail(Exception cause) => throw new NotSupportedException();

    public virtual void Evict() => throw new NotSupportedException();

    /// <summary>Lets the caller go on, on this thread.</summary>
    public virtual void Complete() => throw new NotSupportedException();
}

/// <summary>Some members of a batch that is done, whose callers go on one after another.</summary>
internal sealed class WriteMembers(List<WriteMember> members) : IThreadPoolWorkItem
{
    /// <summary>Few enough that the last caller waits little for the others, and that all cores get some.</summary>
    public const int Most = 8;

    public void Execute()
    {
        foreach (var member in members) member.Complete();
    }
}

/// <summary>
/// What waits for the writer, first come first served. The place where fairness between environments and apps will
/// stand: whoever adds will name its lane.
/// </summary>
internal sealed class WriteQueue : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim waiting = new(0);
    private readonly Queue<WriteMember> members = new();
    private bool closed;

    public void Add(WriteMember member)
    {
        lock (gate)
        {
            if (closed) throw new StorageException(StorageFailure.Unavailable, "The server is stopping.");
            if (members.Count >= Limits.ChangesQueued)
                throw new StorageException(StorageFailure.Overloaded, "Too many changes wait for the writer.");
            members.Enqueue(member);
            if (members.Count == 1) waiting.Release();
        }
    }

    /// <summary>Waits for work and takes up to a batch. False when closed and empty.</summary>
    public bool Take(List<WriteMember> batch)
    {
        while (true)
        {
            lock (gate)
            {
                while (batch.Count < Limits.ChangesPerCommit && members.TryDequeue(out var member)) batch.Add(member);
                if (batch.Count > 0) return true;
                if (closed) return false;
            }
            waiting.Wait();
        }
    }

    public void Close()
    {
        lock (gate)
        {
            closed = true;
            waiting.Release();
        }
    }

    public void Dispose() => waiting.Dispose();
}
