using Castellan.Kernel;

namespace Castellan.Budgets.Leases;

/// <summary>
/// What this node may spend of one window of a budget: a lease, and how much of it is gone. Never gives out more than
/// it leased. Who comes when it is empty waits for the one refill under way.
/// </summary>
internal sealed class Purse(EnvironmentScope scope, LeaseStore store, TimeProvider time)
{
    private const long First = 64;
    private const long Most = 65_536;

    /// <summary>How long a lease lasts that nobody renews: how long a crash keeps a part.</summary>
    private static readonly TimeSpan Lasts = TimeSpan.FromSeconds(15);

    /// <summary>A lease is not spent close to its end, when another node may count it as spent.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>How long an empty window is believed to be so, without asking again.</summary>
    private static readonly TimeSpan Dry = TimeSpan.FromMilliseconds(250);

    /// <summary>A part that nobody spends from so long goes back, for other nodes.</summary>
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private Task turn = Task.CompletedTask;
    private Lease? lease;
    private DateTimeOffset goodUntil;
    private DateTimeOffset dryUntil;
    private DateTimeOffset filledAt;
    private DateTimeOffset takenAt;
    private long version;
    private long left;
    private long spent;
    private long wanted = First;

    /// <summary>Settled with leases that were given back, and not told of yet; and how the window stood.</summary>
    private long untold;
    private WindowState? last;

    /// <summary>Takes one, from memory as a rule. False where the window has none left.</summary>
    public async ValueTask<bool> Take(Budget budget)
    {
        if (TryTake(budget.Version) is { } known) return known;
        return await InTurn(async () =>
        {
            if (TryTake(budget.Version) is { } since) return since;
            await Refill(budget);
            return TryTake(budget.Version) ?? false;
        });
    }

    /// <summary>Puts one back that was taken for a call which another budget refused.</summary>
    public void PutBack()
    {
        lock (gate)
        {
            // Else it went with the lease that it was of, and counts as spent.
            if (spent == 0) return;
            spent--;
            left++;
        }
    }

    /// <summary>
    /// Tells what was spent since, and renews; or gives all back where <paramref name="isOver"/>. The window's row
    /// afterwards, or null where there was nothing to tell.
    /// </summary>
    public ValueTask<(WindowState? State, long Spent)> Tell(bool isOver) => InTurn(async () =>
    {
        var (state, gone) = isOver || time.GetUtcNow() - takenAt > Idle ? await GiveBack() : await Settle();
        var told = (state ?? last, gone + untold);
        (last, untold) = (null, 0);
        return told;
    });

    /// <summary>One after the other, in the order of asking.</summary>
    private async ValueTask<T> InTurn<T>(Func<ValueTask<T>> work)
    {
        var mine = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (gate) (before, turn) = (turn, mine.Task);
        await before;
        try
        {
            return await work();
        }
        finally
        {
            mine.SetResult();
        }
    }

    private bool? TryTake(long wantedVersion)
    {
        var now = time.GetUtcNow();
        lock (gate)
        {
            if (version == wantedVersion && dryUntil > now) return false;
            if (version != wantedVersion || lease is null || left == 0 || now >= goodUntil) return null;
            left--;
            spent++;
            takenAt = now;
            return true;
        }
    }

    /// <summary>What fails leaves the node without a lease: the old one counts as spent when it ends.</summary>
    private async ValueTask Refill(Budget budget)
    {
        var (state, gone) = await GiveBack();
        untold += gone;
        last = state ?? last;
        var now = time.GetUtcNow();
        // Twice as much where the last one did not last a second.
        wanted = now - filledAt < TimeSpan.FromSeconds(1) ? Math.Min(Most, wanted * 2) : Math.Max(First, wanted / 2);
        var taken = await store.Take(scope, budget.Id, wanted, now, now + Lasts);
        last = taken?.State ?? last;
        lock (gate)
        {
            (lease, left, spent, version) = (taken, taken?.Amount ?? 0, 0, budget.Version);
            (filledAt, takenAt, goodUntil) = (now, now, now + Lasts - Margin);
            dryUntil = taken is null ? now + Dry : default;
        }
    }

    private async ValueTask<(WindowState? State, long Spent)> GiveBack()
    {
        var (old, gone) = Close();
        return old is null ? (null, 0) : (await store.Return(scope, old, gone), gone);
    }

    private async ValueTask<(WindowState? State, long Spent)> Settle()
    {
        Lease? current;
        long gone;
        lock (gate) (current, gone, spent) = (lease, spent, 0);
        if (current is null) return (null, 0);
        var end = time.GetUtcNow() + Lasts;
        try
        {
            if (await store.Settle(scope, current, gone, end) is { } state)
            {
                lock (gate) goodUntil = end - Margin;
                return (state, gone);
            }
        }
        catch
        {
            Close();
            throw;
        }
        Close();
        return (null, 0);
    }

    private (Lease? Lease, long Spent) Close()
    {
        lock (gate)
        {
            var closed = (lease, spent);
            (lease, left, spent) = (null, 0, 0);
            return closed;
        }
    }
}
