using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Identity.Pages;

/// <summary><paramref name="Replaces"/> is the page session that the browser had, which ends.</summary>
internal sealed record HostedSignIn(string Email, string Password, string? Replaces)
{
    public static HostedSignIn Bind(Input input) => new(
        EmailAddress.Bind(input, "email"), input.Secret("password", PasswordRules.Max),
        input.TextOrNull("replaces", max: 100));
}

/// <summary>The page session's token, and the app's session that ends with it.</summary>
internal sealed record HostedSignOut(string Token, SessionId? Session)
{
    public static HostedSignOut Bind(Input input) =>
        new(input.Secret("token", max: 100), input.ReferenceOrNull<SessionKind>("session"));
}

internal sealed record ChangePassword(string Current, string Password)
{
    public static ChangePassword Bind(Input input) =>
        new(input.Secret("current", PasswordRules.Max), input.Secret("password", PasswordRules.Max));
}

internal sealed record ProveMe(string Email, string Password)
{
    public static ProveMe Bind(Input input) =>
        new(EmailAddress.Bind(input, "email"), input.Secret("password", PasswordRules.Max));
}

internal sealed record ConsentTo(AppId App)
{
    public static ConsentTo Bind(Input input) => new(input.Reference<AppKind>("app_id"));
}

internal sealed record ListConsents(Page Page)
{
    public static ListConsents Bind(Input input) => new(input.Page());
}

/// <summary>A page session's token for the cookie; null where a mail must be answered first.</summary>
internal sealed record HostedSession(string? Token);

[JsonSerializable(typeof(HostedSession))]
[JsonSerializable(typeof(Consent))]
[JsonSerializable(typeof(ListOf<Consent>))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class PagesJson : JsonSerializerContext
{
    public static PagesJson Wire { get; } = new(Kernel.Wire.Options);
}
