using System.CommandLine;
using Castellan.Installation;
using Castellan.Installation.Commands;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Operators;

/// <summary>
/// <c>owner</c>: a new one-time link for an owner who cannot sign in. Works beside a running server, because links are
/// read from the database each time.
/// </summary>
internal static class OwnerCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var email = new Option<string?>("--email") { Description = "Which owner, where there are several." };
        var command =
            new Command("owner", "Print a new one-time link with which an owner sets the password.") { email };
        return command.Runs((parsed, settings, ct) => Print(build, parsed.GetValue(email), settings, ct));
    }

    private static async Task<int> Print(
        Func<string[], WebApplication> build, string? email, string[] settings, CancellationToken ct)
    {
        await ServerCommand.RequireInstallation(settings, ct);
        await using var app = build(settings);
        // Only a database of another version is touched, and only when no server runs on it.
        if ((await app.Services.GetRequiredService<Migrator>().Plan(ct)).Count > 0)
        {
            using var owned = DataFolderLock.Take(app.Services.GetRequiredService<InstallationOptions>());
            await app.Services.GetRequiredService<FirstStart>().Run(ct);
        }
        try
        {
            var made = await app.Services.GetRequiredService<OperatorLinks>().ForLockedOutOwner(email);
            await Console.Out.WriteLineAsync($"""
                For {made.Operator.Email ?? "the first owner"}, once, until {made.LinkExpiresAt:yyyy-MM-dd HH:mm} UTC:
                  {made.Link}
                """);
            return 0;
        }
        catch (Refusal refusal)
        {
            await Console.Error.WriteLineAsync(refusal.Problem.Detail);
            return 1;
        }
    }
}
