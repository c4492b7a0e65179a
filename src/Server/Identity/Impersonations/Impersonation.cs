using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>
/// An operator who looks at one app as a user does. Read-only, for a quarter of an hour at most, with a written reason.
/// <paramref name="OperatorRole"/> is the role in which it began: who has lost it looks no longer.
/// </summary>
internal sealed record Impersonation(
    ImpersonationId Id,
    [property: JsonIgnore] string Environment,
    UserId UserId,
    AppId AppId,
    OperatorId OperatorId,
    [property: JsonIgnore] OperatorRole OperatorRole,
    string? OperatorName,
    string Reason,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? EndedAt,
    long Version)
    : IVersioned
{
    /// <summary>Long enough to see what somebody describes, too short to move in.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);

    [JsonIgnore]
    public Target Target => new("user", UserId.Value) { User = UserId };

    public bool IsLive(DateTimeOffset now) => EndedAt is null && now < ExpiresAt;
}

/// <summary>The only answer that ever shows the token.</summary>
internal sealed record CreatedImpersonation(Impersonation Impersonation, string Token) : IVersioned
{
    [JsonIgnore]
    public long Version => Impersonation.Version;
}

internal sealed record Impersonate(UserId User, AppId App, string Reason)
{
    public static Impersonate Bind(Input input) =>
        new(input.Path<UserKind>("user"), input.Reference<AppKind>("app_id"), Stop.Because(input));
}

internal sealed record ListImpersonations(UserId User, Page Page)
{
    public static ListImpersonations Bind(Input input) => new(input.Path<UserKind>("user"), input.Page());
}

internal sealed record EndImpersonation(UserId User, ImpersonationId Impersonation)
{
    public static EndImpersonation Bind(Input input) =>
        new(input.Path<UserKind>("user"), input.Path<ImpersonationKind>("impersonation"));
}
