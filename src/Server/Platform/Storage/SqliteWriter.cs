using System.Diagnostics.Metrics;

namespace Castellan.Platform.Storage;

/// <summary>
/// The one writer: a thread of its own that runs queued transactions one after another and acknowledges the whole batch
/// after one commit (group commit, <c>synchronous=FULL</c>). Who is next is the queue's to say, each time anew.
/// <list type="number">
/// <item>A member that fails is rolled back alone. One that had written nothing leaves nothing; where one had, the
/// batch is rolled back and the others run again with a savepoint around each. Savepoints copy every page that a member
/// touches, so they are kept for <see cref="CarefulCommits"/> and not for always.</item>
/// <item>An error that ends the whole transaction (full, I/O, interrupt) makes every member run again alone, so that
/// only the guilty one fails.</item>
/// <item>A member that evicts what memory knows ends its batch, so that the next member sees memory as
/// committed.</item>
/// <item>A batch takes no more than <see cref="Limits.CommitTimeMs"/> of members in, and a heavy one is a batch by
/// itself, so that who comes meanwhile waits little.</item>
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
    private readonly SqliteCheckpointer checkpointer;
    private readonly TimeProvider time;
    private readonly WriteQueue queue;
    private readonly Thread thread;
    private readonly long commitBound;
    private readonly long bound;
    private long deadline;
    private int careful;

    /// <param name="path">The database file.</param>
    /// <param name="changeTimeMs">Milliseconds that one member may take.</param>
    /// <param name="clock">What members' time is measured with.</param>
    public SqliteWriter(string path, int changeTimeMs = Limits.ChangeTimeMs, TimeProvider? clock = null)
    {
        time = clock ?? TimeProvider.System;
        queue = new WriteQueue(Ticks(Limits.UrgentLeadMs));
        (bound, commitBound) = (Ticks(changeTimeMs), Ticks(Limits.CommitTimeMs));
        connection = new SqliteConnectionHandle(path, readOnly: false);
        checkpointer = new SqliteCheckpointer(path);
        connection.Watch(() => time.GetTimestamp() > Volatile.Read(ref deadline));
        deadline = long.MaxValue;
        thread = new Thread(Work) { IsBackground = true, Name = "sqlite-writer" };
        thread.Start();
    }

    /// <summary>True on the writer's own thread: inside of a member.</summary>
    public bool IsCurrent => Thread.CurrentThread == thread;

    public async ValueTask<T> Transact<T>(WriteLane lane, Func<ITransaction, ValueTask<T>> work, WriteCost cost)
    {
        var member = new Member<T>(lane, cost, work);
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
        checkpointer.Dispose();
        connection.Dispose();
    }

    private long Ticks(int ms) => time.TimestampFrequency * ms / 1000;

    private void Work()
    {
        var batch = new List<WriteMember>(Limits.ChangesPerCommit);
        while (queue.TakeFirst(out var behind) is { } first)
        {
            if (first is Exclusive exclusive)
            {
                var began = time.GetTimestamp();
                exclusive.RunOn(connection);
                queue.Charge(exclusive, time.GetTimestamp() - began);
                checkpointer.Committed(connection);
                continue;
            }
            batch.Add(first);
            // No more than wait now: callers prepare what comes next while this batch is committed.
            var most = first.Cost is WriteCost.Heavy ? 1 : Math.Min(behind + 1, Limits.ChangesPerCommit);
            Commit(batch, 0, 1, most);
            batch.Clear();
            checkpointer.Committed(connection);
        }
    }

    /// <summary>
    /// Commits members from <paramref name="start"/> to <paramref name="end"/> and gives the first one that is not yet
    /// done. Others join at the end as long as the batch has less than <paramref name="most"/> and time.
    /// </summary>
    private int Commit(List<WriteMember> batch, int start, int end, int most = 0)
    {
        var began = time.GetTimestamp();
        var savepoints = careful > 0;
        if (savepoints) careful--;
        var next = start;
        try
        {
            connection.Run("begin immediate");
            while (next < end || Joins(batch, most, began))
            {
                var member = batch[next++];
                var undone = savepoints ? RunInSavepoint(member) : RunPlain(member);
                if (connection.InAutocommit) return RunEachAlone(batch, start, next);
                if (!undone) return RunAgain(batch, start, next);
                if (member.EvictsMemory) break;
            }
            connection.Run("commit");
            ChargeCommit(batch, start, next, time.GetTimestamp() - began);
            CommitTime.Record(time.GetElapsedTime(began).TotalSeconds);
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

    private bool Joins(List<WriteMember> batch, int most, long began)
    {
        if (batch.Count >= most || time.GetTimestamp() - began > commitBound) return false;
        if (queue.TakeNext() is not { } member) return false;
        batch.Add(member);
        return true;
    }

    /// <summary>
    /// What a batch took beyond its members is shared as they took: who wrote more has more to commit.
    /// </summary>
    private void ChargeCommit(List<WriteMember> batch, int start, int end, long whole)
    {
        long members = 0;
        for (var i = start; i < end; i++) members += batch[i].Ticks;
        var rest = (double)(whole - members) / Math.Max(1, members);
        for (var i = start; i < end; i++) queue.Charge(batch[i], (long)(batch[i].Ticks * rest));
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
        var began = time.GetTimestamp();
        Volatile.Write(ref deadline, began + bound);
        member.Run(transaction);
        Volatile.Write(ref deadline, long.MaxValue);
        transaction.Close();
        member.Ticks = time.GetTimestamp() - began;
        queue.Charge(member, member.Ticks);
        if (!member.Failed && member.Ticks > bound)
            member.Fail(new StorageException(StorageFailure.TimedOut, "The change took longer than it may."));
    }
}
