using System.Diagnostics;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Kernel.RateLimits;
using Castellan.Platform.Redis;
using Microsoft.Extensions.Time.Testing;

namespace Castellan.Tests.Kernel.RateLimits;

/// <summary>What limits do while the Redis that they are shared through is away, hangs, or was never there.</summary>
public sealed class UnsharedLimitsTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 15, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(100);
    private readonly FakeTimeProvider clock = new(Now);

    private static RateLimit Slow(int burst) => new(0.001, burst);

    [Fact]
    public async Task Against_abuse_each_node_counts_alone_until_it_is_back()
    {
        await using var redis = await RedisServer.Start();
        var options = new RateLimitOptions { User = Slow(5) };
        await using var one = await SharingNode.Start(options, redis, clock);
        await using var other = await SharingNode.Start(options, redis, clock);
        var user = LimitedCall.AnyUser();
        Invocation Call() => LimitedCall.Of(Now, user);
        (await one.Limiter.PassesUntilOver(Call)).Should().Be(5);
        (await other.Limiter.PassesUntilOver(Call)).Should().Be(0);

        await redis.Kill();
        (await one.Limiter.PassesUntilOver(Call)).Should().Be(5, "this node's own limit holds");
        (await other.Limiter.PassesUntilOver(Call)).Should().Be(5);
        var refused = Call();
        (await one.Limiter.Charge(refused)).Should().Be(RateVerdict.Over);
        refused.Rates.Should().ContainSingle().Which.Wait.Should().Be(TimeSpan.FromSeconds(1000));

        await redis.Run();
        await BackAgain(one);
        await BackAgain(other);
        (await one.Limiter.Charge(Call())).Should().Be(RateVerdict.Within);
        (await other.Limiter.PassesUntilOver(Call)).Should().Be(4, "they share one limit again");
        foreach (var node in new[] { one, other })
        {
            node.Said.Should().SatisfyRespectively(
                lost => lost.Should().Contain("does not answer"), found => found.Should().Contain("answers again"));
        }
    }

    [Fact]
    public async Task What_a_customer_has_bought_closes_and_takes_nothing_else_with_it()
    {
        await using var redis = await RedisServer.Start();
        var options = new RateLimitOptions { Key = Slow(3), Address = Slow(3) };
        await using var node = await SharingNode.Start(options, redis, clock);
        var key = LimitedCall.KeyWith(Slow(2));
        (await node.Limiter.PassesUntilOver(() => LimitedCall.Of(Now, key))).Should().Be(2);

        await redis.Kill();
        for (var i = 0; i < 5; i++)
        {
            var call = LimitedCall.Of(Now, key);
            (await node.Limiter.Charge(call)).Should().Be(RateVerdict.Unknown);
            call.Rates.Should().BeEmpty();
        }
        (await node.Limiter.ChargeOwn(key.Key!.Value, Slow(2))).Verdict.Should().Be(RateVerdict.Unknown);
        var without = key with { OwnRate = null };
        (await node.Limiter.PassesUntilOver(() => LimitedCall.Of(Now, without)))
            .Should().Be(3, "what was refused was charged to nothing");

        await redis.Run();
        await BackAgain(node);
        (await node.Limiter.PassesUntilOver(() => LimitedCall.Of(Now, key))).Should().Be(2);
    }

    [Fact]
    public async Task Which_limits_close_is_a_setting()
    {
        await using var redis = await RedisServer.Start();
        var options = new RateLimitOptions
        {
            User = Slow(2) with { WhenUnshared = WhenUnshared.Closed }, OwnWhenUnshared = WhenUnshared.Open,
        };
        await using var node = await SharingNode.Start(options, redis, clock);
        await redis.Kill();
        (await node.Limiter.Charge(LimitedCall.Of(Now, LimitedCall.AnyUser()))).Should().Be(RateVerdict.Unknown);
        var key = LimitedCall.KeyWith(Slow(2));
        (await node.Limiter.PassesUntilOver(() => LimitedCall.Of(Now, key))).Should().Be(2);
    }

    [Fact]
    public async Task One_that_hangs_holds_one_call_for_as_long_as_the_bound_and_the_others_not_at_all()
    {
        await using var redis = await RedisServer.Start();
        await using var node = await SharingNode.Start(
            new RateLimitOptions { User = Slow(1_000) }, redis, clock, bound: Bound);
        var user = LimitedCall.AnyUser();
        Invocation Call() => LimitedCall.Of(Now, user);
        await BackAgain(node);
        await redis.Pause();
        try
        {
            var began = Stopwatch.GetTimestamp();
            (await node.Limiter.Charge(Call())).Should().Be(RateVerdict.Within);
            // Ten times the bound for a machine that has other things to do.
            Stopwatch.GetElapsedTime(began).Should().BeGreaterThan(Bound / 2).And.BeLessThan(10 * Bound);
            for (var i = 0; i < 100; i++) node.Limiter.TryCharge(Call()).Should().BeTrue("it is not asked");

            clock.Advance(RedisConnection.Pause);
            began = Stopwatch.GetTimestamp();
            var probe = node.Limiter.Charge(Call()).AsTask();
            node.Limiter.TryCharge(Call()).Should().BeTrue("one asks again, and nobody beside it");
            (await probe).Should().Be(RateVerdict.Within);
            Stopwatch.GetElapsedTime(began).Should().BeGreaterThan(Bound / 2);
        }
        finally
        {
            await redis.Resume();
        }
        await BackAgain(node);
        var call = Call();
        (await node.Limiter.Charge(call)).Should().Be(RateVerdict.Within);
        call.Rates.Single().Remaining.Should().BeInRange(990, 999, "what was asked before it hung may be counted");
    }

    [Fact]
    public async Task One_that_was_never_there_is_found_when_it_comes()
    {
        await using var redis = await RedisServer.Start();
        await redis.Kill();
        await using var node = await SharingNode.Start(new RateLimitOptions { User = Slow(2) }, redis, clock);
        var user = LimitedCall.AnyUser();
        Invocation Call() => LimitedCall.Of(Now, user);
        (await node.Limiter.PassesUntilOver(Call)).Should().Be(2);

        await redis.Run();
        await BackAgain(node);
        (await node.Limiter.PassesUntilOver(Call)).Should().Be(2);
    }

    /// <summary>Until it answers this node: each look is after a pause.</summary>
    private async Task BackAgain(SharingNode node) => await Poll.Until(
        async () => await node.Redis.Run("return 1", [], []) is not null, () => clock.Advance(RedisConnection.Pause));
}
