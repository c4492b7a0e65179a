using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli.Contracts;

/// <summary>Which app a verb is about, by <c>--app</c> or <c>CASTELLAN_APP</c>.</summary>
internal static class AppNames
{
    public const string Variable = "CASTELLAN_APP";

    private const string IdPrefix = "app_";
    private const int PageMax = 200;

    /// <summary>An installation has fewer apps than these pages hold.</summary>
    private const int PagesMax = 100;

    public static Option<string?> Option() =>
        Words.Text("--app", $"The app's id or name. Default: ${Variable}.", "app");

    /// <summary>What was named, or null.</summary>
    public static string? Named(Session session, Option<string?> option) =>
        (session.Value(option) ?? Environment.GetEnvironmentVariable(Variable)) is { Length: > 0 } named ? named : null;

    /// <summary>The id of the app that was named. Names are looked up, which only operators may.</summary>
    public static async Task<string> Find(Session session, Option<string?> option, CancellationToken ct)
    {
        var named = Named(session, option)
            ?? throw new Complaint("Which app is meant?", $"Add --app with its id or name, or set {Variable}.");
        if (named.StartsWith(IdPrefix, StringComparison.Ordinal)) return named;
        string? cursor = null;
        for (var page = 0; page < PagesMax; page++)
        {
            var apps = (await session.Client.Apps.List(page: new PageRequest(PageMax, cursor), ct: ct)).Value;
            if (apps.Items.FirstOrDefault(app => app.Name == named) is { } found) return found.Id;
            cursor = apps.NextCursor;
            if (cursor is null) break;
        }
        throw new Complaint($"There is no app '{named}'.", "castellan apps list shows names and ids.");
    }
}
