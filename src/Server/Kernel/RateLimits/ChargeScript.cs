namespace Castellan.Kernel.RateLimits;

/// <summary>
/// The generic cell rate algorithm over all numbers of a call, as Redis runs it: at once for everybody, and all or
/// nothing. Takes the names, how many calls this one counts for, and of each limit how long a call takes (in 100 ns)
/// and how many may come at once. Answers which limit refused, counted from 1, or 0; then how much of each was in use,
/// up to the one that refused, or is now.
/// </summary>
internal static class ChargeScript
{
    /// <summary>By the clock of the Redis server.</summary>
    public static string Text { get; } = By("redis.call('TIME')");

    /// <param name="clock">Lua: seconds since 1970 and the microseconds beside them.</param>
    public static string By(string clock) =>
        // Lua counts in doubles: since 2025, hundreds of nanoseconds stay exact for 28 years (2^53). A clock that was
        // set back keeps nobody out for longer than a burst lasts. A number is kept until it says nothing any more, and
        // a second longer, because Redis expires by another reading of its clock.
        $$"""
        local time = {{clock}}
        local now = (time[1] - 1735689600) * 10000000 + time[2] * 10
        local answer, costs = {0}, {}
        for i, key in ipairs(KEYS) do
          local each, most = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
          local free = redis.call('GET', key)
          local used = free and math.min(math.max(free - now, 0), each * most) or 0
          costs[i] = each * math.min(tonumber(ARGV[1]), most)
          answer[i + 1] = used
          if used + costs[i] > each * most then
            answer[1] = i
            return answer
          end
        end
        for i, key in ipairs(KEYS) do
          local used = answer[i + 1] + costs[i]
          answer[i + 1] = used
          local kept = math.min(math.ceil(used / 10000) + 1000, 1e12)
          redis.call('SET', key, string.format('%.0f', now + used), 'PX', string.format('%.0f', kept))
        end
        return answer
        """;
}
