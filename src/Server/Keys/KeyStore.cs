using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Keys;

/// <summary>Every statement about keys.</summary>
internal sealed class KeyStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "id, app_id, environment_id, kind, name, prefix, permissions, created_at, expires_at, last_used_at, "
        + "revoked_at, version, stop, stopped_at, stopped_by, stop_reason");

    private static Key Read(Row row) => new(
        row.Id<KeyKind>(), row.Id<AppKind>(), row.Text(), Wire.Parse<KeyType>(row.Text()), row.Text(), row.Text(),
        JsonSerializer.Deserialize(row.Text(), KeysJson.Wire.IReadOnlyListString)!, row.Time(), row.TimeOrNull(),
        row.TimeOrNull(), row.TimeOrNull(), row.Int64())
    {
        Stop = Stop.Read(row),
    };

    /// <summary>The key with this token, whatever its state: a verifier decides what that means.</summary>
    public ValueTask<Key?> FindByHash(InstallationScope scope, byte[] hash, CancellationToken ct = default) =>
        database.One($"select {Columns} from app_key where hash = {hash}", Read, ct);

    public ValueTask<Key?> Find(InstallationScope scope, KeyId id, IReads reads) =>
        reads.One($"select {Columns} from app_key where id = {id}", Read);

    /// <summary>As a condition of a Change.</summary>
    public static Sql IsGood(InstallationScope scope, KeyId id, DateTimeOffset now) => $"""
        exists (select 1 from app_key
            where id = {id} and revoked_at is null and (expires_at is null or expires_at > {now}))
        """;

    public ValueTask<List<Key>> List(
        InstallationScope scope, AppId app, string environment, string? after, long limit, CancellationToken ct) =>
        database.Many(
            $"""
            select {Columns} from app_key
            where app_id = {app} and environment_id = {environment} and id > {after ?? ""}
            order by id limit {limit}
            """,
            Read, ct);

    public async ValueTask<Key> Lock(Change change, InstallationScope scope, AppId app, string environment, KeyId id) =>
        await change.One(
            $"""
            select {Columns} from app_key
            where id = {id} and app_id = {app} and environment_id = {environment} {change.ForUpdate}
            """,
            Read)
        ?? throw new Refusal(GateProblems.NotFound);

    /// <summary>Keys are of an app that exists.</summary>
    public async ValueTask RequireApp(InstallationScope scope, AppId app, IReads? within = null)
    {
        if (await (within ?? database).One($"select id from app where id = {app}", row => row.Text()) is null)
            throw new Refusal(GateProblems.NotFound);
    }

    public ValueTask Insert(Change change, InstallationScope scope, Key key, string token) => change.Queue($"""
        insert into app_key (id, environment_id, app_id, kind, name, prefix, hash, publishable, permissions, created_at,
            expires_at, version)
        values ({key.Id}, {key.Environment}, {key.AppId}, {Wire.Name(key.Kind)}, {key.Name}, {key.Prefix},
            {OpaqueToken.Hash(token)}, {(key.Kind is KeyType.Publishable ? token : null)},
            {new Json(JsonSerializer.Serialize(key.Permissions, KeysJson.Wire.IReadOnlyListString))},
            {key.CreatedAt}, {key.ExpiresAt}, {key.Version})
        """);

    public ValueTask InsertPublishable(Change change, InstallationScope scope, AppId app, string environment)
    {
        var prefix = KeyTokens.Prefix(KeyType.Publishable, environment);
        var token = OpaqueToken.New(prefix);
        var key = new Key(
            KeyId.New(change.Now), app, environment, KeyType.Publishable, "publishable",
            OpaqueToken.Shown(token, prefix), [], change.Now, null, null, null, Version: 1);
        return Insert(change, scope, key, token);
    }

    public ValueTask Revoke(Change change, InstallationScope scope, Key revoked) => change.Queue($"""
        update app_key set revoked_at = {revoked.RevokedAt}, {Stop.Set(revoked.Stop)}, version = {revoked.Version}
        where id = {revoked.Id}
        """);

    /// <summary>Publishable keys prove nothing, and stay.</summary>
    public ValueTask RevokeSecrets(Change change, InstallationScope scope, string environment, Stop stop) =>
        change.Queue($"""
            update app_key set revoked_at = {stop.Since}, {Stop.Set(stop)}, version = version + 1
            where environment_id = {environment} and kind = {Wire.Name(KeyType.Secret)} and revoked_at is null
            """);

    /// <summary>Approximate to the minute, and outside of any Change.</summary>
    public static Sql Touch(KeyId id, DateTimeOffset now) => $"update app_key set last_used_at = {now} where id = {id}";
}
