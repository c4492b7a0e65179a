using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Keys;

/// <summary>
/// An app's credential in one environment, without its secret. <paramref name="Prefix"/> is what may be shown of it.
/// Empty lists and nulls are no bounds. Keys that came from one another by rotation share <paramref name="LineageId"/>,
/// the id of the first. <paramref name="LastUsedAt"/> and <paramref name="LastUsedIp"/> are exact to a minute.
/// </summary>
internal sealed record Key(
    KeyId Id, AppId AppId, string Environment, KeyType Kind, string Name, string? Description, string Prefix,
    IReadOnlyList<string> Permissions, TenantId? TenantId, IReadOnlyList<string> Origins,
    IReadOnlyList<string> IpRanges, long? RatePerMinute, OperatorId? OwnerId, KeyId LineageId, KeyId? ReplacedBy,
    DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt, string? LastUsedIp,
    DateTimeOffset? DisabledAt, DateTimeOffset? RevokedAt, long Version)
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

    /// <summary>For servers: does what it names, and nothing else.</summary>
    Restricted,
}

/// <summary>The only answer that ever shows the secret.</summary>
internal sealed record CreatedKey(Key Key, string Secret) : IVersioned
{
    [JsonIgnore]
    public long Version => Key.Version;
}

/// <summary>
/// A key's successor with its secret, and the key that it replaces, which is good until its <c>expires_at</c>.
/// </summary>
internal sealed record RotatedKey(Key Key, string Secret, Key Replaced) : IVersioned
{
    [JsonIgnore]
    public long Version => Key.Version;
}

/// <summary>
/// What is to be said of a key that somebody showed. <paramref name="Key"/> is null where this caller has none such.
/// <paramref name="RetryAfterS"/> is in seconds, and null where waiting does not help.
/// </summary>
internal sealed record VerifiedKey(bool Valid, KeyOutcome Outcome, string Detail, Key? Key, long? RetryAfterS);

/// <summary>Why a key is refused, in the order in which it is asked: the first that is true is the answer.</summary>
[JsonConverter(typeof(NameConverter<KeyOutcome>))]
internal enum KeyOutcome
{
    Malformed,
    NotFound,
    Revoked,
    Disabled,
    Expired,
    WrongEnvironment,
    IpRefused,
    OriginRefused,
    TenantMismatch,
    InsufficientPermissions,
    RateLimited,
    Valid,
}

/// <summary>The answer to every report, whatever was reported.</summary>
internal sealed record LeakReceipt(bool Received)
{
    public static readonly LeakReceipt Thanks = new(true);
}

[JsonSerializable(typeof(Key))]
[JsonSerializable(typeof(CreatedKey))]
[JsonSerializable(typeof(RotatedKey))]
[JsonSerializable(typeof(VerifiedKey))]
[JsonSerializable(typeof(LeakReceipt))]
[JsonSerializable(typeof(ListOf<Key>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class KeysJson : JsonSerializerContext
{
    public static KeysJson Wire { get; } = new(Kernel.Wire.Options);
}
