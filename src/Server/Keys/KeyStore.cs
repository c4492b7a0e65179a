using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Keys;

/// <summary>Every statement about keys.</summary>
internal sealed class KeyStore(IDatabase database)
{
    private static readonly Raw Columns = new(
        "id, app_id, environment_id, kind, name, description, prefix, permissions, tenant_id, origins, ip_ranges, "
        + "rate_per_minute, owner_id, lineage_id, replaced_by, created_at, expires_at, last_used_at, last_used_ip, "
        + "disabled_at, revoked_at, version, stop, stopped_at, stopped_by, stop_reason");

    private static Key Read(Row row)
    {
        var id = row.Id<KeyKind>();
        return new Key(
            id, row.Id<AppKind>(), row.Text(), Wire.Parse<KeyType>(row.Text()), row.Text(), row.TextOrNull(),
            row.Text(), JsonSerializer.Deserialize(row.Text(), KeysJson.Wire.IReadOnlyListString)!,
            row.IdOrNull<TenantKind>(), Words(row.Text()), Words(row.Text()), row.Int64OrNull(),
            row.IdOrNull<OperatorKind>(), row.IdOrNull<KeyKind>() ?? id, row.IdOrNull<KeyKind>(), row.Time(),
            row.TimeOrNull(), row.TimeOrNull(), row.TextOrNull(), row.TimeOrNull(), row.TimeOrNull(), row.Int64())
        {
            Stop = Stop.Read(row),
        };
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The key with this token, whatever its state: a verifier decides what that means.</summary>
    public ValueTask<Key?> FindByHash(
        InstallationScope scope, byte[] hash, IReads? within = null, CancellationToken ct = default) =>
        (within ?? database).One($"select {Columns} from app_key where hash = {hash}", Read, ct);

    public ValueTask<Key?> Find(InstallationScope scope, KeyId id, IReads? within = null) =>
        (within ?? database).One($"select {Columns} from app_key where id = {id}", Read);

    /// <summary>As a condition of a Change.</summary>
    public static Sql IsGood(InstallationScope scope, KeyId id, DateTimeOffset now) => $"""
        exists (select 1 from app_key
            where id = {id} and revoked_at is null and disabled_at is null
                and (expires_at is null or expires_at > {now}))
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

    public ValueTask<Key?> LockByHash(Change change, InstallationScope scope, byte[] hash) =>
        change.One($"select {Columns} from app_key where hash = {hash} {change.ForUpdate}", Read);

    /// <summary>Keys are of an app that exists.</summary>
    public async ValueTask RequireApp(InstallationScope scope, AppId app, IReads? within = null)
    {
        if (await (within ?? database).One($"select id from app where id = {app}", row => row.Text()) is null)
            throw new Refusal(GateProblems.NotFound);
    }

    /// <summary>A key is for a tenant that its app sees.</summary>
    public async ValueTask<bool> SeesTenant(Change change, EnvironmentScope scope, TenantId tenant) =>
        await change.One(
            $"""
            select t.id from tenant t
            where t.id = {tenant} and t.environment_id = {scope.Environment} and t.deleted_at is null
                and exists (select 1 from tenant_app a where a.tenant_id = t.id and a.app_id = {scope.App})
            """,
            row => row.Text()) is not null;

    public ValueTask Insert(Change change, InstallationScope scope, Key key, string token) => change.Queue($"""
        insert into app_key (id, environment_id, app_id, kind, name, description, prefix, hash, publishable,
            permissions, tenant_id, origins, ip_ranges, rate_per_minute, owner_id, lineage_id, created_at, expires_at,
            version)
        values ({key.Id}, {key.Environment}, {key.AppId}, {Wire.Name(key.Kind)}, {key.Name}, {key.Description},
            {key.Prefix}, {OpaqueToken.Hash(token)}, {(key.Kind is KeyType.Publishable ? token : null)},
            {new Json(JsonSerializer.Serialize(key.Permissions, KeysJson.Wire.IReadOnlyListString))},
            {key.TenantId}, {string.Join(' ', key.Origins)}, {string.Join(' ', key.IpRanges)}, {key.RatePerMinute},
            {key.OwnerId}, {key.LineageId}, {key.CreatedAt}, {key.ExpiresAt}, {key.Version})
        """);

    public ValueTask InsertPublishable(Change change, InstallationScope scope, AppId app, string environment)
    {
        var prefix = KeyTokens.Prefix(KeyType.Publishable, environment);
        var token = OpaqueToken.New(prefix);
        var id = KeyId.New(change.Now);
        var key = new Key(
            id, app, environment, KeyType.Publishable, "publishable", null, OpaqueToken.Shown(token, prefix), [],
            null, [], [], null, null, id, null, change.Now, null, null, null, null, null, Version: 1);
        return Insert(change, scope, key, token);
    }

    /// <summary>What may change of a key: its states, its end, and that another has replaced it.</summary>
    public ValueTask Update(Change change, InstallationScope scope, Key changed) => change.Queue($"""
        update app_key set revoked_at = {changed.RevokedAt}, {Stop.Set(changed.Stop)},
            disabled_at = {changed.DisabledAt}, expires_at = {changed.ExpiresAt}, replaced_by = {changed.ReplacedBy},
            version = {changed.Version}
        where id = {changed.Id}
        """);

    /// <summary>Publishable keys prove nothing, and stay.</summary>
    public ValueTask RevokeSecrets(Change change, InstallationScope scope, string environment, Stop stop) =>
        change.Queue($"""
            update app_key set revoked_at = {stop.Since}, {Stop.Set(stop)}, version = version + 1
            where environment_id = {environment} and kind <> {Wire.Name(KeyType.Publishable)} and revoked_at is null
            """);

    /// <summary>Approximate to the minute, and outside of any Change.</summary>
    public static Sql Touch(KeyId id, DateTimeOffset now, string? address) =>
        $"update app_key set last_used_at = {now}, last_used_ip = {address} where id = {id}";

    /// <summary>A report, outside of any Change: most are of keys that are none.</summary>
    public static Sql Report(byte[] hash, string? foundAt, DateTimeOffset now) => $"""
        insert into key_leak (hash, found_at, reported_at) values ({hash}, {foundAt}, {now})
        on conflict (hash) do nothing
        """;

    public ValueTask<List<LeakReport>> Reports(InstallationScope scope, long limit, CancellationToken ct) =>
        database.Many(
            $"select hash, found_at from key_leak order by reported_at, hash limit {limit}",
            row => new LeakReport(row.Bytes(), row.TextOrNull()), ct);

    public static Sql Seen(byte[] hash) => $"delete from key_leak where hash = {hash}";
}

/// <summary>That somebody found the key with this hash in the open.</summary>
internal sealed record LeakReport(byte[] Hash, string? FoundAt);
