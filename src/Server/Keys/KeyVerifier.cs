using System.Net;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Kernel.RateLimits;
using Castellan.Platform.Crypto;

namespace Castellan.Keys;

/// <summary>
/// What a key is shown for. <paramref name="Environment"/>, <paramref name="Tenant"/> and <paramref name="Permission"/>
/// are null where they are not asked for; an address or origin that is not known satisfies no bound.
/// <paramref name="Operation"/> is what <paramref name="Permission"/> names here, if anything.
/// </summary>
internal readonly record struct KeyUse(
    string? Environment, IPAddress? Address, string? Origin, string? Tenant, string? Permission, Operation? Operation)
{
    public static KeyUse Of(GateRequest request, Operation operation) => new(
        request.Environment, request.RemoteAddress, request.Origin,
        operation.HeaderNamesTenant ? request.Tenant : operation.NamesTenant ? request.Path("tenant") : null,
        operation.Name, operation);
}

/// <summary>A key as it is judged: what its bounds say is read once.</summary>
internal sealed class KnownKey(Key key)
{
    private IpRange[]? ranges;

    public Key Key => key;

    // Read at the first question; of two who ask at once, both read the same.
    private IpRange[] Ranges => ranges ??= [.. key.IpRanges.Select(IpRange.Parse)];

    /// <summary>The caller's own limit, or null.</summary>
    public RateLimit? Rate { get; } = key.RatePerMinute is { } calls ? RateLimit.PerMinute(calls) : null;

    public bool Takes(IPAddress? address)
    {
        if (Ranges.Length == 0) return true;
        if (address is null) return false;
        foreach (var range in Ranges)
        {
            if (range.Contains(address)) return true;
        }
        return false;
    }

    /// <summary>Bound keys reach nothing that is about no tenant, or about more than theirs.</summary>
    public bool Reaches(in KeyUse use) => key.TenantId is not { } bound
        || (use.Tenant is { } named ? named == bound.Value : use.Operation is null or { NamesTenant: true });

    public bool Holds(in KeyUse use)
    {
        if (use.Permission is not { } name) return true;
        if (use.Operation is not { } operation) return key.Kind is not KeyType.Publishable && IsNamed(name);
        foreach (var grant in operation.Grants)
        {
            var holds = grant.Kind switch
            {
                CallerKind.Nobody => !grant.OnlyLocal,
                // Whatever the app itself may, its secret keys may; a restricted one is no app.
                CallerKind.App => key.Kind is not KeyType.Restricted,
                CallerKind.Key => key.Kind is not KeyType.Publishable && IsNamed(name),
                _ => false,
            };
            if (holds) return true;
        }
        return false;
    }

    private bool IsNamed(string name)
    {
        for (var i = 0; i < key.Permissions.Count; i++)
        {
            if (key.Permissions[i] == name || key.Permissions[i] == "*") return true;
        }
        return false;
    }
}

/// <summary>
/// Judges keys, from memory once seen: the same questions in the same order for a call that comes with one, and for
/// <c>keys.verify</c>. Whether a token is one, and whose, is asked before them; the key's own limit after them, so that
/// what is refused costs none of it there.
/// </summary>
internal sealed class KeyVerifier(KeyStore store, Notices notices, RateLimiter rates, TimeProvider time)
{
    private delegate bool Refuses(KnownKey key, in KeyUse use, DateTimeOffset now);

