using Castellan.Kernel;

namespace Castellan.Budgets.Leases;

/// <summary>
/// What this node may spend of one window of a budget: a lease, and how much of it is gone. Never gives out more than
/// it leased. What was taken is kept for whoever took it, until it is spent or put back. Who comes when there is not
/// enough waits for the one refill under way.
/// </summary>
internal sealed class Purse(
    EnvironmentScope scope, Budget budget, DateTimeOffset window, LeaseStore store, TimeProvider time)
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
    private readonly BudgetId id = budget.Id;

    /// <summary>Bytes come by the thousand.</summary>
    private readonly long scale = budget.Unit is BudgetUnit.Bytes ? 1_024 : 1;

    private Task turn = Task.CompletedTask;
    private Portion? portion;
    private DateTimeOffset goodUntil;
    private DateTimeOffset dryUntil;
    private DateTimeOffset filledAt;
    private DateTimeOffset takenAt;
    private long version;
    private long wanted = First;

    /// <summary>Settled with refills, and not told of yet; and how the window stood.</summary>
    private long untold;
    private WindowState? last;

    /// <summary>Leased, and taken by nobody.</summary>
    public long Left
    {
        get
        {
            lock (gate) return portion?.Left ?? 0;
        }
    }

    /// <summary>
    /// Takes so much, from memory as a rule. Null where the window has not so much left; with
    /// <paramref name="orLess"/> then what it has, if anything.
    /// </summary>
    public ValueTask<Taken?> Take(Budget now, long amount, bool orLess = false) =>
        TryTake(now, amount, out var taken) == true ? new(taken) : TakeInTurn(now, amount, orLess);

    /// <summary>From memory alone: null where only the database knows whether there is so much.</summary>
    public bool? TryTake(Budget now, long amount, out Taken taken)
    {
        var at = time.GetUtcNow();
        lock (gate)
        {
            taken = default;
            if (version != now.Version) return null;
            if (portion is { } open && open.Left >= amount && at < goodUntil)
            {
                taken = TakeOf(open, amount, at);
                return true;
            }
            return dryUntil > at ? false : null;
        }
    }

    /// <summary>
    /// Tells what was spent since, and renews; or gives all back where <paramref name="isOver"/>, but what calls have.
    /// The window's row afterwards, or null where there was nothing to tell.
    /// </summary>
    public ValueTask<(WindowState? State, long Spent)> Tell(bool isOver) => InTurn(async () =>
    {
        if (isOver || time.GetUtcNow() - takenAt > Idle) await Refill(needed: 0, wantedNow: 0);
        else await Settle();
        var told = (last, untold);
        (last, untold) = (null, 0);
        return told;
    });

    /// <summary>Gives back what no call has taken, for whoever takes from the window itself.</summary>
    public async ValueTask GiveBack()
    {
        lock (gate)
        {
            if (portion is not { Left: > 0 }) return;
        }
        await InTurn(async () =>
        {
            await Refill(needed: 0, wantedNow: 0);
            return true;
        });
    }

    /// <summary>Ends what a call has taken: so much is spent, and the rest is free again.</summary>
    public void End(Portion of, long amount, long spent)
    {
        // Where the lease is gone, it counts as spent, and so does this.
        lock (gate)
        {
            of.Taken -= amount;
            of.Spent += spent;
            of.Left += amount - spent;
        }
    }

    private ValueTask<Taken?> TakeInTurn(Budget now, long amount, bool orLess) => InTurn(async () =>
    {
        var isThere = TryTake(now, amount, out var taken);
        if (isThere is null)
        {
            var at = time.GetUtcNow();
            // Twice as much where the last one did not last a second.
            wanted = at - filledAt < TimeSpan.FromSeconds(1)
                ? Math.Min(Most, wanted * 2)
                : Math.Max(First, wanted / 2);
            await Refill(amount, wanted * scale, now);
            isThere = TryTake(now, amount, out taken);
        }
        if (isThere == true) return taken;
        return orLess ? TakeRest(amount) : (Taken?)null;
    });

    private Taken? TakeRest(long most)
    {
        var at = time.GetUtcNow();
        lock (gate)
        {
            return portion is { Left: > 0 } open && at < goodUntil
                ? TakeOf(open, Math.Min(most, open.Left), at)
                : null;
        }
    }

    private Taken TakeOf(Portion open, long amount, DateTimeOffset at)
    {
        open.Left -= amount;
        open.Taken += amount;
        takenAt = at;
        return new Taken(this, open, amount);
    }

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

    /// <summary>
    /// What was free goes back, and another part is held in one transaction. What fails leaves the node without a
    /// lease: the old one counts as spent when it ends.
    /// </summary>
    private async ValueTask Refill(long needed, long wantedNow, Budget? current = null)
    {
        Portion? old;
        long spent = 0, kept = 0;
        lock (gate)
        {
            old = portion;
            if (old is not null)
            {
                (spent, kept) = (old.Spent, old.Taken);
                (old.Spent, old.Left) = (0, 0);
            }
        }
        if (old is null && current is null) return;
        var now = time.GetUtcNow();
        var end = now + Lasts;
        var got = await OrWithout(() => store.Refill(
            scope, new Refill(id, window, old?.Lease, spent, kept, needed, wantedNow, now, end)));
        untold += spent;
        last = got?.State ?? last;
        lock (gate)
        {
            if (got?.Lease is not { } lease) portion = null;
            else if (old?.Lease.Id == lease.Id) old.Left += got.Free;
            else portion = new Portion(lease) { Left = got.Free };
            goodUntil = end - Margin;
            if (current is null) return;
            (version, filledAt, takenAt) = (current.Version, now, now);
            // Less than was needed is all that there was.
            dryUntil = (got?.Free ?? 0) < needed ? now + Dry : default;
        }
    }

    private async ValueTask Settle()
    {
        Portion? open;
        long spent = 0;
        lock (gate)
        {
            open = portion;
            if (open is not null) (spent, open.Spent) = (open.Spent, 0);
        }
        if (open is null) return;
        var end = time.GetUtcNow() + Lasts;
        var state = await OrWithout(() => store.Settle(scope, open.Lease, spent, end));
        lock (gate)
        {
            if (state is null) portion = null;
            else goodUntil = end - Margin;
        }
        if (state is null) return;
        last = state;
        untold += spent;
    }

    private async ValueTask<T> OrWithout<T>(Func<ValueTask<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch
        {
            lock (gate) portion = null;
            throw;
        }
    }
}

/// <summary>
/// A lease, as this node has used it: what is free, what calls have, and what is spent and not told of. Its purse's.
/// </summary>
internal sealed class Portion(Lease lease)
{
    public Lease Lease { get; } = lease;

    public long Left { get; set; }

    public long Taken { get; set; }

    public long Spent { get; set; }
}

/// <summary>What a call has taken, until it says how much of it is spent.</summary>
internal readonly record struct Taken(Purse Purse, Portion Of, long Amount)
{
    public void End(long spent) => Purse.End(Of, Amount, spent);
}
