using System.Net;
using AwesomeAssertions;
using Castellan.Kernel;
using Castellan.Kernel.RateLimits;
using Castellan.Platform.Storage;

namespace Castellan.Tests.Kernel.RateLimits;

/// <summary>Calls as limits see them.</summary>
internal static class LimitedCall
{
    public static Invocation Of(
        DateTimeOffset now, Caller? caller = null, string? address = "192.0.2.1", TenantId? tenant = null,
        RateClass rate = RateClass.Standard, string? origin = null, WriteCost? cost = null) => new(
            caller ?? Caller.Nobody,
            cost is { } heavy
                ? new WorkerOperation("tests.heavy") { Rate = rate, Cost = heavy }
                : new WorkerOperation("tests.call") { Rate = rate },
            new WorkerRequest
            {
                Id = RequestId.New(now), Origin = origin,
                RemoteAddress = address is null ? null : IPAddress.Parse(address),
            },
            now, CancellationToken.None)
        {
            Tenant = tenant,
        };

    public static Caller AnyUser() => Caller.OfUser(
        "sandbox", AppId.New(DateTimeOffset.UnixEpoch), UserId.New(DateTimeOffset.UnixEpoch),
        SessionId.New(DateTimeOffset.UnixEpoch));

    /// <summary>A server whose key has a limit of its own.</summary>
    public static Caller KeyWith(RateLimit own) => Caller.OfKey(
        "sandbox", AppId.New(DateTimeOffset.UnixEpoch), KeyId.New(DateTimeOffset.UnixEpoch), ["*"]) with
    {
        OwnRate = own,
    };

    /// <summary>For limits of one node, whose verdict is there at once.</summary>
    public static bool TryCharge(this RateLimiter limiter, Invocation call)
    {
        var verdict = limiter.Charge(call).AsTask();
        verdict.IsCompleted.Should().BeTrue();
        return verdict.GetAwaiter().GetResult() is RateVerdict.Within;
    }

    /// <summary>How often it passes before it is over.</summary>
    public static async Task<int> PassesUntilOver(this RateLimiter limiter, Func<Invocation> call)
    {
        for (var passed = 0; ; passed++)
        {
            var verdict = await limiter.Charge(call());
            if (verdict is RateVerdict.Over) return passed;
            verdict.Should().Be(RateVerdict.Within);
        }
    }
}
