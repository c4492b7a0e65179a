using System.Text.Json;
using Castellan.Kernel;

namespace Castellan.Contracts;

/// <summary>
/// Reads a document whose shape the published schema has found good: resolves its names, and says with pointer and fix
/// what does not fit together. Rules and schemas are compiled after it.
/// </summary>
internal sealed class ContractReader
{
    private readonly List<FieldProblem> problems = [];

    private ContractReader()
    {
    }

    public static (Contract Contract, IReadOnlyList<FieldProblem> Problems) Read(JsonElement document)
    {
        var reader = new ContractReader();
        var permissions = Members(document, "permissions")
            .Select(p => new AppPermission(p.Name, p.Value.GetString()!)).ToList();
        var roles = Members(document, "roles").Select(role => reader.Role(role, permissions)).ToList();
        var declared = Members(document, "collections").ToList();
        var names = declared.Select(c => c.Name).ToList();
        var collections = declared.Select(c => new CollectionReader(reader.problems, c, names).Read()).ToList();
        reader.CheckReferenceNames(collections);
        return (new Contract(permissions, roles, collections), reader.problems);
    }

    private AppRole Role(JsonProperty role, List<AppPermission> permissions)
    {
        var held = Texts(role.Value, "permissions");
        for (var i = 0; i < held.Count; i++)
        {
            if (permissions.Any(p => p.Name == held[i])) continue;
            problems.Add(new FieldProblem($"/roles/{role.Name}/permissions/{i}", "unknown_permission",
                $"'{held[i]}' is not declared under permissions.",
                $"Declare it: \"permissions\": {{\"{held[i]}\": \"...\"}}."));
        }
        return new AppRole(role.Name, TextOr(role.Value, "description", ""), held);
    }

    /// <summary>
    /// The names by which rules follow references share one space with the properties of the collection.
    /// </summary>
    private void CheckReferenceNames(List<Collection> collections)
    {
        var taken = collections.ToDictionary(
            c => c.Name, c => c.Fields.Select(f => f.Name).Concat(SystemColumns.Names).ToHashSet());
        foreach (var collection in collections)
        {
            foreach (var reference in collection.References)
            {
                Take(collection, reference, collection.Name, reference.As, "as");
                if (reference.Back is { } back && taken.ContainsKey(reference.Collection))
                    Take(collection, reference, reference.Collection, back, "back");
            }
        }

        void Take(Collection collection, Reference reference, string where, string name, string member)
        {
            if (taken[where].Add(name)) return;
            problems.Add(new FieldProblem($"/collections/{collection.Name}/references/{reference.Field}/{member}",
                "name_taken", $"'{name}' is the name of something else of {where}.",
                $"Choose another name under \"{member}\"."));
        }
    }

    internal static IEnumerable<JsonProperty> Members(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var found) && found.ValueKind is JsonValueKind.Object
            ? found.EnumerateObject()
            : [];

    internal static List<string> Texts(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var found) && found.ValueKind is JsonValueKind.Array
            ? [.. found.EnumerateArray().Select(item => item.GetString()!)]
            : [];

    internal static string TextOr(JsonElement parent, string name, string fallback) =>
        parent.TryGetProperty(name, out var found) && found.ValueKind is JsonValueKind.String
            ? found.GetString()!
            : fallback;

    internal static bool IsTrue(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var found) && found.ValueKind is JsonValueKind.True;
}
