using System.Collections.Concurrent;

namespace Castellan.Kernel;

/// <summary>
/// Limits in memory by the generic cell rate algorithm: each subject has one number, the time at which it will have
/// used nothing. Takes a clock, so that tests need no waiting. A limit is per node.
/// </summary>
internal sealed class RateLimiter(RateLimitOptions options, TimeProvider time)
{
    private const int SubjectsMax = 200_000;
    private readonly ConcurrentDictionary<(string Policy, string Subject), Cell> cells = new();

    /// <summary>A mutable number on the heap, changed under its own lock.</summary>
    private sealed class Cell
    {
        public long FreeAt;
    }

    /// <summary>Charges everything that a call costs before its body is read. False: the last state refused.</summary>
    public bool TryCharge(Invocation invocation)
    {
        var caller = invocation.Caller;
        var address = invocation.Request.RemoteAddress?.ToString() ?? "local";
        if (invocation.Operation.Rate is RateClass.Credential
            && !TryCharge(invocation, options.Credential, "credential", address))
        {
            return false;
        }
        var (policy, name, subject) = caller.Kind switch
        {
            CallerKind.User => (options.User, "user", caller.Principal),
            CallerKind.Key => (options.Key, "key", caller.Principal),
            CallerKind.Operator => (options.Operator, "operator", caller.Principal),
            CallerKind.App when invocation.Request.Origin is null => (options.NativeApp, "native", address),
            _ => (options.Address, "address", address),
        };
        if (!TryCharge(invocation, policy, name, subject)) return false;
        // Only after membership was confirmed, so that a stranger cannot use up a tenant's limit.
        return invocation.Tenant is not { } tenant || TryCharge(invocation, options.Tenant, "tenant", tenant.Value);
    }

    private bool TryCharge(Invocation invocation, RateLimit limit, string policy, string subject)
    {
        var now = time.GetTimestamp();
        var perCall = time.TimestampFrequency / limit.PerSecond;
        var burst = perCall * limit.Burst;
        if (cells.Count > SubjectsMax) RemoveIdle(now);
        var cell = cells.GetOrAdd((policy, subject), static _ => new Cell());
        lock (cell)
        {
            var free = Math.Max(cell.FreeAt, now);
            var allowed = free + perCall - now <= burst;
            if (allowed) cell.FreeAt = (long)(free + perCall);
            var used = Math.Max(cell.FreeAt - now, 0);
            invocation.Rates.Add(new RateState(
                policy, limit, Math.Max((long)((burst - used) / perCall), 0),
                TimeSpan.FromSeconds(allowed
                    ? used / (double)time.TimestampFrequency
                    : (free + perCall - now - burst) / time.TimestampFrequency)));
            return allowed;
        }
    }

    private void RemoveIdle(long now)
    {
        foreach (var (key, cell) in cells)
        {
            if (Volatile.Read(ref cell.FreeAt) < now) cells.TryRemove(key, out _);
        }
    }
}

/// <summary>Calls per second on average, and how many may come at once.</summary>
internal sealed record RateLimit
{
    public RateLimit()
    {
    }

    public RateLimit(double perSecond, int burst) => (PerSecond, Burst) = (perSecond, burst);

    /// <summary>Calls per second, on average. Above 0.</summary>
    public double PerSecond { get; init; } = 10;

    /// <summary>Calls that may come at once. At least 1.</summary>
    public int Burst { get; init; } = 20;
}

/// <summary>
/// How one limit stands after a call. <paramref name="Wait"/>: until all is free again, or until the next call.
/// </summary>
internal sealed record RateState(string Policy, RateLimit Limit, long Remaining, TimeSpan Wait);

/// <summary>Limits of one node, by whom they protect against. Section <c>RateLimits</c>.</summary>
internal sealed record RateLimitOptions
{
    /// <summary>Of one signed-in user: a busy screen makes some tens of calls at once.</summary>
    public RateLimit User { get; init; } = new(50, 200);

    /// <summary>Of one secret key: a server makes the calls of many users.</summary>
    public RateLimit Key { get; init; } = new(1_000, 4_000);

    /// <summary>Of one operator.</summary>
    public RateLimit Operator { get; init; } = new(50, 200);

    /// <summary>Of one network address that shows no credential, or only a publishable key.</summary>
    public RateLimit Address { get; init; } = new(20, 100);

    /// <summary>
    /// Of one network address that shows a publishable key without an Origin, as scripts and native apps do.
    /// </summary>
    public RateLimit NativeApp { get; init; } = new(10, 50);

    /// <summary>Of one tenant, over all its members and keys.</summary>
    public RateLimit Tenant { get; init; } = new(1_000, 4_000);

    /// <summary>
    /// Of one network address at operations where guessing is worth something: sign-in, sign-up, codes.
    /// </summary>
    public RateLimit Credential { get; init; } = new(0.5, 30);
}
