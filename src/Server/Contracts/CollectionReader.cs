using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Contracts;

/// <summary>Reads one collection of a contract.</summary>
internal sealed class CollectionReader(
    List<FieldProblem> problems, JsonProperty declared, IReadOnlyList<string> collections)
{
    /// <summary>Characters that an indexed string may have: PostgreSQL's index rows end at 2,704 bytes.</summary>
    private const int IndexedTextMax = 500;

    private readonly JsonElement body = declared.Value;
    private readonly string at = $"/collections/{declared.Name}";

    public Collection Read()
    {
        var schema = body.GetProperty("schema");
        var required = ContractReader.Texts(schema, "required");
        var secret = ContractReader.Texts(body, "secret");
        var fields = ContractReader.Members(schema, "properties")
            .Select(p => Field(p, required.Contains(p.Name), secret.Contains(p.Name))).ToList();
        CheckNames(required, fields, "/schema/required", "required_unknown");
        CheckNames(secret, fields, "/secret", "secret_unknown");
        var references = ContractReader.Members(body, "references").Select(r => Reference(r, fields)).ToList();
        return new Collection(
            declared.Name,
            ContractReader.TextOr(body, "description", ""),
            schema,
            fields,
            references,
            [.. Indexes("indexes", unique: false, fields), .. Indexes("unique", unique: true, fields)],
            Enum.Parse<WorkspaceUse>(ContractReader.TextOr(body, "workspace", "none"), ignoreCase: true),
            ContractReader.IsTrue(body, "soft_delete"),
            ContractReader.IsTrue(body, "require_if_match"),
            ReadRules());
    }

    private Field Field(JsonProperty property, bool required, bool secret)
    {
        var pointer = $"{at}/schema/properties/{property.Name}";
        if (SystemColumns.Names.Contains(property.Name))
        {
            problems.Add(new FieldProblem(pointer, "reserved_name",
                $"'{property.Name}' is set by the server on every record.", "Leave it out, or choose another name."));
        }
        var type = FieldTypes.Of(property.Value);
        if (secret && type is not FieldType.String)
        {
            problems.Add(new FieldProblem(pointer, "secret_not_text", $"'{property.Name}' is secret and no string.",
                "Declare it with \"type\": \"string\"."));
        }
        return new Field(property.Name, type, property.Value, required)
        {
            Secret = secret,
            Default = property.Value.TryGetProperty("default", out var value) ? value : default,
        };
    }

    private void CheckNames(List<string> names, List<Field> fields, string place, string code)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (fields.Any(f => f.Name == names[i])) continue;
            problems.Add(new FieldProblem($"{at}{place}/{i}", code, $"'{names[i]}' is not among the properties.",
                "Declare the property, or correct the name."));
        }
    }

    private Reference Reference(JsonProperty reference, List<Field> fields)
    {
        var pointer = $"{at}/references/{reference.Name}";
        var target = ContractReader.TextOr(reference.Value, "collection", "");
        if (!collections.Contains(target))
        {
            problems.Add(new FieldProblem($"{pointer}/collection", "unknown_collection",
                $"'{target}' is not a collection of this contract.", "Declare it, or correct the name."));
        }
        var field = fields.FirstOrDefault(f => f.Name == reference.Name);
        if (field is not { Type: FieldType.String, Secret: false })
        {
            problems.Add(new FieldProblem(pointer, "reference_not_text",
                $"'{reference.Name}' is not a property of type string.",
                Nearest.Fix(reference.Name, fields.Select(f => f.Name),
                    "Declare the property with \"type\": \"string\": it holds the id of a record.")));
        }
        var onDelete = ContractReader.TextOr(reference.Value, "on_delete", "restrict") switch
        {
            "cascade" => OnDelete.Cascade,
            "set_null" => OnDelete.SetNull,
            _ => OnDelete.Restrict,
        };
        if (onDelete is OnDelete.SetNull && field is { Required: true })
        {
            problems.Add(new FieldProblem($"{pointer}/on_delete", "reference_required",
                $"'{reference.Name}' is required, so it cannot be emptied.", "Use cascade or restrict."));
        }
        var name = ContractReader.TextOr(reference.Value, "as",
            reference.Name.EndsWith("_id", StringComparison.Ordinal)
                ? reference.Name[..^3]
                : reference.Name + "_record");
        var back = ContractReader.TextOr(reference.Value, "back", "");
        return new Reference(reference.Name, target, name, back is "" ? null : back, onDelete);
    }

    private IEnumerable<CollectionIndex> Indexes(string member, bool unique, List<Field> fields)
    {
        if (!body.TryGetProperty(member, out var list)) yield break;
        var (i, seen) = (0, new HashSet<string>());
        foreach (var entry in list.EnumerateArray())
        {
            var pointer = $"{at}/{member}/{i++}";
            var index = new CollectionIndex(
                [.. entry.EnumerateArray().Select(column => Column(column.GetString()!))], unique);
            foreach (var column in index.Columns) CheckIndexed(column, unique, fields, pointer);
            if (seen.Add(index.Key)) yield return index;
            else
            {
                problems.Add(new FieldProblem(pointer, "declared_twice", "The same columns are declared before.",
                    "Remove one of the two."));
            }
        }
    }

    private static IndexColumn Column(string text) =>
        text.StartsWith('-') ? new IndexColumn(text[1..], Descending: true) : new IndexColumn(text, Descending: false);

    private void CheckIndexed(IndexColumn column, bool unique, List<Field> fields, string pointer)
    {
        if (unique && column.Descending)
        {
            problems.Add(new FieldProblem(pointer, "unique_has_no_direction",
                $"'-{column.Name}' has a direction, which a unique key has no use for.", "Remove the minus."));
        }
        if (!unique && SystemColumns.Readable.ContainsKey(column.Name)) return;
        var field = fields.FirstOrDefault(f => f.Name == column.Name);
        if (field is null)
        {
            problems.Add(new FieldProblem(pointer, "not_indexable", $"'{column.Name}' is not among the properties.",
                Nearest.Fix(
                    column.Name, fields.Select(f => f.Name), "Declare the property, or correct the name.")));
        }
        else if (field is { Secret: true } or { Type: FieldType.Json })
        {
            problems.Add(new FieldProblem(pointer, "not_indexable",
                $"'{column.Name}' is {(field.Secret ? "secret" : "of no plain type")}.",
                "Index properties of type string, integer, number or boolean."));
        }
        else if (field.Type is FieldType.String && !FieldTypes.IsAtMost(field.Schema, IndexedTextMax))
        {
            problems.Add(new FieldProblem($"{at}/schema/properties/{field.Name}", "indexed_text_unbounded",
                $"'{field.Name}' is indexed and may be longer than {IndexedTextMax} characters.",
                $"Give it \"maxLength\": {IndexedTextMax} or less."));
        }
    }

    private DeclaredRules ReadRules()
    {
        if (!body.TryGetProperty("rules", out var rules)) return new DeclaredRules(null, null, null, null, null);
        return new DeclaredRules(Rule("list"), Rule("read"), Rule("create"), Rule("update"), Rule("delete"));

        // Only white space locks like nothing at all.
        string? Rule(string name) =>
            ContractReader.TextOr(rules, name, "").Trim() is { Length: > 0 } text ? text : null;
    }
}
