using System.Text.Json;

namespace Castellan.Cli.Contracts;

/// <summary>
/// A contract as far as it is told to programmers. It is read leniently: what is wrong with a document is the server's
/// to say, and what this version does not know is left out.
/// </summary>
internal sealed record DeclaredContract(
    IReadOnlyList<(string Name, string Description)> Permissions, IReadOnlyList<DeclaredRole> Roles,
    IReadOnlyList<DeclaredCollection> Collections)
{
    public static DeclaredContract Read(JsonElement document) => new(
        [.. Members(document, "permissions").Select(p => (p.Name, TextOf(p.Value) ?? ""))],
        [
            .. Members(document, "roles").Select(role => new DeclaredRole(
                role.Name, Text(role.Value, "description") ?? "", Texts(role.Value, "permissions"))),
        ],
        [.. Members(document, "collections").Select(DeclaredCollection.Read)]);

    internal static IEnumerable<JsonProperty> Members(JsonElement parent, string name) =>
        Find(parent, name) is { ValueKind: JsonValueKind.Object } found ? found.EnumerateObject() : [];

    internal static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        Find(parent, name) is { ValueKind: JsonValueKind.Array } found ? found.EnumerateArray() : [];

    internal static IReadOnlyList<string> Texts(JsonElement parent, string name) =>
        [.. Items(parent, name).Select(TextOf).OfType<string>()];

    internal static string? Text(JsonElement parent, string name) =>
        Find(parent, name) is { } found ? TextOf(found) : null;

    internal static bool IsTrue(JsonElement parent, string name) =>
        Find(parent, name) is { ValueKind: JsonValueKind.True };

    internal static JsonElement? Find(JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object && parent.TryGetProperty(name, out var found) ? found : null;

    private static string? TextOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}

internal sealed record DeclaredRole(string Name, string Description, IReadOnlyList<string> Permissions);

/// <summary>
/// A collection. <paramref name="Workspace"/> is none, optional or required; <paramref name="Unique"/> holds keys for
/// upserts, each a list of properties; <paramref name="Rules"/> has each operation with its source, null where locked.
/// </summary>
internal sealed record DeclaredCollection(
    string Name, string Description, JsonElement Schema, IReadOnlyList<DeclaredField> Fields,
    IReadOnlyList<IReadOnlyList<string>> Unique, string Workspace, bool SoftDelete, bool RequireIfMatch,
    IReadOnlyList<(string Operation, string? Source)> Rules)
{
    private static readonly string[] Operations = ["list", "read", "create", "update", "delete"];

    public static DeclaredCollection Read(JsonProperty declared)
    {
        var body = declared.Value;
        var schema = DeclaredContract.Find(body, "schema") ?? default;
        var required = DeclaredContract.Texts(schema, "required");
        var secret = DeclaredContract.Texts(body, "secret");
        var references = DeclaredContract.Members(body, "references")
            .ToDictionary(r => r.Name, r => DeclaredContract.Text(r.Value, "collection"));
        var rules = DeclaredContract.Find(body, "rules") ?? default;
        return new DeclaredCollection(
            declared.Name,
            DeclaredContract.Text(body, "description") ?? "",
            schema,
            [
                .. DeclaredContract.Members(schema, "properties").Select(p => new DeclaredField(
                    p.Name, p.Value, required.Contains(p.Name), secret.Contains(p.Name),
                    DeclaredContract.Find(p.Value, "default") is not null, references.GetValueOrDefault(p.Name))),
            ],
            [
                .. DeclaredContract.Items(body, "unique").Where(key => key.ValueKind is JsonValueKind.Array)
                    .Select(key => key.EnumerateArray().Select(column => column.ToString()).ToList()),
            ],
            DeclaredContract.Text(body, "workspace") ?? "none",
            DeclaredContract.IsTrue(body, "soft_delete"),
            DeclaredContract.IsTrue(body, "require_if_match"),
            [.. Operations.Select(operation => (operation, RuleOf(rules, operation)))]);
    }

    private static string? RuleOf(JsonElement rules, string operation) =>
        DeclaredContract.Text(rules, operation)?.Trim() is { Length: > 0 } source ? source : null;
}

/// <summary>
/// A property. <paramref name="RefersTo"/> is the collection whose records' ids it holds; null where it is no
/// reference.
/// </summary>
internal sealed record DeclaredField(
    string Name, JsonElement Schema, bool Required, bool Secret, bool HasDefault, string? RefersTo);
