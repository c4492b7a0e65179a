using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Identity;

/// <summary>
/// The signing keys of each environment: made at first need, replaced after <see cref="Signs"/>, each published before
/// it signs and after it signed its last. Not to be called inside a Change: it may make one.
/// </summary>
internal sealed class SigningKeys(SigningKeyStore store, Notices notices, Changes changes, TimeProvider time)
{
    /// <summary>How long a key signs: often enough that replacing it is a habit.</summary>
    public static readonly TimeSpan Signs = TimeSpan.FromDays(90);

    /// <summary>How long a new key is published before it signs: what a key set may be cached for, and some.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(30);

    private readonly SharedMemory<string, KeyRing> rings =
        notices.Remember<string, KeyRing>("signing_keys", NoticeKeys.Name);

    /// <summary>The key that signs now.</summary>
    public async ValueTask<SigningKey> Current(string environment)
    {
        var now = time.GetUtcNow();
        var keys = await Published(environment);
        if (keys.Count == 0) return (await Create(environment, generation: 1, now))[^1];
        if (keys[^1].SignsFrom + Signs <= now) keys = await Create(environment, keys[^1].Generation + 1, now + Ahead);
        return keys.Last(key => key.SignsFrom <= now);
    }

    /// <summary>Every key that verifies now or will sign soon, oldest first.</summary>
    public async ValueTask<IReadOnlyList<SigningKey>> Published(string environment)
    {
        var ring = await rings.Get(environment, store, static async (name, store) =>
            new KeyRing(await store.List(new EnvironmentScope(name, null))));
        var now = time.GetUtcNow();
        return [.. ring!.Keys.Where(key => key.RetiredAt is not { } end || end > now)];
    }

    /// <summary>The key set (RFC 7517 section 5) as JSON.</summary>
    public async ValueTask<byte[]> Document(string environment)
    {
        await Current(environment);
        var keys = await Published(environment);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys) key.WriteJwk(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    private async ValueTask<IReadOnlyList<SigningKey>> Create(
        string environment, long generation, DateTimeOffset signsFrom)
    {
        using var algorithm = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var created = new SigningKey(
            SigningKey.Thumbprint(algorithm), environment, generation, signsFrom, null,
            algorithm.ExportPkcs8PrivateKey());
        var publicKey = algorithm.ExportSubjectPublicKeyInfo();
        // The former key's last token, and as much again for clocks that differ.
        var formerEnds = signsFrom + (AccessTokens.Lifetime * 2);
        try
        {
            await changes.RunAs(Caller.System("signing_keys", environment), "signing_keys.create", async change =>
            {
                var scope = new EnvironmentScope(environment, null);
                await store.Insert(change, scope, created, publicKey);
                await store.Retire(change, scope, generation - 1, formerEnds);
                change.Audit(new Target("signing_key", created.Id), Snapshot.None, Snapshot.None);
                rings.Forget(change, environment);
                return true;
            });
        }
        catch (UniqueViolationException race) when (race.Constraint == "signing_key_environment_id_generation_key")
        {
            // Another call or node made it first: theirs is the key.
            rings.Evict(environment);
        }
        return await Published(environment);
    }

    private sealed record KeyRing(IReadOnlyList<SigningKey> Keys);
}

/// <summary>Every statement about signing keys.</summary>
internal sealed class SigningKeyStore(IDatabase database, Secrets secrets)
{
    private const string Purpose = "signing-key";

    public ValueTask<List<SigningKey>> List(EnvironmentScope scope) => database.Many(
        $"""
        select id, environment_id, generation, signs_from, retired_at, private_key from signing_key
        where environment_id = {scope.Environment} order by generation
        """,
        Read);

    public async ValueTask Insert(Change change, EnvironmentScope scope, SigningKey key, byte[] publicKey)
    {
        using var algorithm = key.CreateAlgorithm();
        var sealedKey = secrets.Encrypt(Purpose, algorithm.ExportPkcs8PrivateKey(), bound: key.Id);
        await change.Run($"""
            insert into signing_key (id, environment_id, generation, created_at, signs_from, public_key, private_key)
            values ({key.Id}, {scope.Environment}, {key.Generation}, {change.Now}, {key.SignsFrom}, {publicKey},
                {sealedKey})
            """);
    }

    public ValueTask Retire(Change change, EnvironmentScope scope, long generation, DateTimeOffset at) =>
        change.Queue($"""
            update signing_key set retired_at = {at}
            where environment_id = {scope.Environment} and generation = {generation} and retired_at is null
            """);

    private SigningKey Read(Row row)
    {
        var (id, environment, generation) = (row.Text(), row.Text(), row.Int64());
        var (signsFrom, retiredAt) = (row.Time(), row.TimeOrNull());
        return new SigningKey(
            id, environment, generation, signsFrom, retiredAt, secrets.Decrypt(Purpose, row.Bytes(), bound: id));
    }
}
