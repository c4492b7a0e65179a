using AwesomeAssertions;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Platform.Storage;

/// <summary>The order of the queue, with costs that the test decides.</summary>
public sealed class FairQueueTests(ITestOutputHelper output)
{
    private const int Lead = 100;
    private static readonly WriteLane A = new("a");
    private static readonly WriteLane B = new("b");
    private static readonly WriteLane Light = new("light");
    private static readonly WriteLane Kill = new("a", Urgent: true);
    private readonly FairQueue<Work> queue = new(most: 1_000, Lead);

    private sealed record Work(WriteLane Lane, int Number, int Cost = 10);

    [Fact]
    public void Two_lanes_that_always_wait_have_had_the_same_time_within_one_cost_of_each_whatever_comes_beside()
    {
        var numbers = new SeededNumbers(SeededNumbers.Seed(output));
        for (var world = 0; world < 200; world++)
        {
            var shared = new FairQueue<Work>(most: 1_000, Lead);
            var (mostA, mostB) = (1 + numbers.Below(500), 1 + numbers.Below(500));
            for (var i = 0; i < 200; i++)
            {
                Add(shared, new Work(A, i, 1 + numbers.Below(mostA)));
                Add(shared, new Work(B, i, 1 + numbers.Below(mostB)));
            }
            var (ahead, least, greatest, left) = (0, 0, 0, new[] { 200, 200 });
            while (left[0] > 1 && left[1] > 1)
            {
                if (numbers.Below(3) == 0)
                    Add(shared, new Work(new WriteLane($"other {numbers.Below(5)}"), 0, 1 + numbers.Below(300)));
                var done = Serve(shared)!;
                if (done.Lane == A) left[0]--;
                if (done.Lane == B) left[1]--;
                ahead += done.Lane == A ? done.Cost : done.Lane == B ? -done.Cost : 0;
                (least, greatest) = (Math.Min(least, ahead), Math.Max(greatest, ahead));
            }
            (greatest - least).Should().BeLessThanOrEqualTo(mostA + mostB);
        }
    }

    [Fact]
    public void A_lane_that_takes_little_waits_for_at_most_one_of_each_lane_that_floods()
    {
        var numbers = new SeededNumbers(SeededNumbers.Seed(output));
        for (var floods = 1; floods <= 8; floods++)
        {
            var shared = new FairQueue<Work>(most: 1_000, Lead);
            for (var i = 0; i < 50 * floods; i++)
                Add(shared, new Work(new WriteLane($"flood {i % floods}"), i, 500 + numbers.Below(1_000)));
            for (var light = 0; light < 20; light++)
            {
                for (var i = numbers.Below(3); i >= 0; i--) Serve(shared)!.Lane.Should().NotBe(Light);
                Add(shared, new Work(Light, light, Cost: 1));
                var before = 0;
                while (Serve(shared)!.Lane != Light) before++;
                before.Should().BeLessThanOrEqualTo(floods - 1);
            }
        }
    }

    [Fact]
    public void Inside_a_lane_who_comes_first_goes_first_and_nobody_is_lost_or_served_twice()
    {
        var numbers = new SeededNumbers(SeededNumbers.Seed(output));
        var small = new FairQueue<Work>(most: 60, Lead);
        var waiting = new Dictionary<WriteLane, List<Work>>();
        var (refused, displaced) = (0, 0);
        for (var step = 0; step < 20_000; step++)
        {
            var lane = new WriteLane($"lane {numbers.Below(12)}", Urgent: numbers.Below(4) == 0);
            var work = new Work(lane, step, numbers.Below(50));
            var own = waiting.TryGetValue(lane, out var known) ? known : waiting[lane] = [];
            if (numbers.Below(100) < 52)
            {
                var longest = waiting.Values.Max(list => list.Count);
                if (small.TryAdd(lane, work, out var gone)) own.Add(work);
                else own.Count.Should().BeGreaterThanOrEqualTo(longest - 1, $"refused {++refused}");
                if (gone is null) continue;
                displaced++;
                waiting[gone.Lane].Should().HaveCount(longest).And.Subject.Last().Should().BeSameAs(gone);
                waiting[gone.Lane].Remove(gone);
            }
            else if (numbers.Below(20) == 0 && own.Count > 0)
            {
                var leaving = own[numbers.Below(own.Count)];
                small.Remove(lane, leaving).Should().BeTrue();
                small.Remove(lane, leaving).Should().BeFalse();
                own.Remove(leaving);
            }
            else if (Serve(small) is { } served)
            {
                waiting[served.Lane][0].Should().BeSameAs(served);
                waiting[served.Lane].RemoveAt(0);
            }
            small.Count.Should().Be(waiting.Values.Sum(list => list.Count)).And.BeLessThanOrEqualTo(60);
        }
        (refused, displaced).Should().Match<(int, int)>(seen => seen.Item1 > 0 && seen.Item2 > 0);
        while (Serve(small) is { } rest) waiting[rest.Lane].Remove(rest).Should().BeTrue();
        waiting.Values.Should().OnlyContain(list => list.Count == 0);
    }

