using Castellan.Kernel;
using Castellan.Platform;

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
        "Restore who is suspended with operators.restore; the detail says who is in which state.");

    public static readonly ProblemType SignInRefused =
        new("sign_in_refused", 401, "E-mail address or password is wrong",
        "No operator who may sign in has this address and password. Which of them is wrong is not said.",
        "Try again. An owner can make a new link; a locked-out owner runs `castellan-server owner` on the server.");

    // Named as RFC 8628 section 3.5 names them.
    public static readonly ProblemType AuthorizationPending = new("authorization_pending", 400,
        "Nobody has decided yet",
        "The code was shown, and no operator has approved or refused it.",
        "Wait as long as Retry-After says, then ask again.", Retryable: true);

    public static readonly ProblemType SlowDown = new("slow_down", 429, "You ask too often",
        "Nobody has decided yet, and less time than the interval has passed since the last question. The interval is "
        + "five seconds longer from now on.",
        "Wait as long as Retry-After says before each question.", Retryable: true);

    public static readonly ProblemType AccessDenied = new("access_denied", 403, "An operator has refused it",
        "An operator has refused this code, or has lost the right to come in since approving it.",
        "Ask for another code, and approve it in a browser in which you are signed in.");

    public static readonly ProblemType ExpiredToken = new("expired_token", 400, "The code is no longer good",
        "No operator has approved the code within its ten minutes, or the token was not fetched within them.",
        "Ask for another code.");

    public static IReadOnlyList<ProblemType> All { get; } =
    [
        EmailTaken, LastOwner, StateRefused, SignInRefused, AuthorizationPending, SlowDown, AccessDenied, ExpiredToken,
    ];

    /// <summary>The operator is not in the state for this.</summary>
    public static Refusal NotNow(Operator of)
    {
        var who = of.Display ?? of.Id.Value;
        return of.SuspendedAt is { } since
            ? new Refusal(StateRefused, $"{who} is suspended, since {Rfc3339.Format(since)}.",
                "Restore this operator with operators.restore first; nothing is to be done to suspend again.")
            : new Refusal(StateRefused, $"{who} is {Wire.Name(of.State)}, and not suspended.",
                "Nothing is to be done. Who cannot sign in gets a new link with operators.create_link.");
    }
}
