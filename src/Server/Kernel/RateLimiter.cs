using System.Net;
using System.Net.Sockets;
using Castellan.Platform;
using Castellan.Platform.Memory;

namespace Castellan.Kernel;

/// <summary>
/// Limits in memory by the generic cell rate algorithm: each subject has one number, the time at which it will have
/// used nothing. A call is charged to all of its limits or to none. Takes a clock, so that tests need no waiting. A
/// limit is per node.
/// </summary>
internal sealed class RateLimiter(RateLimitOptions options, TimeProvider time)
{
    private const int Subjects = 100_000;
    private const int ChargesMax = 7;

    /// <summary>What a key brings with it.</summary>
    private const string OwnPolicy = "own";

    /// <summary>IPv6 networks of this size belong to one customer: who has one has 2^64 addresses.</summary>
    private const int NetworkBytes = 8;

    private readonly RecentlyUsed<(string Policy, string Subject), Cell> cells = new(Subjects);

    /// <summary>A timestamp of the clock, changed under the cell's own lock.</summary>
    private sealed class Cell
    {
        public long FreeAt { get; set; }
    }

    private readonly record struct Charge(string Policy, RateLimit Limit, Cell Cell);

    /// <summary>Charges everything that a call costs before its body is read. False: the last state refused.</summary>
    public bool TryCharge(Invocation invocation)
    {
        var caller = invocation.Caller;
        var address = Network(invocation.Request.RemoteAddress);
        // Every call takes them in this order, so that no two wait for each other's cells.
        Span<Charge> charges = new Charge[ChargesMax];
        var count = 0;
        if (invocation.Operation.Rate is RateClass.Credential)
            charges[count++] = Of("credential", options.Credential, address);
        charges[count++] = caller.Kind switch
        {
            // Who acts is charged, and not for whom.
            CallerKind.User when caller.Lent is not null => Of("agent", options.Agent, caller.Actor),
            CallerKind.User when caller.Impersonation is not null => Of("operator", options.Operator, caller.Actor),
            CallerKind.Agent => Of("agent", options.Agent, caller.Actor),
            CallerKind.User => Of("user", options.User, caller.User!.Value.Value),
            CallerKind.Key => Of("key", options.Key, caller.Principal),
            CallerKind.Operator => Of("operator", options.Operator, caller.Principal),
            CallerKind.App when invocation.Request.Origin is null => Of("native", options.NativeApp, address),
            _ => Of("address", options.Address, address),
        };
        if (caller is { OwnRate: { } own, Key: { } key }) charges[count++] = Of(OwnPolicy, own, key.Value);
        // Only after membership was confirmed, so that a stranger cannot use up a tenant's limit.
        if (invocation.Tenant is { } tenant) charges[count++] = Of("tenant", options.Tenant, tenant.Value);
        if (options.Operations.TryGetValue(invocation.Operation.Name, out var ofOperation))
            charges[count++] = Of(invocation.Operation.Name, ofOperation, Acting(caller, address));
        if (caller.Environment is { } environment)
        {
            if (options.App is { } ofApp && caller.App is { } app)
                charges[count++] = Of("app", ofApp, $"{environment}/{app}");
            if (options.Environment is { } ofAll) charges[count++] = Of("environment", ofAll, environment);
        }
        return TryCharge(invocation.Rates, charges[..count], time.GetTimestamp(), invocation.Operation.Weight);
    }

    /// <summary>Charges a key's own limit alone, for a call that its app's server answers itself.</summary>
    public RateState ChargeOwn(KeyId key, RateLimit own, out bool isWithin)
    {
        var rates = new List<RateState>(1);
        isWithin = TryCharge(rates, [Of(OwnPolicy, own, key.Value)], time.GetTimestamp(), calls: 1);
        return rates[0];
    }

    private static string Acting(Caller caller, string address) => caller.IsAuthenticated ? caller.Actor : address;

    private Charge Of(string policy, RateLimit limit, string subject) =>
        new(policy, limit, cells.Of((policy, subject)));

    /// <summary>Holds each cell while the next ones are asked: what they refuse was never charged here.</summary>
    private bool TryCharge(List<RateState> rates, ReadOnlySpan<Charge> charges, long now, int calls)
    {
        if (charges.IsEmpty) return true;
        var (policy, limit, cell) = charges[0];
        // Whole ticks of the clock: fractions of them would be lost in sums that are larger than 2^53.
        var perCall = Math.Max(1, (long)Math.Round(time.TimestampFrequency / limit.PerSecond));
        var burst = perCall * limit.Burst;
        // What weighs more than all that may come at once comes alone.
        var cost = perCall * Math.Min(calls, limit.Burst);
        lock (cell)
        {
            var used = Math.Max(cell.FreeAt - now, 0);
            var at = rates.Count;
            if (used + cost > burst)
            {
                rates.Add(new RateState(policy, limit, (burst - used) / perCall, Elapsed(used + cost - burst)));
                return false;
            }
            if (!TryCharge(rates, charges[1..], now, calls))
            {
                rates.Insert(at, new RateState(policy, limit, (burst - used) / perCall, Elapsed(used)));
                return false;
            }
            used += cost;
            cell.FreeAt = now + used;
            rates.Insert(at, new RateState(policy, limit, (burst - used) / perCall, Elapsed(used)));
            return true;
        }
    }

    private TimeSpan Elapsed(long ticks) => time.GetElapsedTime(0, ticks);

    private static string Network(IPAddress? address)
    {
        if (address is null) return "local";
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return address.ToString();
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4().ToString();
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        return Convert.ToHexStringLower(bytes[..NetworkBytes]);
    }
}

/// <summary>Calls per second on average, and how many may come at once.</summary>
internal sealed record RateLimit
{
    /// <summary>So many a minute on average, and so many at once at most.</summary>
    public static RateLimit PerMinute(long calls) => new(calls / 60.0, (int)calls);

    public RateLimit()
    {
    }

    public RateLimit(double perSecond, int burst) => (PerSecond, Burst) = (perSecond, burst);

    /// <summary>Calls per second, on average. Above 0, at most 1,000,000.</summary>
    public double PerSecond { get; init; } = 10;

    /// <summary>Calls that may come at once, 1 to 1,000,000,000.</summary>
    public int Burst { get; init; } = 20;
}

/// <summary>
/// How one limit stands after a call. <paramref name="Wait"/>: until all is free again, or until the next call.
/// </summary>
internal sealed record RateState(string Policy, RateLimit Limit, long Remaining, TimeSpan Wait);

/// <summary>Limits of one node, by whom they protect against. Section <c>RateLimits</c>.</summary>
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
    }
}