    [Fact]
    public void Idleness_saves_nothing_up()
    {
        Fill(A, 200);
        Add(queue, new Work(B, 0));
        for (var i = 0; i < 100; i++) Serve(queue);
        Fill(B, 50);

        var next = Enumerable.Range(0, 40).Select(_ => Serve(queue)!.Lane).ToList();

        next.Count(lane => lane == B).Should().BeInRange(20, 21);
    }

    [Fact]
    public void What_was_used_before_a_short_pause_still_counts()
    {
        Fill(A, 10);
        Fill(B, 1, cost: 55);
        Serve(queue);
        Serve(queue);
        Fill(B, 1);

        // B had 55 and A 10: five more of A come first.
        Enumerable.Range(0, 6).Select(_ => Serve(queue)!.Lane).Should().Equal(A, A, A, A, A, B);
    }

    [Fact]
    public void Urgent_work_goes_first_until_its_lead_is_used_up()
    {
        Fill(A, 100);
        Fill(B, 100);
        for (var i = 0; i < 10; i++) Serve(queue);
        Fill(Kill, 40);

        var next = Enumerable.Range(0, 41).Select(_ => Serve(queue)!.Lane).ToList();

        next.TakeWhile(lane => lane == Kill).Count().Should().BeInRange(Lead / 10, (Lead / 10) + 1);
        next.Skip(Lead / 10).Count(lane => lane == Kill).Should().BeInRange(10, 11);
    }

    [Fact]
    public void Of_a_full_queue_the_longest_lane_gives_way()
    {
        var full = new FairQueue<Work>(most: 10, Lead);
        for (var i = 0; i < 6; i++) Add(full, new Work(A, i));
        for (var i = 0; i < 4; i++) Add(full, new Work(B, i));

        full.TryAdd(A, new Work(A, 6), out var own).Should().BeFalse();
        full.TryAdd(Light, new Work(Light, 0), out var first).Should().BeTrue();
        full.TryAdd(B, new Work(B, 4), out var second).Should().BeFalse("it would be as long as the longest");

        (own, second).Should().Be((null, null));
        first.Should().Be(new Work(A, 5));
        full.Count.Should().Be(10);
    }

    [Fact]
    public void What_does_not_fit_keeps_its_turn()
    {
        Fill(A, 2);
        Add(queue, new Work(B, 0));

        queue.Take(work => work.Lane != A)!.Lane.Should().Be(B);
        queue.Take(work => work.Lane != A).Should().BeNull();
        queue.Count.Should().Be(2);
        queue.Take()!.Number.Should().Be(0);
    }

    [Fact]
    public void Lanes_in_which_nothing_waits_are_forgotten()
    {
        var wide = new FairQueue<Work>(most: 5_000, Lead);
        for (var i = 0; i < 5_000 - 1; i++) Add(wide, new Work(A, i));
        for (var i = 0; i < Limits.LanesKnown + 200; i++)
        {
            Add(wide, new Work(new WriteLane($"once {i}"), i));
            while (Serve(wide)!.Lane == A)
            {
            }
            wide.Lanes.Should().BeLessThanOrEqualTo(Limits.LanesKnown);
        }
        while (Serve(wide) is not null)
        {
        }
        wide.Lanes.Should().Be(0);
    }

    private void Fill(WriteLane lane, int count, int cost = 10)
    {
        for (var i = 0; i < count; i++) queue.TryAdd(lane, new Work(lane, i, cost), out _);
    }

    private static void Add(FairQueue<Work> to, Work work) =>
        to.TryAdd(work.Lane, work, out _).Should().BeTrue();

    private static Work? Serve(FairQueue<Work> from)
    {
        var next = from.Take();
        if (next is not null) from.Charge(next.Lane, next.Cost);
        return next;
    }
}
