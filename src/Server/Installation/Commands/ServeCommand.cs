using System.CommandLine;
using Castellan.Platform.Storage;

namespace Castellan.Installation.Commands;

/// <summary><c>serve</c>, and what the executable does when no command is named.</summary>
internal static class ServeCommand
{
    public static Command Create(Func<string[], WebApplication> build) =>
        new Command("serve", "Run the server. This is what happens when no command is named.").Runs(
            (_, settings, ct) => Serve(build, settings, ct));

    public static async Task<int> Serve(Func<string[], WebApplication> build, string[] settings, CancellationToken ct)
    {
        using var owned = DataFolderLock.Take(InstallationSettings.Read(settings));
        await using var app = build(settings);
        await app.Services.GetRequiredService<FirstStart>().Run(ct);
        try
        {
            await app.StartAsync(ct);
        }
        catch
        {
            // What had started already ends in order, and says nothing more.
            await app.StopAsync(CancellationToken.None);
            throw;
        }
        await Greet(app.Services, ct);
        await app.WaitForShutdownAsync(ct);
        return 0;
    }

    private static async Task Greet(IServiceProvider services, CancellationToken ct)
    {
        var options = services.GetRequiredService<InstallationOptions>();
        var database = services.GetRequiredService<IDatabase>();
        await Console.Out.WriteLineAsync($"""

            Castellan {ServerVersion.Text} answers at {options.PublicBase}
              engine  {database.EngineName}
              data    {Path.GetFullPath(options.DataFolder)}
              pages   {new Uri(options.PublicBase, "admin")}

            """);
        foreach (var slice in services.GetServices<IStartLine>())
        {
            if (await slice.Line(ct) is { } line) await Console.Out.WriteLineAsync(line + "\n");
        }
    }
}
