namespace Castellan.Cli;

/// <summary>The verb <c>doctor</c>.</summary>
internal static class DoctorCommand
{
    public static Verb Doctor()
    {
        var verb = new Verb("doctor",
            "Check the profile, the connection and the server, and say how to mend what is wrong.",
            "castellan doctor", "castellan doctor --profile production --output json");
        verb.SetAction(async (parsed, ct) =>
        {
            using var session = new Session(parsed);
            var diagnosis = new Diagnosis(session);
            await diagnosis.Run(ct);
            Show(session.Terminal, diagnosis.Findings);
            if (diagnosis.Unreachable) return ExitCodes.Unreachable;
            var ill = diagnosis.Findings.Any(finding => finding.Result == Finding.Fail);
            return ill ? ExitCodes.Refused : ExitCodes.Done;
        });
        return verb;
    }

    private static void Show(Terminal terminal, IReadOnlyList<Finding> findings)
    {
        if (terminal.Json)
        {
            terminal.Write(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
                findings, CliJson.Default.IReadOnlyListFinding));
            return;
        }
        var shown = terminal.Quiet ? [.. findings.Where(finding => finding.Result != Finding.Ok)] : findings;
        terminal.Rows(shown, headed: false,
            ("", finding => finding.Result), ("", finding => finding.Check), ("", finding => finding.Says));
        foreach (var finding in findings.Where(finding => finding.Fix is not null))
            terminal.Notice($"{finding.Check}: {finding.Fix}");
    }
}

/// <summary>What one check found. <paramref name="Fix"/> is null where nothing is wrong.</summary>
internal sealed record Finding(string Check, string Result, string Says, string? Fix = null)
{
    public const string Ok = "ok";
    public const string Warn = "warn";
    public const string Fail = "fail";
}
