using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Kernel.RateLimits;
using Castellan.Platform.Storage;
using CsCheck;
using Microsoft.Extensions.Time.Testing;

namespace Castellan.Tests.Kernel.RateLimits;

public sealed class RateLimiterTests
{
    private const long Second = TimeSpan.TicksPerSecond;
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2030, 1, 15, 12, 0, 0, TimeSpan.Zero));

    private Invocation Call(
        Caller? caller = null, string? address = "192.0.2.1", TenantId? tenant = null,
        RateClass rate = RateClass.Standard, string? origin = null) =>
        LimitedCall.Of(clock.GetUtcNow(), caller, address, tenant, rate, origin);

    private RateLimiter With(RateLimitOptions options) => new(options, clock);

    /// <summary>A bucket that leaks: its level, and when it was looked at last, in ticks.</summary>
    private sealed class Bucket(RateLimit limit)
    {
        private readonly long perCall = (long)Math.Round(Second / limit.PerSecond);
        private long level;
        private long at;

        public bool HasRoom(long now)
        {
            level = Math.Max(0, level - (now - at));
            at = now;
            return level + perCall <= perCall * limit.Burst;
        }

        public void Take() => level += perCall;

        public long Remaining => ((perCall * limit.Burst) - level) / perCall;

        public TimeSpan UntilFree => TimeSpan.FromTicks(level);

        public TimeSpan UntilNext => TimeSpan.FromTicks(level + perCall - (perCall * limit.Burst));
    }

    private sealed record Step(long WaitTicks, int Caller, bool IsCredential, int? Tenant);

    private static readonly Gen<RateLimit> AnyLimit = Gen.Select(
        Gen.OneOf(Gen.Double[0.1, 20], Gen.Const(3.0), Gen.Const(1_000.0)), Gen.Int[1, 12],
        (perSecond, burst) => new RateLimit(perSecond, burst));

    private static readonly Gen<Step> AnyStep = Gen.Select(
        Gen.Frequency((3, Gen.Const(0L)), (3, Gen.Long[0, Second / 10]), (1, Gen.Long[0, 20 * Second])),
        Gen.Int[0, 2], Gen.Bool, Gen.Int[-1, 1],
        (wait, caller, credential, tenant) => new Step(wait, caller, credential, tenant < 0 ? null : tenant));

    /// <summary>All states after every call, and that a refused one was charged nowhere.</summary>
    [Fact]
    public void It_is_a_bucket_that_leaks_for_each_subject_and_all_or_nothing_for_each_call() =>
        Gen.Select(AnyLimit, AnyLimit, AnyLimit, AnyStep.Array[1, 120]).Sample((user, tenant, credential, steps) =>
        {
            var now = new FakeTimeProvider();
            var limiter = new RateLimiter(
                new RateLimitOptions { User = user, Tenant = tenant, Credential = credential }, now);
            var users = Enumerable.Range(0, 3).Select(_ => (Caller: AnyUser(), Bucket: new Bucket(user))).ToList();
            var tenants = Enumerable.Range(0, 2)
                .Select(_ => (Id: TenantId.New(now.GetUtcNow()), Bucket: new Bucket(tenant))).ToList();
            var address = new Bucket(credential);
            foreach (var step in steps)
            {
                now.Advance(TimeSpan.FromTicks(step.WaitTicks));
                var buckets = new List<(string Policy, Bucket Bucket)>();
                if (step.IsCredential) buckets.Add(("credential", address));
                buckets.Add(("user", users[step.Caller].Bucket));
                if (step.Tenant is { } at) buckets.Add(("tenant", tenants[at].Bucket));
                TenantId? named = step.Tenant is { } t ? tenants[t].Id : null;
                var rate = step.IsCredential ? RateClass.Credential : RateClass.Standard;
                var call = Call(users[step.Caller].Caller, tenant: named, rate: rate);

                var refusing = buckets.FindIndex(b => !b.Bucket.HasRoom(now.GetTimestamp()));
                limiter.TryCharge(call).Should().Be(refusing < 0);
                var asked = refusing < 0 ? buckets : buckets[..(refusing + 1)];
                if (refusing < 0) asked.ForEach(b => b.Bucket.Take());
                call.Rates.Select(r => (r.Policy, r.Remaining, r.Wait)).Should().Equal(asked.Select((b, i) =>
                    (b.Policy, i == refusing ? 0 : b.Bucket.Remaining,
                        i == refusing ? b.Bucket.UntilNext : b.Bucket.UntilFree)));
            }
        }, iter: 300);

    /// <summary>What a limit is for, counted from outside: no more than burst and rate allow, in any window.</summary>
    [Fact]
    public void In_no_window_pass_more_than_burst_and_rate_allow() =>
        Gen.Select(AnyLimit, Gen.Long[0, Second / 4].Array[50, 200]).Sample((limit, waits) =>
        {
            var now = new FakeTimeProvider();
            var limiter = new RateLimiter(new RateLimitOptions { Address = limit }, now);
            var passed = new List<long>();
            foreach (var wait in waits)
            {
                now.Advance(TimeSpan.FromTicks(wait));
                if (limiter.TryCharge(Call())) passed.Add(now.GetTimestamp());
            }
            for (var from = 0; from < passed.Count; from++)
            {
                for (var to = from; to < passed.Count; to++)
                {
                    // A tick's rounding of the interval, for each call.
                    var seconds = (double)(passed[to] - passed[from]) / Second;
                    (to - from + 1).Should().BeLessThanOrEqualTo(
                        (int)Math.Floor(limit.Burst + (seconds * limit.PerSecond * 1.001) + 0.001));
                }
            }
        }, iter: 100);

    [Theory]
    [InlineData(3, 1)]
    [InlineData(7, 2)]
    [InlineData(1_000, 1)]
    [InlineData(4_000, 4_000)]
    public void Who_keeps_to_the_rate_is_never_refused_however_long(double perSecond, int burst)
    {
        var limiter = With(new RateLimitOptions { Address = new RateLimit(perSecond, burst) });
        for (var i = 0; i < burst; i++) limiter.TryCharge(Call()).Should().BeTrue();
        for (var i = 0; i < 20_000; i++)
        {
            clock.Advance(TimeSpan.FromTicks((long)Math.Ceiling(Second / perSecond)));
            limiter.TryCharge(Call()).Should().BeTrue();
        }
    }

    /// <summary>Also where a clock's numbers are too large for a double: here it has ticks since the year 1.</summary>
    [Fact]
    public void Who_is_a_tick_early_is_refused_and_told_to_wait_for_it()
    {
        var limiter = With(new RateLimitOptions { Address = new RateLimit(1_000, 1) });
        limiter.TryCharge(Call()).Should().BeTrue();
        clock.Advance(TimeSpan.FromTicks(9_999));
        var early = Call();
        limiter.TryCharge(early).Should().BeFalse();
        early.Rates.Should().ContainSingle().Which.Wait.Should().Be(TimeSpan.FromTicks(1));
        clock.Advance(early.Rates[0].Wait);
        limiter.TryCharge(Call()).Should().BeTrue();
    }

    [Fact]
    public void Each_kind_of_caller_has_its_own_limit()
    {
        var limiter = With(new RateLimitOptions());
        var app = AppId.New(clock.GetUtcNow());
        var native = Caller.OfApp("sandbox", app, KeyId.New(clock.GetUtcNow()));
        (Invocation Call, string Policy)[] calls =
        [
            (Call(), "address"), (Call(AnyUser()), "user"), (Call(native), "native"),
            (Call(native, origin: "https://app.example.com"), "address"),
            (Call(Caller.OfKey("sandbox", app, KeyId.New(clock.GetUtcNow()), ["*"])), "key"),
            (Call(InProcess.Owner), "operator"), (Call(Caller.Capability("invitation", "sandbox")), "address"),
        ];
        foreach (var (call, policy) in calls)
        {
            limiter.TryCharge(call).Should().BeTrue();
            call.Rates.Should().ContainSingle().Which.Policy.Should().Be(policy);
        }
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("192.0.2.7", "::ffff:192.0.2.7", true)]
    [InlineData("::ffff:192.0.2.7", "::ffff:192.0.2.8", false)]
    [InlineData("192.0.2.7", "192.0.2.8", false)]
    [InlineData("192.0.2.7", null, false)]
    public void Addresses_that_one_customer_has_are_one(string one, string? other, bool areOne)
    {
        var limiter = With(new RateLimitOptions { Address = new RateLimit(1, 1) });
        limiter.TryCharge(Call(address: one)).Should().BeTrue();
        limiter.TryCharge(Call(address: other)).Should().Be(!areOne);
    }

    [Fact]
    public void Many_at_once_pass_as_often_as_the_burst_allows_and_none_waits_for_ever()
    {
        var limiter = With(new RateLimitOptions { User = new RateLimit(1, 500), Tenant = new RateLimit(1, 300) });
        var tenants = Enumerable.Range(0, 3).Select(_ => TenantId.New(clock.GetUtcNow())).ToArray();
        var user = AnyUser();
        var passed = Enumerable.Range(0, 4_000).AsParallel().WithDegreeOfParallelism(8)
            .Count(i => limiter.TryCharge(Call(user, tenant: tenants[i % 3])));
        passed.Should().Be(500);
    }

    [Fact]
    public void One_app_and_one_environment_have_limits_over_all_who_call_through_them()
    {
        var limiter = With(new RateLimitOptions { App = new RateLimit(1, 3), Environment = new RateLimit(1, 5) });
        var (one, other) = (AppId.New(clock.GetUtcNow()), AppId.New(clock.GetUtcNow()));
        for (var i = 0; i < 3; i++) limiter.TryCharge(Call(User(one))).Should().BeTrue();

        var refused = Call(User(one));
        limiter.TryCharge(refused).Should().BeFalse();
        refused.Rates[^1].Policy.Should().Be("app");
        for (var i = 0; i < 2; i++) limiter.TryCharge(Call(User(other))).Should().BeTrue();
        refused = Call(User(other));
        limiter.TryCharge(refused).Should().BeFalse();
        refused.Rates[^1].Policy.Should().Be("environment");
        limiter.TryCharge(Call(User(one, "live"))).Should().BeTrue("another environment is another installation");

        Caller User(AppId app, string environment = "sandbox") =>
            Caller.OfUser(environment, app, UserId.New(clock.GetUtcNow()), SessionId.New(clock.GetUtcNow()));
    }

    [Fact]
    public void An_operation_can_have_a_limit_of_its_own_for_each_who_calls_it()
    {
        var limits = new Dictionary<string, RateLimit> { ["tests.call"] = new(1, 2) };
        var limiter = With(new RateLimitOptions { Operations = limits });
        var user = AnyUser();
        for (var i = 0; i < 2; i++) limiter.TryCharge(Call(user)).Should().BeTrue();

        var refused = Call(user);
        limiter.TryCharge(refused).Should().BeFalse();
        refused.Rates[^1].Policy.Should().Be("tests.call");
        limiter.TryCharge(Call()).Should().BeTrue("somebody else has not called it");
    }

    [Fact]
    public void A_heavy_call_counts_for_ten_and_one_that_is_too_heavy_comes_alone()
    {
        var limiter = With(new RateLimitOptions { Address = new RateLimit(1, 25), Operator = new RateLimit(1, 4) });
        for (var i = 0; i < 2; i++) limiter.TryCharge(Heavy()).Should().BeTrue();

        var refused = Heavy();
        limiter.TryCharge(refused).Should().BeFalse();
        refused.Rates.Should().ContainSingle().Which.Should().Match<RateState>(
            state => state.Remaining == 5 && state.Wait == TimeSpan.FromSeconds(5));
        limiter.TryCharge(Call(address: "127.0.0.1")).Should().BeTrue("a light one still fits");
        limiter.TryCharge(Heavy(InProcess.Owner)).Should().BeTrue();
        limiter.TryCharge(Call(InProcess.Owner)).Should().BeFalse("all that may come at once is used up");

        Invocation Heavy(Caller? caller = null) => LimitedCall.Of(
            clock.GetUtcNow(), caller, "127.0.0.1", cost: WriteCost.Heavy);
    }

    private static Caller AnyUser() => LimitedCall.AnyUser();
}
