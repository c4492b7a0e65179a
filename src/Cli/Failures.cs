using Castellan.Client;

namespace Castellan.Cli;

/// <summary>Tells a failure on standard error, with its fix, and gives its exit code.</summary>
internal static class Failures
{
    public static int Tell(Exception failure, Terminal terminal)
    {
        switch (failure)
        {
            case CastellanProblemException refused:
                if (terminal.Json) terminal.ErrorJson(refused.Json);
                else Tell(refused.Problem, terminal);
                return ExitCodes.Refused;
            case CastellanUnreachableException unreachable:
                terminal.Error(unreachable.Message);
                terminal.ErrorLine("fix: Check the address, and that the server runs there.");
                return ExitCodes.Unreachable;
            case Complaint complaint:
                terminal.Error(complaint.Message);
                terminal.ErrorLine($"fix: {complaint.Fix}");
                return ExitCodes.Usage;
            case OperationCanceledException:
                return ExitCodes.Interrupted;
            case IOException or UnauthorizedAccessException or ArgumentException:
                terminal.Error(failure.Message);
                return ExitCodes.Usage;
            default:
                terminal.Error(failure.ToString());
                return ExitCodes.Refused;
        }
    }

    private static void Tell(Problem problem, Terminal terminal)
    {
        terminal.Error(problem.Title);
        if (problem.Detail is not null) terminal.ErrorLine(problem.Detail);
        foreach (var field in problem.Errors ?? [])
        {
            terminal.ErrorLine($"{field.Pointer}: {field.Detail}");
            terminal.ErrorLine($"  fix: {field.Fix}");
        }
        if (problem.Fix is not null && problem.Errors is not { Count: > 0 }) terminal.ErrorLine($"fix: {problem.Fix}");
        if (problem.Code is "credential_invalid" or "credential_required")
            terminal.ErrorLine("     castellan login");
        var decision = problem.DecisionId is { } id ? $", decision: {id}" : "";
        terminal.ErrorLine($"code: {problem.Code}, request: {problem.RequestId ?? "unknown"}{decision}");
    }
}
