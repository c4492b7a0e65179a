using System.CommandLine;
using Castellan.Platform;

namespace Castellan.Installation.Commands;

/// <summary>
/// Runs the body of a sub-command with the settings that stand behind it, and turns what keeps it from running into one
/// message and an exit code.
/// </summary>
internal static class ServerCommand
{
    /// <param name="command">Takes settings as words that it does not know itself.</param>
    /// <param name="body">Gets the settings as <c>--Name value</c>; gives the exit code.</param>
    public static TCommand Runs<TCommand>(
        this TCommand command, Func<ParseResult, string[], CancellationToken, Task<int>> body)
        where TCommand : Command
    {
        command.TreatUnmatchedTokensAsErrors = false;
        command.SetAction((parsed, ct) => Guard(parsed, body, ct));
        return command;
    }

    /// <summary>For commands on an installation: a wrong folder is refused, and none is made there.</summary>
    public static async Task RequireInstallation(string[] settings, CancellationToken ct)
    {
        var options = InstallationSettings.Read(settings);
        var place = options.UsesPostgres ? "the PostgreSQL database" : Path.GetFullPath(options.DataFolder);
        if (options.UsesPostgres || File.Exists(options.SqlitePath))
        {
            await using var database = InstallationSetup.Open(options);
            if (await FirstStart.HasInstallation(database, ct)) return;
        }
        throw new UnsafeStartException($"There is no installation in {place}.",
            "Name the settings of the server, such as --DataFolder; or start the server once, which makes it.");
    }

    private static async Task<int> Guard(
        ParseResult parsed, Func<ParseResult, string[], CancellationToken, Task<int>> body, CancellationToken ct)
    {
        var options = new InstallationOptions();
        try
        {
            var settings = InstallationSettings.Check([.. parsed.UnmatchedTokens]);
            InstallationSettings.CheckVariables(Environment.GetEnvironmentVariables().Keys.Cast<string>());
            options = InstallationSettings.Read(settings);
            return await body(parsed, settings, ct);
        }
        catch (Exception error) when (StartFailures.Explain(error, options) is { } failure)
        {
            await Console.Error.WriteLineAsync($"castellan-server stops. {failure.Message}");
            return failure.Code;
        }
    }
}
