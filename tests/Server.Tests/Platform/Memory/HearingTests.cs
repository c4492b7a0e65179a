using AwesomeAssertions;
using Castellan.Platform.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Castellan.Tests.Platform.Memory;

public sealed class HearingTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan Little = TimeSpan.FromMilliseconds(1);
    private readonly FakeTimeProvider clock = new();
    private readonly Hearing hearing;
    private readonly Remembered<int, string> memory;

    public HearingTests()
    {
        hearing = new Hearing(clock, Bound);
        memory = new Remembered<int, string>(clock, Bound, hearing: hearing);
    }

    [Fact]
    public async Task What_is_remembered_stays_while_others_are_heard_and_for_no_longer()
    {
        hearing.Begin(clock.GetTimestamp());
        clock.Advance(Little);
        await Load();
        for (var i = 0; i < 20; i++)
        {
            clock.Advance(Bound - Little);
            memory.TryGet(1, out _).Should().BeTrue();
            hearing.Confirm(clock.GetTimestamp());
        }
        clock.Advance(Bound);
        memory.TryGet(1, out _).Should().BeFalse("nothing was heard for so long");
        memory.TryGetExact(1, out _).Should().BeFalse();

        hearing.Confirm(clock.GetTimestamp());
        memory.TryGet(1, out _).Should().BeTrue("all that was said meanwhile has been heard");
    }

    [Fact]
    public async Task An_answer_counts_from_when_it_was_asked_for()
    {
        hearing.Begin(clock.GetTimestamp());
        clock.Advance(Little);
        await Load();
        clock.Advance(Bound - Little);
        var asked = clock.GetTimestamp();
        clock.Advance(Bound);
        hearing.Confirm(asked);
        memory.TryGet(1, out _).Should().BeFalse("the answer was as long under way as it may be trusted");
    }

    [Fact]
    public async Task What_was_loaded_before_the_beginning_is_trusted_for_its_own_time_alone()
    {
        await Load();
        hearing.Begin(clock.GetTimestamp());
        clock.Advance(Bound - Little);
        hearing.Confirm(clock.GetTimestamp());
        memory.TryGet(1, out _).Should().BeTrue();
        clock.Advance(Little);
        memory.TryGet(1, out _).Should().BeFalse();
        await Load();
        clock.Advance(Bound);
        hearing.Confirm(clock.GetTimestamp());
        memory.TryGet(1, out _).Should().BeTrue();

        hearing.Begin(clock.GetTimestamp());
        memory.TryGet(1, out _).Should().BeFalse("the line was lost in between");
    }

    [Fact]
    public async Task Who_stood_still_while_it_looked_does_not_take_later_news_for_its_own()
    {
        hearing.Begin(clock.GetTimestamp());
        clock.Advance(Little);
        await Load();
        var before = hearing.Last!;
        var loadedAt = clock.GetTimestamp();
        clock.Advance(Bound);
        hearing.Confirm(clock.GetTimestamp());

        hearing.Covers(before, loadedAt).Should().BeFalse();
        hearing.Covers(hearing.Last!, loadedAt).Should().BeTrue();
    }

    private async Task Load() => await memory.Get(1, 0, (_, _) => new ValueTask<string?>("value"));
}
