using Castellan.Kernel;

namespace Castellan.Identity.OAuth;

internal static class OAuthErrors
{
    public static readonly ProblemType CodeSpent = new("code_spent", 409, "The authorization code was used before",
        "A code works once. Two exchanges of one mean that two hold it, so the session that it opened was ended.",
        "Send the user to the sign-in page again, and exchange each code once.");

    public static IReadOnlyList<ProblemType> All { get; } = [CodeSpent];
}
