using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Operators;

/// <summary>
/// Company staff who run the installation. The first owner has no name and e-mail until the link is used.
/// </summary>
internal sealed record Operator(
    OperatorId Id, string? Name, string? Email, OperatorRole Role, OperatorState State, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt, DateTimeOffset? SignedInAt, DateTimeOffset? SuspendedAt, long Version)
    : IVersioned
{
    [JsonIgnore]
    public Target Target => new("operator", Id.Value);

    /// <summary>What audit entries show.</summary>
    [JsonIgnore]
    public string? Display => Email ?? Name;
}

[JsonConverter(typeof(NameConverter<OperatorState>))]
internal enum OperatorState
{
    /// <summary>Has not set a password yet.</summary>
    Invited,

    Active,

    /// <summary>Refused everywhere; reversible.</summary>
    Suspended,
}

/// <summary>A signed-in browser or command line. <paramref name="UsedAt"/> is exact to a minute.</summary>
internal sealed record OperatorSession(
    OperatorSessionId Id, OperatorId Operator, DateTimeOffset UsedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Unused so long, a session ends: half a day covers a working day's gaps, not a night.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    /// <summary>Used or not, it ends after a week.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    public bool IsGood(DateTimeOffset now) => now < ExpiresAt && now - UsedAt < Idle;
}

/// <summary>A one-time token that is stored by its hash. <paramref name="Hash"/> is SHA-256.</summary>
internal sealed record OperatorLink(byte[] Hash, OperatorId Operator, LinkPurpose Purpose, DateTimeOffset ExpiresAt);

[JsonConverter(typeof(NameConverter<LinkPurpose>))]
internal enum LinkPurpose
{
    /// <summary>Sets the operator's password, in a browser.</summary>
    Password,

    /// <summary>Signs the command line in.</summary>
    CommandLine,
}

/// <summary>What a one-time link says of itself to its bearer.</summary>
internal sealed record Claim(string? Name, string? Email, OperatorRole Role);

/// <summary>The only answer that ever shows the session's token.</summary>
internal sealed record SignedIn(string Token, DateTimeOffset ExpiresAt, Operator Operator);

/// <summary>The only answer that ever shows the link: a URL that is opened once, in a browser.</summary>
internal sealed record CreatedLink(Operator Operator, string Link, DateTimeOffset LinkExpiresAt);

/// <summary>A token that the command line exchanges, once.</summary>
internal sealed record CreatedToken(string Token, DateTimeOffset ExpiresAt);

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(Operator))]
[JsonSerializable(typeof(ListOf<Operator>))]
[JsonSerializable(typeof(Claim))]
[JsonSerializable(typeof(SignedIn))]
[JsonSerializable(typeof(CreatedLink))]
[JsonSerializable(typeof(CreatedToken))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class OperatorsJson : JsonSerializerContext
{
    public static OperatorsJson Wire { get; } = new(Kernel.Wire.Options);
}
