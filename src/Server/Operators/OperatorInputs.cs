using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Operators;

/// <summary>Bounds of what people type about operators.</summary>
internal static class OperatorInputs
{
    public const int NameMax = 100;

    /// <summary>RFC 5321 section 4.5.3.1.3, less the angle brackets.</summary>
    public const int EmailMax = 254;

    /// <summary>
    /// Operators hold everybody's keys, so one factor must be a long one. Source: NIST SP 800-63B-4 section 3.1.1.
    /// </summary>
    public const int PasswordMin = 15;

    public const int PasswordMax = 500;

    /// <summary>What addresses are compared by. Only A to Z change: other letters would merge two addresses.</summary>
    public static string EmailKey(string email) => AsciiCase.Lower(email.Trim());

    public static string? CheckEmail(Input input, string name, string? email)
    {
        if (string.IsNullOrEmpty(email)) return email;
        var at = email.IndexOf('@', StringComparison.Ordinal);
        if (at > 0 && at == email.LastIndexOf('@') && at < email.Length - 1
            && !email.Any(char.IsWhiteSpace)) return email;
        input.Refuse(name, "not_an_email", $"'{name}' is not an e-mail address.",
            "Send an address such as ada@example.com.");
        return email;
    }

    public static string NewPassword(Input input, string name)
    {
        var password = input.Secret(name, PasswordMax);
        if (password.Length is > 0 and < PasswordMin)
            input.Refuse(name, "too_short", $"'{name}' must have at least {PasswordMin} characters.",
                "Use several words: a sentence is easy to keep and hard to guess.");
        return password;
    }
}

internal sealed record NoInput
{
    public static NoInput Bind(Input input) => new();
}

internal sealed record ListOperators(Page Page)
{
    public static ListOperators Bind(Input input) => new(input.Page());
}

internal sealed record CreateOperator(string Name, string Email, OperatorRole Role)
{
    public static CreateOperator Bind(Input input) => new(
        input.Text("name", OperatorInputs.NameMax),
        OperatorInputs.CheckEmail(input, "email", input.Text("email", OperatorInputs.EmailMax))!,
        input.Choice<OperatorRole>("role"));
}

/// <summary>A patch: what is not sent stays.</summary>
internal sealed record UpdateOperator(OperatorId Operator, string? Name, OperatorRole? Role)
{
    public static UpdateOperator Bind(Input input) => new(
        input.Path<OperatorKind>("operator"),
        input.TextOrNull("name", OperatorInputs.NameMax),
        input.ChoiceOrNull<OperatorRole>("role"));
}

internal sealed record SuspendOperator(OperatorId Operator, string Reason)
{
    public static SuspendOperator Bind(Input input) =>
        new(input.Path<OperatorKind>("operator"), input.Text("reason", max: 500, min: 3));
}

internal sealed record CreateOperatorLink(OperatorId Operator)
{
    public static CreateOperatorLink Bind(Input input) => new(input.Path<OperatorKind>("operator"));
}

internal sealed record SignIn(string Email, string Password)
{
    public static SignIn Bind(Input input) => new(
        input.Text("email", OperatorInputs.EmailMax), input.Secret("password", OperatorInputs.PasswordMax));
}

/// <summary>Name and e-mail are needed where the operator has none yet: the first owner.</summary>
internal sealed record ClaimOperator(string? Name, string? Email, string Password)
{
    public static ClaimOperator Bind(Input input) => new(
        input.TextOrNull("name", OperatorInputs.NameMax),
        OperatorInputs.CheckEmail(input, "email", input.TextOrNull("email", OperatorInputs.EmailMax)),
        OperatorInputs.NewPassword(input, "password"));
}

internal sealed record ExchangeToken(string Token)
{
    public static ExchangeToken Bind(Input input) => new(input.Secret("token", max: 200));
}
