using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>
/// A user's sign-in through one app. <paramref name="Generation"/> counts the rotations of its refresh token,
/// <paramref name="RotatedAt"/> is the last one. Whatever is used, it ends at <paramref name="ExpiresAt"/>.
/// <paramref name="Browser"/> is the hash of the cookie by which our own pages know the browser that signed in there.
/// </summary>
internal sealed record Session(
    SessionId Id,
    [property: JsonIgnore] string Environment,
    [property: JsonIgnore] UserId UserId,
    AppId AppId,
    DateTimeOffset CreatedAt,
    DateTimeOffset LastUsedAt,
    DateTimeOffset ExpiresAt,
    [property: JsonIgnore] long Generation,
    [property: JsonIgnore] DateTimeOffset RotatedAt,
    [property: JsonIgnore] DateTimeOffset? RevokedAt,
    string? UserAgent,
    string? Ip,
    [property: JsonIgnore] string? Browser)
{
    /// <summary>A person who is still there signs in once a month.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(30);

    /// <summary>One that nobody uses is more likely forgotten on a device than needed.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromDays(14);

    /// <summary>
    /// True for the session of the call that lists it; on our own pages, for those that the same browser began.
    /// </summary>
    public bool Current { get; init; }

    [JsonIgnore]
    public Target Target => new("session", Id.Value);

    public bool IsLive(DateTimeOffset now) => RevokedAt is null && now < ExpiresAt && now < LastUsedAt + Idle;
}

/// <summary>What signing in and refreshing answer. <paramref name="ExpiresIn"/> is in seconds.</summary>
internal sealed record SessionTokens(
    string AccessToken, string TokenType, long ExpiresIn, string RefreshToken, User User);

internal sealed record RefreshSession(string RefreshToken)
{
    public static RefreshSession Bind(Input input) => new(input.Secret("refresh_token", max: 300));
}

internal sealed record ListSessions(Page Page)
{
    public static ListSessions Bind(Input input) => new(input.Page());
}

internal sealed record RevokeSession(SessionId Session)
{
    public static RevokeSession Bind(Input input) => new(input.Path<SessionKind>("session"));
}
