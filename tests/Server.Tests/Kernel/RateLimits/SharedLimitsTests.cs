using System.Diagnostics;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Kernel.RateLimits;
using Castellan.Platform.Storage;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Castellan.Tests.Kernel.RateLimits;

/// <summary>Two nodes that count as one, over a real Redis.</summary>
public sealed class SharedLimitsTests
{
    private static readonly DateTimeOffset Now = new(2030, 1, 15, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider clock = new(Now);

    /// <summary>So slow that nothing comes free within a test, which runs by the clock of Redis.</summary>
    private static RateLimit Slow(int burst) => new(0.001, burst);

    [Fact]
    public async Task Many_at_once_on_two_nodes_pass_as_often_as_one_limit_allows()
    {
        await using var redis = await RedisServer.Start();
        var options = new RateLimitOptions { User = Slow(500), Tenant = Slow(300) };
        await using var one = await SharingNode.Start(options, redis, clock);
        await using var other = await SharingNode.Start(options, redis, clock);
        var tenants = Enumerable.Range(0, 3).Select(_ => TenantId.New(Now)).ToArray();
        var user = LimitedCall.AnyUser();
        var verdicts = await Task.WhenAll(Enumerable.Range(0, 8).Select(lane => Task.Run(async () =>
        {
            var passed = 0;
            for (var i = 0; i < 250; i++)
            {
                var node = (lane + i) % 2 == 0 ? one : other;
                var verdict = await node.Limiter.Charge(LimitedCall.Of(Now, user, tenant: tenants[i % 3]));
                verdict.Should().BeOneOf(RateVerdict.Within, RateVerdict.Over);
                if (verdict is RateVerdict.Within) passed++;
            }
            return passed;
        })));
        verdicts.Sum().Should().Be(500);
    }

    private sealed record Step(long WaitUs, bool OnOther, int Caller, bool IsCredential, bool IsHeavy, int? Tenant);

    private static readonly Gen<RateLimit> AnyLimit = Gen.Select(
        Gen.OneOf(Gen.Double[0.002, 0.01], Gen.Const(0.003)), Gen.Int[1, 25],
        (perSecond, burst) => new RateLimit(perSecond, burst));

    private static readonly Gen<Step> AnyStep = Gen.Select(
        Gen.Frequency((4, Gen.Const(0L)), (3, Gen.Long[0, 50_000_000]), (1, Gen.Long[0, 5_000_000_000])),
        Gen.Bool, Gen.Int[0, 2], Gen.Bool, Gen.Bool, Gen.Int[-1, 1],
        (wait, onOther, caller, credential, heavy, tenant) =>
            new Step(wait, onOther, caller, credential, heavy, tenant < 0 ? null : tenant));

    /// <summary>
    /// Every verdict and every state of a sequence over two nodes is that of one node by itself. The clock is ours, and
    /// limits are so slow that Redis, whose clock it is not, throws nothing away.
    /// </summary>
    [Fact]
    public async Task Two_nodes_decide_and_say_what_one_would()
    {
        await using var redis = await RedisServer.Start();
        var sequence = 0;
        await Gen.Select(AnyLimit, AnyLimit, AnyLimit, AnyStep.Array[1, 60]).SampleAsync(
            async (user, tenant, credential, steps) =>
        {
            var now = new FakeTimeProvider(Now);
            var options = new RateLimitOptions { User = user, Tenant = tenant, Credential = credential };
            var (prefix, at) = ($"{{{++sequence}}}:", $"clock:{sequence}");
            var script = ChargeScript.By($"redis.call('HMGET', '{at}', 's', 'us')");
            await using var one = await SharingNode.Start(options, redis, now, prefix, script);
            await using var other = await SharingNode.Start(options, redis, now, prefix, script);
            var alone = new RateLimiter(options, now);
            var users = Enumerable.Range(0, 3).Select(_ => LimitedCall.AnyUser()).ToArray();
            var tenants = Enumerable.Range(0, 2).Select(_ => TenantId.New(Now)).ToArray();
            foreach (var step in steps)
            {
                now.Advance(TimeSpan.FromMicroseconds(step.WaitUs));
                var us = (now.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
                await one.Ask($"return redis.call('HSET', '{at}', 's', ARGV[1], 'us', ARGV[2])",
                    us / 1_000_000, us % 1_000_000);
                Invocation Call() => LimitedCall.Of(
                    Now, users[step.Caller], tenant: step.Tenant is { } t ? tenants[t] : null,
                    rate: step.IsCredential ? RateClass.Credential : RateClass.Standard,
                    cost: step.IsHeavy ? WriteCost.Heavy : null);

                var (expected, call) = (Call(), Call());
                var verdict = await alone.Charge(expected);
                (await (step.OnOther ? other : one).Limiter.Charge(call)).Should().Be(verdict);
                call.Rates.Should().Equal(expected.Rates);
            }
        }, iter: 40, threads: 1);
    }

    [Fact]
    public async Task What_one_limit_refuses_is_charged_to_none()
    {
        await using var redis = await RedisServer.Start();
        var options = new RateLimitOptions { User = Slow(5), Tenant = Slow(2) };
        await using var one = await SharingNode.Start(options, redis, clock);
        await using var other = await SharingNode.Start(options, redis, clock);
        var (user, tenant) = (LimitedCall.AnyUser(), TenantId.New(Now));
        Invocation InTenant() => LimitedCall.Of(Now, user, tenant: tenant);

        (await one.Limiter.PassesUntilOver(InTenant)).Should().Be(2);
        var refused = InTenant();
        (await other.Limiter.Charge(refused)).Should().Be(RateVerdict.Over);
        refused.Rates.Select(state => (state.Policy, state.Remaining)).Should().Equal(("user", 3), ("tenant", 0));
        (await other.Limiter.PassesUntilOver(() => LimitedCall.Of(Now, user))).Should().Be(3);
    }

    [Fact]
    public async Task A_heavy_call_counts_for_ten_on_all_nodes()
    {
        await using var redis = await RedisServer.Start();
        var options = new RateLimitOptions { Address = Slow(25) };
        await using var one = await SharingNode.Start(options, redis, clock);
        await using var other = await SharingNode.Start(options, redis, clock);
        Invocation Heavy() => LimitedCall.Of(Now, cost: WriteCost.Heavy);

        (await one.Limiter.Charge(Heavy())).Should().Be(RateVerdict.Within);
        (await other.Limiter.Charge(Heavy())).Should().Be(RateVerdict.Within);
        (await one.Limiter.Charge(Heavy())).Should().Be(RateVerdict.Over);
        (await other.Limiter.PassesUntilOver(() => LimitedCall.Of(Now))).Should().Be(5);
    }

    [Fact]
    public async Task Who_waits_as_long_as_it_was_told_passes_by_the_clock_of_Redis()
    {
        await using var redis = await RedisServer.Start();
        await using var node = await SharingNode.Start(
            new RateLimitOptions { Address = new RateLimit(5, 1) }, redis, clock);
        (await node.Limiter.Charge(LimitedCall.Of(Now))).Should().Be(RateVerdict.Within);
        var refused = LimitedCall.Of(Now);
        (await node.Limiter.Charge(refused)).Should().Be(RateVerdict.Over);
        var told = Stopwatch.GetTimestamp();
        var wait = refused.Rates.Should().ContainSingle().Which.Wait;
        wait.Should().BePositive().And.BeLessThanOrEqualTo(TimeSpan.FromMilliseconds(200));

        // By the clock of Redis, which no test can set: here time has to pass. Timers may be a little early.
        await Poll.Until(() => Stopwatch.GetElapsedTime(told) > wait + TimeSpan.FromMilliseconds(1));
        (await node.Limiter.Charge(LimitedCall.Of(Now))).Should().Be(RateVerdict.Within);
    }

    [Fact]
    public async Task What_says_nothing_any_more_is_thrown_away()
    {
        await using var redis = await RedisServer.Start();
        var options = new RateLimitOptions { Address = new RateLimit(1_000, 1), User = Slow(3) };
        await using var node = await SharingNode.Start(options, redis, clock);
        await node.Limiter.Charge(LimitedCall.Of(Now));
        await node.Limiter.Charge(LimitedCall.Of(Now, LimitedCall.AnyUser()));
        (await Keys(node)).Should().HaveCount(2);
        await Poll.Until(async () => (await Keys(node)).Length == 1);
        var kept = (long)await node.Ask("return redis.call('PTTL', redis.call('KEYS', '*')[1])");
        kept.Should().BeInRange(990_000, 1_001_000, "a call takes a thousand seconds to be free again");
    }

    [Fact]
    public async Task Names_hold_ids_and_networks_of_one_installation()
    {
        await using var redis = await RedisServer.Start();
        var options = new RateLimitOptions
        {
            App = Slow(9), Environment = Slow(9), Operations = new Dictionary<string, RateLimit>
            {
                ["tests.call"] = Slow(9),
            },
        };
        await using var node = await SharingNode.Start(options, redis, clock);
        await using var stranger = await SharingNode.Start(options, redis, clock, "{another}:");
        var key = LimitedCall.KeyWith(Slow(9));
        var tenant = TenantId.New(Now);
        var call = LimitedCall.Of(Now, key, "2001:db8:1:2::1", tenant, RateClass.Credential);
        (await node.Limiter.Charge(call)).Should().Be(RateVerdict.Within);
        (await stranger.Limiter.Charge(call)).Should().Be(RateVerdict.Within);

        (await Keys(node)).Where(name => name.StartsWith(SharingNode.Prefix, StringComparison.Ordinal))
            .Select(name => name[SharingNode.Prefix.Length..]).Should().BeEquivalentTo(
                "credential:20010db800010002", $"key:{key.Key}", $"own:{key.Key}", $"tenant:{tenant}",
                $"tests.call:{key.Key}", $"app:sandbox/{key.App}", "environment:sandbox");
        (await Keys(node)).Should().HaveCount(14, "another installation has numbers of its own");
    }

    [Fact]
    public async Task A_script_that_Redis_has_forgotten_is_sent_again()
    {
        await using var redis = await RedisServer.Start();
        await using var node = await SharingNode.Start(new RateLimitOptions { Address = Slow(3) }, redis, clock);
        (await node.Limiter.Charge(LimitedCall.Of(Now))).Should().Be(RateVerdict.Within);
        (await redis.Send("SCRIPT FLUSH")).Should().Be("+OK");
        (await node.Limiter.PassesUntilOver(() => LimitedCall.Of(Now))).Should().Be(2);
        node.Said.Should().BeEmpty();
    }

    private static async Task<string[]> Keys(SharingNode node) =>
        (string[])(await node.Ask("return redis.call('KEYS', '*')"))!;
}
