using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Castellan.Kernel;

namespace Castellan.Bench;

/// <summary>
/// What the decision costs whether a call is within its limits, inside the process: each timed by itself, over ten
/// thousand users of a thousand tenants in turn.
/// </summary>
internal static class LimitsBench
{
    private const int Users = 10_000;
    private const int Tenants = 1_000;
    private const int Calls = 200_000;

    public static string Run()
    {
        var few = new RateLimit(1_000_000, 1_000_000);
        var usual = new RateLimitOptions { User = few, Tenant = few };
        var all = usual with { App = few, Environment = few };
        var text = new StringBuilder("| case | p50 us | p99 us | p99.9 us |\n|---|---|---|---|\n");
        text.Append(Line("a user's and a tenant's limit", usual));
        text.Append(Line("those, the app's and the environment's", all));
        text.Append(Line("refused", usual with { User = new RateLimit(0.001, 1) }));
        return text.ToString();
    }

    private static string Line(string name, RateLimitOptions options)
    {
        var limiter = new RateLimiter(options, TimeProvider.System);
        var now = TimeProvider.System.GetUtcNow();
        var app = AppId.New(now);
        var operation = new WorkerOperation("bench.call");
        var request = new WorkerRequest { Id = RequestId.New(now), RemoteAddress = IPAddress.Loopback };
        var callers = Enumerable.Range(0, Users)
            .Select(_ => Caller.OfUser("sandbox", app, UserId.New(now), SessionId.New(now))).ToArray();
        var tenants = Enumerable.Range(0, Tenants).Select(_ => TenantId.New(now)).ToArray();
        var ticks = new long[Calls];
        // The first round is for the runtime to compile.
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < Calls; i++)
            {
                var call = new Invocation(callers[i % Users], operation, request, now, CancellationToken.None)
                {
                    Tenant = tenants[i % Tenants],
                };
                var start = Stopwatch.GetTimestamp();
                limiter.TryCharge(call);
                ticks[i] = Stopwatch.GetTimestamp() - start;
            }
        }
        Array.Sort(ticks);
        return string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {At(0.5):N2} | {At(0.99):N2} | {At(0.999):N2} |\n");

        double At(double share) => ticks[(int)(share * (Calls - 1))] * 1e6 / Stopwatch.Frequency;
    }
}
