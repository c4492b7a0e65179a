using Castellan.Platform;
using Castellan.Platform.Redis;

namespace Castellan.Kernel.RateLimits;

/// <summary>
/// Limits, by whom they protect against: of one node, or of all that share them. Section <c>RateLimits</c>.
/// </summary>
[Settings("RateLimits")]
internal sealed record RateLimitOptions
{
    /// <summary>Of one signed-in user: a busy screen makes some tens of calls at once.</summary>
    public RateLimit User { get; init; } = new(50, 200);

    /// <summary>Of one agent, for whomever it acts.</summary>
    public RateLimit Agent { get; init; } = new(20, 100);

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

    /// <summary>Of one app in one environment, over all who call through it. None unless set.</summary>
    public RateLimit? App { get; init; }

    /// <summary>Of one environment, over all its apps and operators. None unless set.</summary>
    public RateLimit? Environment { get; init; }

    /// <summary>
    /// Of one operation, of each who calls it, by its name: <c>RateLimits:Operations:records.bulk:PerSecond</c>. None
    /// unless set. In every limit, a heavy call such as <c>records.bulk</c> counts for ten.
    /// </summary>
    public IReadOnlyDictionary<string, RateLimit> Operations { get; init; } = new Dictionary<string, RateLimit>();

    /// <summary>
    /// Of one network address at operations where guessing is worth something: sign-in, sign-up, codes.
    /// </summary>
    public RateLimit Credential { get; init; } = new(0.5, 30);

    /// <summary>
    /// The Redis (5 or later, or Valkey) in which all nodes count as one, as StackExchange.Redis writes it:
    /// <c>redis.internal:6379,password=...,ssl=true</c>. None unless set: then limits are per node. While it does not
    /// answer, a limit does what its <c>WhenUnshared</c> says, such as <c>RateLimits:User:WhenUnshared</c>:
    /// <c>Open</c>, the default, counts on each node alone; <c>Closed</c> refuses with 503 <c>unavailable</c>. Budgets
    /// are in the database and close by themselves. It should throw no keys away for want of memory
    /// (<c>noeviction</c>).
    /// </summary>
    public string? Redis { get; init; }

    /// <summary>
    /// Milliseconds that a call waits for Redis at most; then it does without, as all do for the next second. Default
    /// 100; 1 to 10,000. Within a data centre an answer takes less than one.
    /// </summary>
    public int RedisTimeoutMs { get; init; } = 100;

    /// <summary>
    /// What a key's own limit (<c>rate_per_minute</c>) does while Redis does not answer: <c>Closed</c>, the default,
    /// because it may be what a customer has bought, or <c>Open</c>.
    /// </summary>
    public WhenUnshared OwnWhenUnshared { get; init; } = WhenUnshared.Closed;

    /// <summary>Refuses limits that would shut everybody out, or limit nobody.</summary>
    public RateLimitOptions Checked()
    {
        Require(User, nameof(User));
        Require(Agent, nameof(Agent));
        Require(Key, nameof(Key));
        Require(Operator, nameof(Operator));
        Require(Address, nameof(Address));
        Require(NativeApp, nameof(NativeApp));
        Require(Tenant, nameof(Tenant));
        Require(Credential, nameof(Credential));
        if (App is not null) Require(App, nameof(App));
        if (Environment is not null) Require(Environment, nameof(Environment));
        foreach (var (operation, limit) in Operations) Require(limit, $"Operations:{operation}");
        RequireKnown(OwnWhenUnshared, nameof(OwnWhenUnshared));
        if (RedisTimeoutMs is < 1 or > 10_000)
            throw new UnsafeStartException($"RateLimits:RedisTimeoutMs is {RedisTimeoutMs}.",
                "Write a number of milliseconds from 1 to 10000.");
        // Not repeated: a password may stand in it.
        if (Redis is { Length: > 0 } && RedisConnection.Read(Redis) is null)
            throw new UnsafeStartException("RateLimits:Redis is no connection string.",
                "Write host:port, and what else is needed behind commas: password=..., ssl=true.");
        return this;
    }

    /// <summary>Refuses a limit of an operation that there is not: it would limit nobody.</summary>
    public void RequireKnown(OperationTable table)
    {
        foreach (var name in Operations.Keys.Where(name => !table.ByName.ContainsKey(name)))
        {
            var nearest = table.All.MinBy(operation => Nearest.Distance(operation.Name, name))!.Name;
            throw new UnsafeStartException(
                $"RateLimits:Operations:{name} names no operation.", $"Write the name of one, such as {nearest}.");
        }
    }

    private static void Require(RateLimit limit, string policy)
    {
        if (limit.PerSecond is not (> 0 and <= 1_000_000))
            throw new UnsafeStartException($"RateLimits:{policy}:PerSecond is {limit.PerSecond}.",
                "Write a number of calls above 0, at most 1000000.");
        if (limit.Burst is < 1 or > 1_000_000_000)
            throw new UnsafeStartException($"RateLimits:{policy}:Burst is {limit.Burst}.",
                "Write a number of calls from 1 to 1000000000.");
        RequireKnown(limit.WhenUnshared, $"{policy}:WhenUnshared");
    }

    private static void RequireKnown(WhenUnshared unshared, string setting)
    {
        if (!Enum.IsDefined(unshared))
            throw new UnsafeStartException($"RateLimits:{setting} is {unshared}.", "Write Open or Closed.");
    }
}
