using Castellan.Platform.Crypto;
using Castellan.Platform.Redis;
using StackExchange.Redis;

namespace Castellan.Kernel.RateLimits;

/// <summary>
/// The numbers of all nodes, in Redis: one call of a script decides all charges of a call, under the clock of that
/// server. Names of numbers hold ids and networks, never a credential.
/// </summary>
internal sealed class SharedCells(RedisConnection redis, string prefix)
{
    /// <summary>Of the clock of the script: 100 ns, as <see cref="TimeSpan"/> counts.</summary>
    private const long Frequency = TimeSpan.TicksPerSecond;

    /// <summary>What decides; tests put their own clock into it.</summary>
    public string Script { get; init; } = ChargeScript.Text;

    /// <summary>
    /// The names of one installation begin with it, whatever else is in that Redis. The number is the form of what is
    /// kept. Braces put them all on one node of a cluster, where alone a script can reach them.
    /// </summary>
    public static string PrefixOf(Secrets secrets) =>
        $"{{castellan:limits:1:{Convert.ToHexStringLower(secrets.KeyFor("rate-limits").AsSpan(0, 8))}}}:";

    /// <summary>
    /// Where one refuses, the last state is its own. Null: Redis did not answer, and what it may have charged nobody
    /// knows.
    /// </summary>
    public async ValueTask<RateVerdict?> Charge(List<RateState> rates, ReadOnlyMemory<Charge> charges, int calls)
    {
        var (keys, values) = Question(charges.Span, calls);
        return (long[]?)await redis.Run(Script, keys, values) is { Length: > 1 } answer
            ? Read(rates, charges.Span, calls, answer)
            : null;
    }

    private (RedisKey[] Keys, RedisValue[] Values) Question(ReadOnlySpan<Charge> charges, int calls)
    {
        var keys = new RedisKey[charges.Length];
        var values = new RedisValue[1 + (2 * charges.Length)];
        values[0] = calls;
        for (var i = 0; i < charges.Length; i++)
        {
            var (policy, limit, subject) = charges[i];
            keys[i] = string.Concat(prefix, policy, ":", subject);
            values[1 + (2 * i)] = limit.PerCall(Frequency);
            values[2 + (2 * i)] = limit.Burst;
        }
        return (keys, values);
    }

    private static RateVerdict Read(
        List<RateState> rates, ReadOnlySpan<Charge> charges, int calls, ReadOnlySpan<long> answer)
    {
        var refusing = answer[0] - 1;
        var used = answer[1..];
        for (var i = 0; i < used.Length; i++)
        {
            var (policy, limit, _) = charges[i];
            var perCall = limit.PerCall(Frequency);
            var burst = perCall * limit.Burst;
            var wait = i == refusing ? used[i] + (perCall * limit.Counted(calls)) - burst : used[i];
            rates.Add(new RateState(policy, limit, (burst - used[i]) / perCall, TimeSpan.FromTicks(wait)));
        }
        return refusing < 0 ? RateVerdict.Within : RateVerdict.Over;
    }
}
