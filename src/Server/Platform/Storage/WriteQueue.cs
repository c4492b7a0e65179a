namespace Castellan.Platform.Storage;

/// <summary>What waits for the one writer, in the order of <see cref="FairQueue{T}"/>, charged in its ticks.</summary>
/// <param name="lead">Ticks that urgent lanes go ahead.</param>
internal sealed class WriteQueue(long lead) : IDisposable
{
    private readonly Lock gate = new();
    private readonly SemaphoreSlim wake = new(0);
    private readonly FairQueue<WriteMember> members = new(Limits.ChangesQueued, lead);
    private bool sleeping;
    private bool closed;

    /// <exception cref="StorageException">Too much waits, or the server is stopping.</exception>
    public void Add(WriteMember member)
    {
        WriteMember? displaced;
        lock (gate)
        {
            if (closed) throw new StorageException(StorageFailure.Unavailable, "The server is stopping.");
            if (!members.TryAdd(member.Lane, member, out displaced)) throw TooMany();
            if (sleeping) wake.Release();
            sleeping = false;
        }
        if (displaced is null) return;
        displaced.Fail(TooMany());
        ThreadPool.UnsafeQueueUserWorkItem(new WriteMembers([displaced]), preferLocal: false);
    }

    /// <summary>
    /// Waits for the first member of a batch, and gives how many wait behind it. Null when closed and empty.
    /// </summary>
    public WriteMember? TakeFirst(out int behind)
    {
        while (true)
        {
            lock (gate)
            {
                var first = members.Take();
                behind = members.Count;
                if (first is not null || closed) return first;
                sleeping = true;
            }
            wake.Wait();
        }
    }

    /// <summary>Takes one that may join a batch that is open, or null.</summary>
    public WriteMember? TakeNext()
    {
        lock (gate) return members.Take(static member => member.Cost is WriteCost.Usual);
    }

    /// <summary>Charges ticks of the writer.</summary>
    public void Charge(WriteMember member, long ticks)
    {
        lock (gate) members.Charge(member.Lane, ticks);
    }

    public static StorageException TooMany() =>
        new(StorageFailure.Overloaded, "Too many changes wait for the engine.");

    public void Close()
    {
        lock (gate)
        {
            closed = true;
            wake.Release();
        }
    }

    public void Dispose() => wake.Dispose();
}
