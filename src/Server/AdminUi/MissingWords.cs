using Castellan.Kernel;

namespace Castellan.AdminUi;

/// <summary>
/// What a page says where an operation found nothing: a sentence about what was looked for. The API's own words are for
/// developers.
/// </summary>
internal static class MissingWords
{
    /// <summary>The problem in words that fit the operation's noun; every other problem as it is.</summary>
    public static Problem In(Problem problem, string operation, string environment)
    {
        if (problem.Type != GateProblems.NotFound || problem.Detail is not null) return problem;
        var sentence = operation[..operation.IndexOf('.', StringComparison.Ordinal)] switch
        {
            "apps" => "This app does not exist.",
            "keys" => "This key does not exist, or was revoked before.",
            "users" => $"This user does not exist in {environment}, or was deleted.",
            "tenants" or "members" or "workspaces" => $"This tenant does not exist in {environment}, or was erased.",
            "agents" => $"This agent does not exist in {environment}.",
            "budgets" => $"This budget does not exist in {environment}, or was deleted.",
            "runs" => $"This run does not exist in {environment}, or is no longer kept.",
            "environments" => "This environment does not exist.",
            "operators" => "This operator does not exist.",
            "mail" => "This mail does not exist, or is no longer kept.",
            _ => "What you look for does not exist, or is gone.",
        };
        return problem with { Detail = sentence, Fix = "Check the address, or choose a page above." };
    }
}
