using System.Collections.Concurrent;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Agents.Signatures;

/// <summary>
/// Nonces of signatures that are still good: each is used once. Where one process has the database, in memory, and what
/// was signed before it started is not taken, because memory has forgotten it; where several nodes share a database, in
/// it.
/// </summary>
internal sealed class SignatureNonces(IDatabase database, Upkeep upkeep, TimeProvider time)
{
    /// <summary>
    /// Of one agent: an agent that makes 60 signed requests a second has as many within the longest life of one.
    /// </summary>
    private const int Most = 20_000;

    /// <summary>Below it, memory is not worth the looking.</summary>
    private const int FirstSweep = 1_000;

    private readonly ConcurrentDictionary<AgentId, OfAgent> seen = new();
    private readonly DateTimeOffset since = time.GetUtcNow();

    /// <summary>
    /// When memory knows every signature that is good still. What is made before by a clock that goes ahead as far as
    /// it may, could have been used before the start.
    /// </summary>
    public DateTimeOffset KnownFrom => database.MemoryTrust is null ? since + RequestSignatures.Ahead : default;

    /// <summary>False where it was used; refuses where one agent's are too many.</summary>
    public async ValueTask<bool> Use(EnvironmentScope scope, AgentId agent, string nonce, DateTimeOffset until)
    {
        if (database.MemoryTrust is not null)
        {
            return await upkeep.Run(scope, $"""
                insert into agent_nonce (agent_id, nonce, expires_at) values ({agent}, {nonce}, {until})
                on conflict do nothing
                """) == 1;
        }
        return seen.GetOrAdd(agent, static _ => new OfAgent()).Use(nonce, until, time.GetUtcNow());
    }

    /// <summary>Removes those of signatures that are over, from the database where they are in it.</summary>
    public async ValueTask Prune(DateTimeOffset now)
    {
        if (database.MemoryTrust is not null)
            await upkeep.Prune($"delete from agent_nonce where expires_at <= {now}");
    }

    private sealed class OfAgent
    {
        private readonly Dictionary<string, DateTimeOffset> until = new(StringComparer.Ordinal);
        private int sweepAt = FirstSweep;

        public bool Use(string nonce, DateTimeOffset end, DateTimeOffset now)
        {
            lock (until)
            {
                if (until.Count >= sweepAt) Sweep(now);
                return until.TryAdd(nonce, end);
            }
        }

        private void Sweep(DateTimeOffset now)
        {
            foreach (var (old, over) in until)
            {
                if (over <= now) until.Remove(old);
            }
            if (until.Count >= Most)
                throw new Refusal(GateProblems.Unavailable.With() with { RetryAfter = TimeSpan.FromSeconds(5) });
            sweepAt = Math.Min(Most, Math.Max(FirstSweep, 2 * until.Count));
        }
    }
}
