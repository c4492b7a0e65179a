using System.Collections.Concurrent;
using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Memory;
using Castellan.Platform.Storage;

namespace Castellan.Keys;

/// <summary>The forms of keys: <c>cas_pk_sandbox_...</c> for browsers, <c>cas_sk_live_...</c> for servers.</summary>
internal static class KeyTokens
{
    private const string Publishable = "cas_pk_";
    private const string Secret = "cas_sk_";

    public static string Prefix(KeyType kind, string environment) =>
        $"{(kind is KeyType.Publishable ? Publishable : Secret)}{environment}_";

    public static bool IsKey(string token, KeyType kind) =>
        token.StartsWith(kind is KeyType.Publishable ? Publishable : Secret, StringComparison.Ordinal);

    /// <summary>False for typing errors and fakes, without asking the database.</summary>
    public static bool IsWellFormed(string token) =>
        token.LastIndexOf('_') is var end and > 0 && OpaqueToken.IsWellFormed(token, token[..(end + 1)]);
}

/// <summary>
/// Resolves keys, from memory once seen. A user's token stands above the publishable key that comes with it; then the
/// key must be of the token's app, which the slice that knows tokens checks.
/// </summary>
internal sealed class KeyResolver(KeyStore store, IDatabase database, Upkeep upkeep, TimeProvider time)
    : IResolver, IStanding
{
    private static readonly TimeSpan TouchEvery = TimeSpan.FromMinutes(1);
    private readonly Remembered<string, Key> keys = new(time, database.MemoryTrust);
    private readonly ConcurrentDictionary<KeyId, long> touched = new();

    public async ValueTask<Resolution?> Resolve(Presented presented, CancellationToken ct)
    {
        if (presented.Bearer is { } bearer)
        {
            if (!KeyTokens.IsKey(bearer, KeyType.Secret)) return null;
            if (await Find(bearer) is not { Kind: KeyType.Secret } secret) return GateProblems.CredentialInvalid;
            await Touch(secret);
            return Caller.OfKey(secret.Environment, secret.AppId, secret.Id, secret.Permissions) with
            {
                Credential = secret.Id.Value,
            };
        }
        if (presented.PublishableKey is not { } token) return null;
        if (await Find(token) is not { Kind: KeyType.Publishable } key) return GateProblems.CredentialInvalid;
        return Caller.OfApp(key.Environment, key.AppId, key.Id) with { Credential = key.Id.Value };
    }

    /// <summary>
    /// That a key is good was found when it was resolved; a Change, for whose body nobody may have hurried, asks again.
    /// </summary>
    public async ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange)
    {
        // Without a credential it is the server itself that acts as the app.
        if (invocation.Caller is not { Key: { } id, Credential: not null }) return null;
        invocation.Conditions?.Add(KeyStore.IsGood(new InstallationScope(), id, invocation.Now));
        return !inChange || (await store.Find(new InstallationScope(), id, reads) is { } key && IsGood(key))
            ? null
            : GateProblems.CredentialInvalid.With();
    }

    /// <summary>A key that is good now, or null.</summary>
    public async ValueTask<Key?> Find(string token)
    {
        if (!KeyTokens.IsWellFormed(token)) return null;
        var key = await keys.Get(token, store, static (token, store) =>
            store.FindByHash(new InstallationScope(), OpaqueToken.Hash(token)));
        return key is not null && IsGood(key) ? key : null;
    }

    /// <summary>Whether a key that came beside a token is a good publishable one of the token's app.</summary>
    public async ValueTask<bool> IsOf(string shown, AppId app, string environment) =>
        await Find(shown) is { Kind: KeyType.Publishable } key && key.AppId == app && key.Environment == environment;

    /// <summary>A revocation holds from the next request on: everything in memory is read again.</summary>
    public void ForgetAll() => keys.EvictAll();

    private bool IsGood(Key key) =>
        key.RevokedAt is null && (key.ExpiresAt is not { } end || end > time.GetUtcNow());

    private async ValueTask Touch(Key key)
    {
        var now = time.GetTimestamp();
        var last = touched.GetValueOrDefault(key.Id, long.MinValue);
        if (last != long.MinValue && time.GetElapsedTime(last, now) < TouchEvery) return;
        touched[key.Id] = now;
        await upkeep.Run(KeyStore.Touch(key.Id, time.GetUtcNow()));
    }
}
