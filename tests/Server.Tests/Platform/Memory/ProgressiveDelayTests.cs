using AwesomeAssertions;
using Castellan.Platform.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Castellan.Tests.Platform.Memory;

public sealed class ProgressiveDelayTests
{
    private readonly FakeTimeProvider clock = new();
    private readonly ProgressiveDelay delay;

    public ProgressiveDelayTests() => delay = new ProgressiveDelay(clock);

    [Fact]
    public void Five_attempts_are_free_and_then_each_waits_twice_as_long_up_to_a_quarter_of_an_hour()
    {
        var waits = new List<double>();
        for (var i = 0; i < 18; i++)
        {
            var wait = delay.Begin("ada");
            waits.Add(wait?.TotalSeconds ?? 0);
            if (wait is null) continue;
            clock.Advance(wait.Value - TimeSpan.FromMilliseconds(1));
            delay.Begin("ada").Should().NotBeNull("a millisecond is missing");
            clock.Advance(TimeSpan.FromMilliseconds(1));
            delay.Begin("ada").Should().BeNull();
        }
        waits.Should().Equal(0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900);
    }

    [Fact]
    public void A_refused_attempt_does_not_lengthen_the_wait()
    {
        for (var i = 0; i < 5; i++) delay.Begin("ada");
        for (var i = 0; i < 100; i++) delay.Begin("ada").Should().Be(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Parallel_guesses_are_counted_each()
    {
        var passed = Enumerable.Range(0, 64).AsParallel().WithDegreeOfParallelism(8)
            .Count(_ => delay.Begin("ada") is null);
        passed.Should().Be(5);
    }

    [Fact]
    public void A_success_starts_anew_and_concerns_nobody_else()
    {
        for (var i = 0; i < 5; i++)
        {
            delay.Begin("ada");
            delay.Begin("bob");
        }
        delay.Succeed("ada");
        delay.Begin("ada").Should().BeNull();
        delay.Begin("bob").Should().NotBeNull();
    }
}
