using System.CommandLine;
using Castellan.Platform.Storage;

namespace Castellan.Installation.Commands;

/// <summary><c>migrate</c>: brings the database to this version without serving. <c>serve</c> does so too.</summary>
internal static class MigrateCommand
{
    public static Command Create(Func<string[], WebApplication> build)
    {
        var plan = new Option<bool>("--plan") { Description = "Only show what would run." };
        var command = new Command("migrate", "Bring the database to this version.") { plan };
        return command.Runs((parsed, settings, ct) => Migrate(build, parsed.GetValue(plan), settings, ct));
    }

    private static async Task<int> Migrate(
        Func<string[], WebApplication> build, bool onlyPlan, string[] settings, CancellationToken ct)
    {
        // A plan changes nothing, so it may be read beside a running server.
        using var owned = onlyPlan ? null : DataFolderLock.Take(InstallationSettings.Read(settings));
        await using var app = build(settings);
        var planned = await app.Services.GetRequiredService<Migrator>().Plan(ct);
        foreach (var migration in planned)
            await Console.Out.WriteLineAsync($"{migration.Name}  {migration.Checksum[..12]}");
        if (!onlyPlan) await app.Services.GetRequiredService<FirstStart>().Run(ct);
        await Console.Out.WriteLineAsync((planned.Count, onlyPlan) switch
        {
            (0, _) => "The database is of this version.",
            (var count, true) => $"{count} would run. Nothing was changed.",
            (var count, false) => $"{count} ran.",
        });
        return 0;
    }
}
