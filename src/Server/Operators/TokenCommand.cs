using System.CommandLine;
using Castellan.Installation.Commands;

namespace Castellan.Operators;

/// <summary>
/// <c>token</c>: a one-time token with which a script on this machine signs the command line in. Whoever may read the
/// data folder may have it; works beside a running server.
/// </summary>
internal static class TokenCommand
{
    public static Command Create(Func<string[], WebApplication> build) =>
        new Command("token", "Print a one-time token, for scripts on this machine: castellan login --token ...").Runs(
            async (_, settings, ct) =>
            {
                await ServerCommand.RequireInstallation(settings, ct);
                await using var app = build(settings);
                var made = await app.Services.GetRequiredService<OperatorLinks>().ForThisMachine();
                await Console.Out.WriteLineAsync(made.Token);
                return 0;
            });
}
