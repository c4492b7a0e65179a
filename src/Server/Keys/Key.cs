using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Keys;

/// <summary>
/// An app's credential in one environment, without its secret. <paramref name="Prefix"/> is what may be shown of it.
/// </summary>
internal sealed record Key(
    KeyId Id, AppId AppId, string Environment, KeyType Kind, string Name, string Prefix,
    IReadOnlyList<string> Permissions, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt,
    DateTimeOffset? RevokedAt, long Version)
    : IVersioned
{
    /// <summary>By whom and why it was revoked; null for one that was not.</summary>
    public Stop? Stop { get; init; }

    [JsonIgnore]
    public Target Target => new("key", Id.Value);
}

[JsonConverter(typeof(NameConverter<KeyType>))]
internal enum KeyType
{
    /// <summary>For browsers: names the app, proves nothing.</summary>
    Publishable,

    /// <summary>For servers: acts as the app.</summary>
    Secret,
}

/// <summary>The only answer that ever shows the secret.</summary>
internal sealed record CreatedKey(Key Key, string Secret) : IVersioned
{
    [JsonIgnore]
    public long Version => Key.Version;
}

internal sealed record CreateKey(
    AppId App, string Environment, string Name, DateTimeOffset? ExpiresAt, IReadOnlyList<string> Permissions)
{
    private const int PermissionsMax = 200;

    public static CreateKey Bind(Input input) => new(
        input.Path<AppKind>("app"),
        input.PathWord("environment"),
        input.Text("name", max: 100),
        input.TimeOrNull("expires_at"),
        input.TextsOrNull("permissions", PermissionsMax, max: 100) ?? ["*"]);
}

internal sealed record ListKeys(AppId App, string Environment, Page Page)
{
    public static ListKeys Bind(Input input) =>
        new(input.Path<AppKind>("app"), input.PathWord("environment"), input.Page());
}

internal sealed record RevokeKey(AppId App, string Environment, KeyId Key, string Reason)
{
    public static RevokeKey Bind(Input input) => new(
        input.Path<AppKind>("app"), input.PathWord("environment"), input.Path<KeyKind>("key"), Stop.Because(input));
}

[JsonSerializable(typeof(Key))]
[JsonSerializable(typeof(CreatedKey))]
[JsonSerializable(typeof(ListOf<Key>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class KeysJson : JsonSerializerContext
{
    public static KeysJson Wire { get; } = new(Kernel.Wire.Options);
}
