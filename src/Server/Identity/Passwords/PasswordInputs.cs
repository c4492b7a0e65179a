using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Identity;

internal sealed record SignUp(string Email, string Password, string? Name)
{
    public static SignUp Bind(Input input) => new(
        EmailAddress.Bind(input, "email"), input.Secret("password", PasswordRules.Max),
        input.TextOrNull("name", max: 100));
}

internal sealed record SignIn(string Email, string Password)
{
    public static SignIn Bind(Input input) =>
        new(EmailAddress.Bind(input, "email"), input.Secret("password", PasswordRules.Max));
}

internal sealed record VerifyEmail(string Token)
{
    public static VerifyEmail Bind(Input input) => new(input.Secret("token", max: 200));
}

internal sealed record RequestReset(string Email)
{
    public static RequestReset Bind(Input input) => new(EmailAddress.Bind(input, "email"));
}

internal sealed record ResetPassword(string Token, string Password)
{
    public static ResetPassword Bind(Input input) =>
        new(input.Secret("token", max: 200), input.Secret("password", PasswordRules.Max));
}

/// <summary>
/// In <c>sandbox</c> the tokens of the new user's session; in <c>live</c> only that a mail went out, for known and
/// unknown addresses alike.
/// </summary>
internal sealed record SignUpAnswer(
    SignUpStatus Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? AccessToken = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TokenType = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? ExpiresIn = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] User? User = null)
{
    public static SignUpAnswer VerificationSent { get; } = new(SignUpStatus.VerificationSent);

    public static SignUpAnswer SignedIn(SessionTokens tokens) => new(
        SignUpStatus.SignedIn, tokens.AccessToken, tokens.TokenType, tokens.ExpiresIn, tokens.RefreshToken,
        tokens.User);
}

[JsonConverter(typeof(NameConverter<SignUpStatus>))]
internal enum SignUpStatus
{
    SignedIn,
    VerificationSent,
}
