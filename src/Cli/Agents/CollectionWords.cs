using System.Text;
using System.Text.Json;
using Castellan.Cli.Contracts;
using Castellan.Cli.TypeScript;

namespace Castellan.Cli.Agents;

/// <summary>How much is said of a contract.</summary>
internal enum Detail
{
    /// <summary>Types, bounds, descriptions, rules.</summary>
    Full,

    /// <summary>Types and rules.</summary>
    Short,

    /// <summary>Names of fields, without rules.</summary>
    Names,

    /// <summary>Names of the first fields.</summary>
    FewNames,

    /// <summary>Names of collections alone.</summary>
    List,
}

/// <summary>Collections and roles in words. <paramref name="most"/> is how many names a list holds.</summary>
internal sealed class CollectionWords(DeclaredContract contract, Detail detail, int most = int.MaxValue)
{
    private const int DescriptionMax = 100;

    /// <summary>Characters of one field's type, and fields of one collection.</summary>
    private const int TypeMax = 120;
    private const int NamesMax = 30;
    private const int FewMax = 5;

    public bool IsShortened => detail is not Detail.Full;

    public string Collections()
    {
        if (contract.Collections.Count == 0) return "None is declared yet.\n";
        if (detail is Detail.List) return Listed([.. contract.Collections.Select(c => c.Name)]) + "\n";
        var text = new StringBuilder();
        foreach (var collection in contract.Collections) Add(text, collection);
        return text.ToString();
    }

    public string Roles()
    {
        if (contract.Roles.Count == 0) return "";
        var text = new StringBuilder("\n### Roles of this app\n\nAn admin of the tenant gives them to members; "
            + "they come on top of viewer, member, admin, owner.\n");
        if (detail >= Detail.Names)
            return text.Append(Listed([.. contract.Roles.Select(role => role.Name)], NamesMax)).Append('\n').ToString();
        foreach (var role in contract.Roles)
        {
            var allows = role.Permissions.Count == 0 ? "" : $" allows {string.Join(", ", role.Permissions)}.";
            text.Append($"- `{role.Name}`:{allows}{Described(role.Description)}\n");
        }
        return text.ToString();
    }

    /// <summary>One line of text that cannot end the block it stands in.</summary>
    public static string Line(string text, int max)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Replace("<!--", "", StringComparison.Ordinal).Replace("-->", "", StringComparison.Ordinal);
        if (line.Length <= max) return line;
        // A character of two units is kept whole, or left out.
        return line[..(char.IsHighSurrogate(line[max - 1]) ? max - 1 : max)].TrimEnd() + " ...";
    }

    private void Add(StringBuilder text, DeclaredCollection collection)
    {
        text.Append($"- **{collection.Name}**{Described(collection.Description)}\n");
        if (detail >= Detail.Names)
        {
            var shown = detail is Detail.Names ? NamesMax : FewMax;
            text.Append($"  {Listed([.. collection.Fields.Select(f => f.Name)], shown)}\n");
            return;
        }
        text.Append($"  - fields: {string.Join("; ", collection.Fields.Select(f => Field(collection, f)))}\n");
        foreach (var (rule, operations) in ByRule(collection))
            text.Append($"  - {string.Join(", ", operations)}: {Line(RuleWords.Of(rule), 400)}\n");
        if (Settings(collection) is { Length: > 0 } settings) text.Append($"  - {settings}\n");
    }

    /// <summary>Operations with the same rule stand together.</summary>
    private static IEnumerable<(string? Rule, IEnumerable<string> Operations)> ByRule(DeclaredCollection collection) =>
        collection.Rules.GroupBy(rule => rule.Source ?? "")
            .Select(group => (group.First().Source, group.Select(rule => rule.Operation)));

    private string Field(DeclaredCollection collection, DeclaredField field)
    {
        var type = field.RefersTo is { } target
            ? $"id of {target}"
            : Line(new SchemaTypes(collection.Schema).Of(field.Schema), TypeMax);
        var marks = new List<string> { type };
        if (field.Required) marks.Add(field.HasDefault ? "has a default" : "required");
        if (field.Secret) marks.Add("write-only");
        if (detail is Detail.Full) marks.AddRange(Bounds(field.Schema));
        var said = detail is Detail.Full ? DeclaredContract.Text(field.Schema, "description") : null;
        return $"`{field.Name}` {string.Join(", ", marks)}{(said is null ? "" : $" ({Line(said, DescriptionMax)})")}";
    }

    private static IEnumerable<string> Bounds(JsonElement schema)
    {
        if (DeclaredContract.Text(schema, "format") is { } format) yield return Line(format, 40);
        (string, string)[] words =
        [
            ("maxLength", "at most {0} characters"), ("minimum", ">= {0}"), ("maximum", "<= {0}"),
            ("default", "default {0}"),
        ];
        foreach (var (word, sign) in words)
        {
            if (DeclaredContract.Find(schema, word) is { } value)
                yield return Line(string.Format(sign, value.GetRawText()), 60);
        }
    }

    private static string Settings(DeclaredCollection collection)
    {
        var said = new List<string>();
        if (collection.Unique.Count > 0)
            said.Add($"upsert on {string.Join(" or ", collection.Unique.Select(key => $"`{string.Join(",", key)}`"))}");
        if (collection.Workspace == "required") said.Add("needs a workspace");
        if (collection.Workspace == "optional") said.Add("may lie in a workspace");
        if (collection.SoftDelete) said.Add("deleted records can be restored");
        if (collection.RequireIfMatch) said.Add("update and delete need `{ ifMatch: record.version }`");
        return string.Join("; ", said);
    }

    private string Described(string description) => detail is Detail.Full && description.Length > 0
        ? $" {Line(description, DescriptionMax)}"
        : "";

    private string Listed(List<string> names, int atMost = int.MaxValue)
    {
        var shown = Math.Min(Math.Min(most, atMost), names.Count);
        var list = string.Join(", ", names.Take(shown).Select(name => $"`{Line(name, 60)}`"));
        return shown == names.Count ? list : $"{list}{(shown == 0 ? "" : ", ")}and {names.Count - shown} more";
    }
}
