namespace Castellan.Platform.Storage;

/// <summary>One queued unit of the writer.</summary>
internal abstract class WriteMember(WriteLane lane, WriteCost cost)
{
    public WriteLane Lane => lane;

    public WriteCost Cost => cost;

    /// <summary>What its last run took of the writer, in ticks of the stopwatch.</summary>
    public long Ticks { get; set; }

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

/// <summary>A transaction that shares its commit with others.</summary>
internal sealed class Member<T>(WriteLane lane, WriteCost cost, Func<ITransaction, ValueTask<T>> work)
    : WriteMember(lane, cost)
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

/// <summary>What runs on the bare connection, between batches.</summary>
internal sealed class Exclusive(Action<SqliteConnectionHandle> action)
    : WriteMember(WriteLane.Background, WriteCost.Heavy)
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
    public override void Fail(Exception cause) => completion.TrySetException(cause);

    public override void Complete()
    {
        // It completes where it runs or fails.
    }
}
