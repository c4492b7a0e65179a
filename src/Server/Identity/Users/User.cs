using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Identity;

/// <summary>A person: one identity over all apps of an environment.</summary>
internal sealed record User(
    UserId Id, string Email, bool EmailVerified, string? Name, DateTimeOffset CreatedAt, DateTimeOffset? SuspendedAt,
    long Version)
    : IVersioned
{
    /// <summary>By whom and why the user is suspended. For operators; absent for everybody else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Stop? Stop { get; init; }

    [JsonIgnore]
    public Target Target => new("user", Id.Value) { User = Id };

    /// <summary>The user without what depends on who looks.</summary>
    public Snapshot Snapshot() => Kernel.Snapshot.Of(this with { Stop = null }, IdentityJson.Wire.User);
}

/// <summary>A user with what proves them. Never on the wire. Null: no password was set, or not yet proven.</summary>
internal sealed record Login(User User, string? PasswordHash);

internal sealed record UpdateMe(Func<User, User> Apply)
{
    public static UpdateMe Bind(Input input)
    {
        var name = input.TextOrNull("name", max: 100);
        // Asked now: the body is gone when the patch is applied.
        var hasName = input.Has("name");
        return new UpdateMe(user => user with { Name = hasName ? name : user.Name });
    }
}

internal sealed record ListUsers(Page Page, string? Email)
{
    public static ListUsers Bind(Input input) =>
        new(input.Page(), input.QueryText("email", max: EmailAddress.LengthMax));
}

internal sealed record GetUser(UserId User)
{
    public static GetUser Bind(Input input) => new(input.Path<UserKind>("user"));
}

/// <summary>An operator's act on a user, with its written reason.</summary>
internal sealed record ActOnUser(UserId User, string Reason)
{
    public static ActOnUser Bind(Input input) =>
        new(input.Path<UserKind>("user"), Stop.Because(input));
}