    private static readonly (KeyOutcome Outcome, Refuses Refuses)[] Order =
    [
        (KeyOutcome.Revoked, static (KnownKey k, in KeyUse _, DateTimeOffset _) => k.Key.RevokedAt is not null),
        (KeyOutcome.Disabled, static (KnownKey k, in KeyUse _, DateTimeOffset _) => k.Key.DisabledAt is not null),
        (KeyOutcome.Expired, static (KnownKey k, in KeyUse _, DateTimeOffset now) => k.Key.ExpiresAt <= now),
        (KeyOutcome.WrongEnvironment, static (KnownKey k, in KeyUse use, DateTimeOffset _) =>
            use.Environment is { } named && named != k.Key.Environment),
        (KeyOutcome.IpRefused, static (KnownKey k, in KeyUse use, DateTimeOffset _) => !k.Takes(use.Address)),
        // An origin is a browser's: there a secret is public, and a publishable key may be for some sites only.
        (KeyOutcome.OriginRefused, static (KnownKey k, in KeyUse use, DateTimeOffset _) =>
            k.Key.Kind is not KeyType.Publishable ? use.Origin is not null
            : k.Key.Origins.Count > 0 && (use.Origin is null || !k.Key.Origins.Contains(use.Origin))),
        (KeyOutcome.TenantMismatch, static (KnownKey k, in KeyUse use, DateTimeOffset _) => !k.Reaches(use)),
        (KeyOutcome.InsufficientPermissions, static (KnownKey k, in KeyUse use, DateTimeOffset _) => !k.Holds(use)),
    ];

    /// <summary>What is asked, in order.</summary>
    public static IEnumerable<KeyOutcome> Asked => Order.Select(question => question.Outcome);

    /// <summary>What is told of keys: always of all.</summary>
    public const string Topic = "keys";

    private readonly SharedMemory<string, KnownKey> byToken =
        notices.Remember<string, KnownKey>(Topic, NoticeKeys.Secret);

    private readonly SharedMemory<KeyId, KnownKey> byId =
        notices.Remember<KeyId, KnownKey>(Topic, NoticeKeys.Id<KeyKind>());

    /// <summary>The first question that refuses, up to and with <paramref name="last"/>; else valid.</summary>
    public KeyOutcome Judge(KnownKey key, in KeyUse use, KeyOutcome last)
    {
        var now = time.GetUtcNow();
        foreach (var (outcome, refuses) in Order)
        {
            if (outcome > last) break;
            if (refuses(key, use, now)) return outcome;
        }
        return KeyOutcome.Valid;
    }

    /// <summary>
    /// All that is asked of a token, its own limit included, which a valid one is charged to. Keys of other apps than
    /// <paramref name="app"/> are not there; null sees all.
    /// </summary>
    public async ValueTask<(KeyOutcome Outcome, KnownKey? Key, TimeSpan? Wait)> Verify(
        string token, AppId? app, KeyUse use)
    {
        if (!KeyTokens.IsWellFormed(token)) return (KeyOutcome.Malformed, null, null);
        if (await Find(token) is not { } known || (app is not null && known.Key.AppId != app))
            return (KeyOutcome.NotFound, null, null);
        var outcome = Judge(known, use, KeyOutcome.InsufficientPermissions);
        if (outcome is not KeyOutcome.Valid || known.Rate is not { } rate) return (outcome, known, null);
        var (verdict, state) = await rates.ChargeOwn(known.Key.Id, rate);
        if (verdict is RateVerdict.Unknown) throw new Refusal(GateProblems.Uncounted);
        return verdict is RateVerdict.Within ? (outcome, known, null) : (KeyOutcome.RateLimited, known, state!.Wait);
    }

    /// <summary>The key of a token, whatever its state, or null.</summary>
    public async ValueTask<KnownKey?> Find(string token) => KeyTokens.IsWellFormed(token)
        ? await byToken.Get(token, store, static async (token, store) =>
            await store.FindByHash(new InstallationScope(), OpaqueToken.Hash(token)) is { } key
                ? new KnownKey(key)
                : null)
        : null;

    public ValueTask<KnownKey?> Find(KeyId id) => byId.Get(id, store, static async (id, store) =>
        await store.Find(new InstallationScope(), id) is { } key ? new KnownKey(key) : null);

    /// <summary>A change holds from the next request on: everything in memory is read again.</summary>
    public void ForgetAll(Change change) => byToken.ForgetAll(change);
}
