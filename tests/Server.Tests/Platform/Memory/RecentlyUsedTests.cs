using AwesomeAssertions;
using Castellan.Platform.Memory;

namespace Castellan.Tests.Platform.Memory;

public sealed class RecentlyUsedTests
{
    private const int Capacity = 100;
    private readonly RecentlyUsed<int, object> states = new(Capacity);

    [Fact]
    public void A_subject_keeps_its_state() => states.Of(1).Should().BeSameAs(states.Of(1));

    [Fact]
    public void A_subject_that_is_forgotten_has_a_new_one()
    {
        var old = states.Of(1);
        states.Forget(1);
        states.Of(1).Should().NotBeSameAs(old);
    }

    [Fact]
    public void A_flood_of_others_does_not_take_the_state_of_who_is_seen_meanwhile()
    {
        var mine = states.Of(-1);
        for (var other = 0; other < 50 * Capacity; other++)
        {
            states.Of(other);
            if (other % (Capacity / 2) == 0) states.Of(-1).Should().BeSameAs(mine);
        }
    }

    [Fact]
    public void Of_many_subjects_only_twice_the_capacity_is_kept()
    {
        var first = Enumerable.Range(0, 10 * Capacity).Select(states.Of).ToList();
        // From the end, because asking for one keeps it and may turn out another.
        var kept = first.Index().Reverse().TakeWhile(s => ReferenceEquals(states.Of(s.Index), s.Item)).Count();
        kept.Should().BeInRange(Capacity, 2 * Capacity);
    }

    [Fact]
    public void Threads_share_a_subject()
    {
        var same = Enumerable.Range(0, 64).AsParallel().WithDegreeOfParallelism(8).Select(_ => states.Of(7)).ToList();
        same.Distinct().Should().ContainSingle();
    }
}
