using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>Options of every verb that lists.</summary>
internal sealed class ListOptions
{
    private readonly Option<int> limit = new("--limit")
    {
        Description = "Items at most.",
        HelpName = "1-200",
        DefaultValueFactory = _ => 50,
    };

    private readonly Option<string?> cursor = new("--cursor")
    {
        Description = "Continue where an earlier list ended.",
        HelpName = "cursor",
    };

    public void AddTo(Command command)
    {
        command.Add(limit);
        command.Add(cursor);
    }

    public PageRequest Page(Session session) => new(session.Value(limit), session.Value(cursor));
}

/// <summary>Texts that several verbs share.</summary>
internal static class Words
{
    public static Argument<string> App() => new("app") { Description = "The app's id: app_..." };

    public static Argument<string> Key() => new("key") { Description = "The key's id: key_..." };

    public static Option<string> Reason() => new("--reason")
    {
        Description = "Why, for the audit log.",
        HelpName = "text",
        Required = true,
    };

    public static Option<string?> Text(string name, string description, string? helpName = null) =>
        new(name) { Description = description, HelpName = helpName ?? "text" };

    public static Option<string[]> Texts(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName };

    public static string YesNo(bool value) => value ? "yes" : "no";

    public static string List(IReadOnlyList<string> values) => values.Count == 0 ? "-" : string.Join(", ", values);
}
