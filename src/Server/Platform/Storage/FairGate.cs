namespace Castellan.Platform.Storage;

/// <summary>
/// Lets so many transactions at once in that the engine's connections suffice, in the order of
/// <see cref="FairQueue{T}"/>, charged in ticks from door to door. One lane never has all the places, and heavy ones
/// have few, because who comes next should find one free: none is taken back.
/// </summary>
internal sealed class FairGate
{
    private readonly Lock gate = new();
    private readonly TimeProvider time;
    private readonly FairQueue<Visit> waiting;
    private readonly Dictionary<WriteLane, int> inside = [];
    private readonly int mostOfLane;
    private readonly int mostHeavy;
    private int free;
    private int heavy;

    /// <param name="places">
    /// How many may be inside at once: three quarters of one lane, an eighth of heavy ones.
    /// </param>
    /// <param name="clock">What time inside is measured with.</param>
    public FairGate(int places, TimeProvider? clock = null)
    {
        time = clock ?? TimeProvider.System;
        waiting = new FairQueue<Visit>(
            Limits.ChangesQueued, time.TimestampFrequency * Limits.UrgentLeadMs / 1000);
        (free, mostOfLane, mostHeavy) = (places, Math.Max(1, places * 3 / 4), Math.Max(1, places / 8));
    }

    /// <summary>Waits for a place, which disposing of the answer gives back.</summary>
    /// <exception cref="StorageException">Too much waits, and most of it in this lane.</exception>
    public async ValueTask<Visit> Enter(WriteLane lane, WriteCost cost, CancellationToken ct)
    {
        var visit = new Visit(this, lane, cost);
        Visit? displaced;
        lock (gate)
        {
            if (!waiting.TryAdd(lane, visit, out displaced)) throw WriteQueue.TooMany();
            Admit();
        }
        displaced?.Refuse(WriteQueue.TooMany());
        if (visit.Entered.IsCompleted) return visit;
        await using var leaving = ct.UnsafeRegister(_ => GiveUp(visit, ct), null);
        await visit.Entered;
        return visit;
    }

    /// <summary>Under the lock: whoever finds a place enters.</summary>
    private void Admit()
    {
        while (free > 0 && waiting.Take(Fits) is { } next)
        {
            free--;
            if (next.Cost is WriteCost.Heavy) heavy++;
            inside[next.Lane] = inside.GetValueOrDefault(next.Lane) + 1;
            next.Begin(time.GetTimestamp());
        }
    }

    private bool Fits(Visit visit) => inside.GetValueOrDefault(visit.Lane) < mostOfLane
        && (visit.Cost is WriteCost.Usual || heavy < mostHeavy);

    private void GiveUp(Visit visit, CancellationToken ct)
    {
        bool waited;
        lock (gate) waited = waiting.Remove(visit.Lane, visit);
        if (waited) visit.Refuse(new OperationCanceledException(ct));
    }

    private void Leave(Visit visit, long began)
    {
        lock (gate)
        {
            free++;
            if (visit.Cost is WriteCost.Heavy) heavy--;
            if (--inside[visit.Lane] == 0) inside.Remove(visit.Lane);
            waiting.Charge(visit.Lane, time.GetTimestamp() - began);
            Admit();
        }
    }

    /// <summary>One transaction at the gate: waiting, then inside until it is disposed of.</summary>
    internal sealed class Visit(FairGate gate, WriteLane lane, WriteCost cost) : IDisposable
    {
        private readonly TaskCompletionSource entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private long began;

        public WriteLane Lane => lane;

        public WriteCost Cost => cost;

        public Task Entered => entered.Task;

        public void Begin(long now)
        {
            began = now;
            entered.SetResult();
        }

        public void Refuse(Exception why) => entered.SetException(why);

        public void Dispose() => gate.Leave(this, began);
    }
}
