using System.Net;
using System.Net.Sockets;

namespace Castellan.Kernel.RateLimits;

/// <summary>
/// Limits by the generic cell rate algorithm: each subject has one number, the time at which it will have used nothing.
/// A call is charged to all of its limits or to none. The numbers are this node's, or, with <paramref name="shared"/>,
/// those of all nodes; where these cannot be had, a limit is counted here or refuses, as it declares.
/// </summary>
internal sealed class RateLimiter(RateLimitOptions options, TimeProvider time, SharedCells? shared = null)
{
    private const int ChargesMax = 7;

    /// <summary>What a key brings with it.</summary>
    private const string OwnPolicy = "own";

    /// <summary>IPv6 networks of this size belong to one customer: who has one has 2^64 addresses.</summary>
    private const int NetworkBytes = 8;

    private readonly LocalCells local = new(time);

    /// <summary>
    /// Charges everything that a call costs before its body is read. Where it is over a limit, the last state refused.
    /// </summary>
    public ValueTask<RateVerdict> Charge(Invocation invocation)
    {
        var caller = invocation.Caller;
        var address = Network(invocation.Request.RemoteAddress);
        // Every call takes them in this order, so that no two wait for each other's cells.
        var charges = new Charge[ChargesMax];
        var count = 0;
        if (invocation.Operation.Rate is RateClass.Credential)
            charges[count++] = new Charge("credential", options.Credential, address);
        charges[count++] = caller.Kind switch
        {
            // Who acts is charged, and not for whom.
            CallerKind.User when caller.Lent is not null => new Charge("agent", options.Agent, caller.Actor),
            CallerKind.User when caller.Impersonation is not null =>
                new Charge("operator", options.Operator, caller.Actor),
            CallerKind.Agent => new Charge("agent", options.Agent, caller.Actor),
            CallerKind.User => new Charge("user", options.User, caller.User!.Value.Value),
            CallerKind.Key => new Charge("key", options.Key, caller.Principal),
            CallerKind.Operator => new Charge("operator", options.Operator, caller.Principal),
            CallerKind.App when invocation.Request.Origin is null => new Charge("native", options.NativeApp, address),
            _ => new Charge("address", options.Address, address),
        };
        if (caller is { OwnRate: { } own, Key: { } key }) charges[count++] = new Charge(OwnPolicy, own, key.Value);
        // Only after membership was confirmed, so that a stranger cannot use up a tenant's limit.
        if (invocation.Tenant is { } tenant) charges[count++] = new Charge("tenant", options.Tenant, tenant.Value);
        if (options.Operations.TryGetValue(invocation.Operation.Name, out var ofOperation))
            charges[count++] = new Charge(invocation.Operation.Name, ofOperation, Acting(caller, address));
        if (caller.Environment is { } environment)
        {
            if (options.App is { } ofApp && caller.App is { } app)
                charges[count++] = new Charge("app", ofApp, $"{environment}/{app}");
            if (options.Environment is { } ofAll) charges[count++] = new Charge("environment", ofAll, environment);
        }
        return Charge(invocation.Rates, charges.AsMemory(0, count), invocation.Operation.Weight);
    }

    /// <summary>
    /// Charges a key's own limit alone, for a call that its app's server answers itself. How it stands is null where
    /// the verdict is unknown.
    /// </summary>
    public async ValueTask<(RateVerdict Verdict, RateState? State)> ChargeOwn(KeyId key, RateLimit own)
    {
        var rates = new List<RateState>(1);
        var verdict = await Charge(rates, new[] { new Charge(OwnPolicy, own, key.Value) }, calls: 1);
        return (verdict, rates is [var state] ? state : null);
    }

    private static string Acting(Caller caller, string address) => caller.IsAuthenticated ? caller.Actor : address;

    private ValueTask<RateVerdict> Charge(List<RateState> rates, ReadOnlyMemory<Charge> charges, int calls) =>
        shared is null ? new(local.Charge(rates, charges.Span, calls)) : Charge(shared, rates, charges, calls);

    private async ValueTask<RateVerdict> Charge(
        SharedCells cells, List<RateState> rates, ReadOnlyMemory<Charge> charges, int calls)
    {
        if (await cells.Charge(rates, charges, calls) is { } verdict) return verdict;
        foreach (var charge in charges.Span)
        {
            if (Unshared(charge) is WhenUnshared.Closed) return RateVerdict.Unknown;
        }
        return local.Charge(rates, charges.Span, calls);
    }

    private WhenUnshared Unshared(in Charge charge) =>
        charge.Policy == OwnPolicy ? options.OwnWhenUnshared : charge.Limit.WhenUnshared;

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
