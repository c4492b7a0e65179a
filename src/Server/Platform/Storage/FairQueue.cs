namespace Castellan.Platform.Storage;

/// <summary>
/// What waits for something scarce, shared out by the time that each lane takes of it, however much of it waits
/// (start-time fair queueing: Goyal, Vin and Cheng, SIGCOMM 1996, with costs that are measured instead of announced).
/// <list type="number">
/// <item>Inside a lane, who comes first goes first.</item>
/// <item>A lane's mark moves on by the time that it is charged; the lane with the lowest mark goes first, and of equals
/// the one whose turn is longest ago. So two lanes that always have something waiting differ by at most one cost of
/// each, and a lane that takes little waits for the one that is being served and for nobody's queue.</item>
/// <item>Who begins to wait starts at least at the mark of who went last: to be idle saves nothing up.</item>
/// <item>An urgent lane goes first by a lead, as if its mark were that much lower. A flood of urgent work uses the lead
/// up, and then shares like all others.</item>
/// <item>At most <paramref name="most"/> wait. Then the longest lane gives way: it is refused, or the last of it makes
/// room for whom a shorter lane brings.</item>
/// <item>When nothing waits, all lanes are forgotten; when too many are known, those that have nothing waiting. Who is
/// forgotten starts like a new one.</item>
/// </list>
/// Taking looks at each lane, of which there are some. It is not safe for threads: its owner locks.
/// </summary>
/// <param name="most">How many may wait in all.</param>
/// <param name="lead">The lead of urgent lanes, in the unit of what is charged.</param>
internal sealed class FairQueue<T>(int most, long lead)
    where T : class
{
    private readonly Dictionary<WriteLane, Lane> lanes = [];
    private long mark;
    private long turns;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Lanes that are known, waiting or not.</summary>
    public int Lanes => lanes.Count;

    /// <summary>
    /// False where <paramref name="item"/> is refused: its lane is the longest of a full queue. Where another one had
    /// to make room for it, that is <paramref name="displaced"/>.
    /// </summary>
    public bool TryAdd(WriteLane key, T item, out T? displaced)
    {
        displaced = null;
        if (Count >= most)
        {
            var longest = lanes.Values.MaxBy(lane => lane.Waiting.Count)!.Waiting;
            var own = lanes.TryGetValue(key, out var known) ? known.Waiting.Count : 0;
            if (own + 1 >= longest.Count) return false;
            displaced = longest.Last!.Value;
            longest.RemoveLast();
            Count--;
        }
        var lane = Find(key);
        if (lane.Waiting.Count == 0) lane.Mark = Math.Max(lane.Mark, mark);
        lane.Waiting.AddLast(item);
        Count++;
        return true;
    }

    /// <summary>
    /// Takes whose turn it is, or null. A lane whose first one does not fit is passed over and keeps its turn.
    /// </summary>
    public T? Take(Predicate<T>? fits = null)
    {
        Lane? next = null;
        foreach (var lane in lanes.Values)
        {
            if (lane.Waiting.First is not { } first) continue;
            if ((next is null || lane.GoesBefore(next)) && (fits is null || fits(first.Value))) next = lane;
        }
        if (next is null) return null;
        mark = Math.Max(mark, next.Rank);
        next.Turn = ++turns;
        var taken = next.Waiting.First!.Value;
        next.Waiting.RemoveFirst();
        Count--;
        return taken;
    }

    /// <summary>Charges what something that was taken has cost; in several parts where that is known so.</summary>
    public void Charge(WriteLane key, long cost)
    {
        if (Count == 0) lanes.Clear();
        else Find(key).Mark += cost;
    }

    /// <summary>Takes one out that waits no longer. False where it does not wait.</summary>
    public bool Remove(WriteLane key, T item)
    {
        if (!lanes.TryGetValue(key, out var lane) || !lane.Waiting.Remove(item)) return false;
        Count--;
        return true;
    }

    private Lane Find(WriteLane key)
    {
        if (lanes.TryGetValue(key, out var known)) return known;
        if (lanes.Count >= Limits.LanesKnown)
        {
            foreach (var (other, lane) in lanes)
            {
                if (lane.Waiting.Count == 0) lanes.Remove(other);
            }
        }
        return lanes[key] = new Lane { Mark = mark, Lead = key.Urgent ? lead : 0 };
    }

    private sealed class Lane
    {
        public LinkedList<T> Waiting { get; } = [];

        public required long Mark { get; set; }

        public required long Lead { get; init; }

        /// <summary>The number of its last turn; 0 where it had none.</summary>
        public long Turn { get; set; }

        public long Rank => Mark - Lead;

        public bool GoesBefore(Lane other) => (Rank, Turn).CompareTo((other.Rank, other.Turn)) < 0;
    }
}
