using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Castellan.Kernel;
using Castellan.Kernel.RateLimits;
using Castellan.Platform.Redis;
using Microsoft.Extensions.Logging.Abstractions;

namespace Castellan.Bench;

/// <summary>
/// What the decision costs whether a call is within its limits: each timed by itself, over ten thousand users of a
/// thousand tenants in turn; inside the process, and through a Redis where one is named.
/// </summary>
internal static class LimitsBench
{
    private const int Users = 10_000;
    private const int Tenants = 1_000;
    private const int Calls = 200_000;

    public static async Task<string> Run(string? redis)
    {
        var few = new RateLimit(1_000_000, 1_000_000);
        var usual = new RateLimitOptions { User = few, Tenant = few };
        var all = usual with { App = few, Environment = few };
        var text = new StringBuilder("| case | p50 us | p99 us | p99.9 us |\n|---|---|---|---|\n");
        text.Append(await Line("a user's and a tenant's limit", usual));
        text.Append(await Line("those, the app's and the environment's", all));
        text.Append(await Line("refused", usual with { User = new RateLimit(0.001, 1) }));
        if (redis is null) return text.ToString();
        await using var connection = new RedisConnection(
            RedisConnection.Read(redis)!, TimeSpan.FromSeconds(10), TimeProvider.System,
            NullLogger<RedisConnection>.Instance);
        await connection.StartAsync(CancellationToken.None);
        var cells = new SharedCells(connection, "{castellan:limits:bench}:");
        text.Append(await Line("a user's and a tenant's limit, Redis", usual, cells));
        text.Append(await Line("the same, 16 at once", usual, cells, lanes: 16));
        text.Append(await Line("those, the app's and the environment's, Redis", all, cells));
        return text.ToString();
    }

    private static async Task<string> Line(
        string name, RateLimitOptions options, SharedCells? cells = null, int lanes = 1)
    {
        var limiter = new RateLimiter(options, TimeProvider.System, cells);
        var now = TimeProvider.System.GetUtcNow();
        var app = AppId.New(now);
        var operation = new WorkerOperation("bench.call");
        var request = new WorkerRequest { Id = RequestId.New(now), RemoteAddress = IPAddress.Loopback };
        var callers = Enumerable.Range(0, Users)
            .Select(_ => Caller.OfUser("sandbox", app, UserId.New(now), SessionId.New(now))).ToArray();
        var tenants = Enumerable.Range(0, Tenants).Select(_ => TenantId.New(now)).ToArray();
        var ticks = new long[Calls];
        // The first round is for the runtime to compile.
        for (var round = 0; round < 2; round++) await Task.WhenAll(Enumerable.Range(0, lanes).Select(Lane));
        Array.Sort(ticks);
        return string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {At(0.5):N2} | {At(0.99):N2} | {At(0.999):N2} |\n");

        async Task Lane(int lane)
        {
            for (var i = lane; i < Calls; i += lanes)
            {
                var call = new Invocation(callers[i % Users], operation, request, now, CancellationToken.None)
                {
                    Tenant = tenants[i % Tenants],
                };
                var start = Stopwatch.GetTimestamp();
                var verdict = await limiter.Charge(call);
                ticks[i] = Stopwatch.GetTimestamp() - start;
                if (verdict is RateVerdict.Unknown) throw new InvalidOperationException("Redis did not answer.");
            }
        }

        double At(double share) => ticks[(int)(share * (Calls - 1))] * 1e6 / Stopwatch.Frequency;
    }
}
