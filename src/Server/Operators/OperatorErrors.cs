using Castellan.Kernel;

namespace Castellan.Operators;

internal static class OperatorErrors
{
    public static readonly ProblemType EmailTaken = new("operator_email_taken", 409,
        "An operator has this e-mail address already",
        "Operators sign in with their address, so each has its own.",
        "Use another address, or make a new link for the operator who has this one.");

    public static readonly ProblemType LastOwner = new("operator_last_owner", 409,
        "The installation would have no owner",
        "The operator is the last owner who can sign in; somebody must be able to do everything.",
        "Make another operator owner first, and wait until that one has set a password.");

    public static readonly ProblemType StateRefused = new("operator_state_refused", 409,
        "The operator is in another state",
        "Only an operator who is not suspended can be suspended or get a link; only a suspended one can be restored.",
        "Read the operator's state.");

    public static readonly ProblemType SignInRefused =
        new("sign_in_refused", 401, "E-mail address or password is wrong",
        "No operator who may sign in has this address and password. Which of them is wrong is not said.",
        "Try again. An owner can make a new link; a locked-out owner runs `castellan-server owner` on the server.");

    public static IReadOnlyList<ProblemType> All { get; } =
        [EmailTaken, LastOwner, StateRefused, SignInRefused];
}
