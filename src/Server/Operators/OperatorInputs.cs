using Castellan.Kernel;

namespace Castellan.Operators;

/// <summary>Bounds of what people type about operators.</summary>
internal static class OperatorInputs
{
    public const int NameMax = 100;

    /// <summary>
    /// Operators hold everybody's keys, so one factor must be a long one, in every environment. What else
    /// <see cref="PasswordRules"/> ask is asked once it is known whose it is.
    /// </summary>
    public static string NewPassword(Input input, string name)
    {
        var password = input.Secret(name, PasswordRules.Max);
        if (password.Length > 0 && PasswordRules.Length(name, password, PasswordRules.Min) is { } problem)
            input.Refuse(name, problem.Code, problem.Detail, problem.Fix);
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
        EmailAddress.Bind(input, "email"),
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
        input.Text("email", EmailAddress.LengthMax), input.Secret("password", PasswordRules.Max));
}

/// <summary>Name and e-mail are needed where the operator has none yet: the first owner.</summary>
internal sealed record ClaimOperator(string? Name, string? Email, string Password)
{
    public static ClaimOperator Bind(Input input) => new(
        input.TextOrNull("name", OperatorInputs.NameMax),
        EmailAddress.BindOrNull(input, "email"),
        OperatorInputs.NewPassword(input, "password"));
}

/// <summary>A patch: what is not sent stays.</summary>
internal sealed record UpdateOwnAccount(string? Name)
{
    public static UpdateOwnAccount Bind(Input input) => new(input.TextOrNull("name", OperatorInputs.NameMax));
}

/// <summary><paramref name="Password"/> is the one that the operator has.</summary>
internal sealed record ChangeOwnEmail(string Email, string Password)
{
    public static ChangeOwnEmail Bind(Input input) =>
        new(EmailAddress.Bind(input, "email"), input.Secret("password", PasswordRules.Max));
}

internal sealed record ChangeOwnPassword(string Current, string Password)
{
    public static ChangeOwnPassword Bind(Input input) =>
        new(input.Secret("current", PasswordRules.Max), OperatorInputs.NewPassword(input, "password"));
}

internal sealed record ExchangeToken(string Token)
{
    public static ExchangeToken Bind(Input input) => new(input.Secret("token", max: 200));
}
