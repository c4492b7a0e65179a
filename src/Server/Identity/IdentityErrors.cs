using Castellan.Kernel;

namespace Castellan.Identity;

internal static class IdentityErrors
{
    public static readonly ProblemType PasswordFormsOff = new("password_forms_off", 403,
        "Password forms are off for this app",
        "An app asked for a password where it may not: people give theirs to Castellan, not to an app.",
        "Use hosted sign-in (OAuth 2.1 with PKCE), or have an operator allow password_forms in the app's settings.");

    public static readonly ProblemType SignInFailed = new("sign_in_failed", 401, "Address and password do not match",
        "There is no such user, the password is another, or the user may not sign in. Which of these is not said.",
        "Check both, or reset the password.");

    public static readonly ProblemType UserSuspended = new("user_suspended", 403, "The user is suspended",
        "An operator suspended this user. Said in sandbox only.", "Restore the user with users.restore.");

    public static readonly ProblemType StaffNotImpersonated = new("staff_not_impersonated", 403,
        "This user is an operator too",
        "An operator of the installation has the user's address: nobody looks as a colleague does.",
        "Ask the colleague.");

    public static readonly ProblemType EmailTaken = new("email_taken", 409, "A user has this address already",
        "One identity serves all apps of an environment. Said in sandbox only; in live a mail says it to the address.",
        "Sign in, also where the user signed up in another app, or reset the password.");

    public static readonly ProblemType LinkInvalid = new("link_invalid", 422, "The link is not valid",
        "The token is unknown, was used, has expired, or was replaced by a newer one. Which of these is not said.",
        "Use the newest mail, or reset the password: that sends a new one, which confirms the address too.");

    public static readonly ProblemType RefreshRefused = new("refresh_refused", 401, "The session has ended",
        "The refresh token is unknown, belongs to another app, was used before, or its session expired or was revoked.",
        "Sign in again. Never send one refresh token twice: the newest answer holds the next one.");

    public static readonly ProblemType OwnPageOnly = new("own_page_only", 403, "This happens on Castellan's own page",
        "An app tried to delete a person's whole identity, which serves other apps too.",
        "Send the person to /{environment}/account on the Castellan server.");

    public static IReadOnlyList<ProblemType> All { get; } =
    [
        PasswordFormsOff, SignInFailed, UserSuspended, StaffNotImpersonated, EmailTaken, LinkInvalid, RefreshRefused,
        OwnPageOnly,
    ];
}
