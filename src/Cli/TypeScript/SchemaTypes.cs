using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Castellan.Cli.Contracts;

namespace Castellan.Cli.TypeScript;

/// <summary>
/// TypeScript types of JSON Schemas (2020-12). A type lets through everything that its schema does, and of what a type
/// cannot say (lengths, patterns, conditions) nothing is said.
/// </summary>
/// <param name="root">The collection's schema, in which references of the form <c>#/$defs/...</c> lead.</param>
internal sealed class SchemaTypes(JsonElement root)
{
    /// <summary>Schemas that refer to themselves end here, with <c>unknown</c>.</summary>
    private const int DepthMax = 8;

    /// <summary>Schemas in one property's type; behind them everything is <c>unknown</c>.</summary>
    private const int SchemasMax = 2_000;

    private const string Anything = "unknown";

    private int seen;

    /// <summary>The type; where it has several lines, they are indented as from the margin.</summary>
    public string Of(JsonElement schema)
    {
        seen = 0;
        return Type(schema, depth: 0);
    }

    /// <summary>A name as a member's: bare where it is an identifier.</summary>
    public static string Member(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '$')
            ? name
            : Quoted(name);

    public static string Quoted(string text) =>
        $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    /// <summary>Alternatives side by side, each once, null last.</summary>
    public static string Union(IEnumerable<string> types)
    {
        var alternatives = types.Distinct().ToList();
        if (alternatives.Contains(Anything)) return Anything;
        var ordered = alternatives.Where(type => type != "null").Concat(alternatives.Where(type => type == "null"));
        return alternatives.Count == 0 ? "never" : string.Join(" | ", ordered);
    }

    private string Type(JsonElement schema, int depth)
    {
        if (schema.ValueKind is JsonValueKind.False) return "never";
        if (schema.ValueKind is not JsonValueKind.Object || depth > DepthMax || ++seen > SchemasMax)
            return Anything;
        if (DeclaredContract.Find(schema, "const") is { } only) return Literal(only);
        if (DeclaredContract.Find(schema, "enum") is { ValueKind: JsonValueKind.Array } choices)
            return Union(choices.EnumerateArray().Select(Literal));
        var parts = new List<string> { Own(schema, depth) };
        if (DeclaredContract.Text(schema, "$ref") is { } reference) parts.Add(Type(Resolve(reference), depth + 1));
        foreach (var word in (string[])["anyOf", "oneOf"])
        {
            var alternatives = DeclaredContract.Items(schema, word).Select(one => Type(one, depth + 1)).ToList();
            if (alternatives.Count > 0) parts.Add(Union(alternatives));
        }
        parts.AddRange(DeclaredContract.Items(schema, "allOf").Select(one => Type(one, depth + 1)));
        return Intersection(parts);
    }

    /// <summary>What the schema itself says, apart from the schemas that it combines.</summary>
    private string Own(JsonElement schema, int depth)
    {
        var type = DeclaredContract.Find(schema, "type");
        if (type is { ValueKind: JsonValueKind.Array } several)
            return Union(several.EnumerateArray().Select(one => Named(one.ToString(), schema, depth)));
        if (type is { ValueKind: JsonValueKind.String } one) return Named(one.GetString()!, schema, depth);
        return DeclaredContract.Find(schema, "properties") is null ? Anything : Object(schema, depth);
    }

    private string Named(string type, JsonElement schema, int depth) => type switch
    {
        "string" or "boolean" or "null" => type,
        "integer" or "number" => "number",
        "array" => List(schema, depth),
        "object" => Object(schema, depth),
        _ => Anything,
    };

    private string List(JsonElement schema, int depth)
    {
        var items = DeclaredContract.Find(schema, "items");
        var rest = items is { } each ? Type(each, depth + 1) : Anything;
        var first = DeclaredContract.Items(schema, "prefixItems").Select(one => Type(one, depth + 1)).ToList();
        if (first.Count == 0) return Grouped(rest) + "[]";
        // Of the first items each may be missing, as JSON Schema has it.
        var more = rest == "never" ? "" : $", ...{Grouped(rest)}[]";
        return $"[{string.Join(", ", first.Select(type => Grouped(type) + "?"))}{more}]";
    }

    private string Object(JsonElement schema, int depth)
    {
        var required = DeclaredContract.Texts(schema, "required");
        var text = new StringBuilder("{");
        foreach (var property in DeclaredContract.Members(schema, "properties"))
        {
            var mark = required.Contains(property.Name) ? "" : "?";
            text.Append($"\n  {Member(property.Name)}{mark}: {Indented(Type(property.Value, depth + 1))};");
        }
        var isBare = text.Length == 1;
        var others = DeclaredContract.Find(schema, "additionalProperties");
        if (others is { ValueKind: JsonValueKind.Object or JsonValueKind.True } || (isBare && others is null))
        {
            // Beside named members an index signature has to let theirs through.
            var type = isBare && others is { } each ? Type(each, depth + 1) : Anything;
            text.Append($"\n  [name: string]: {Indented(type)};");
        }
        return text.Length == 1 ? "{ [name: string]: never }" : text.Append("\n}").ToString();
    }

    private JsonElement Resolve(string reference)
    {
        if (reference == "#") return root;
        if (!reference.StartsWith("#/", StringComparison.Ordinal)) return default;
        var at = root;
        foreach (var part in reference.Split('/').Skip(1))
        {
            var name = Uri.UnescapeDataString(part).Replace("~1", "/").Replace("~0", "~");
            if (DeclaredContract.Find(at, name) is not { } next) return default;
            at = next;
        }
        return at;
    }

    private static string Intersection(List<string> parts)
    {
        var said = parts.Where(part => part != Anything).Distinct().ToList();
        return said.Count switch
        {
            0 => Anything,
            1 => said[0],
            _ => string.Join(" & ", said.Select(Grouped)),
        };
    }

    /// <summary>Texts of types hold no line ends, so every one is between members.</summary>
    public static string Indented(string type) => type.Replace("\n", "\n  ", StringComparison.Ordinal);

    private static string Grouped(string type) => IsCompound(type) ? $"({type})" : type;

    /// <summary>Whether a type has parts side by side, outside of its braces and strings.</summary>
    private static bool IsCompound(string type)
    {
        var (depth, isText) = (0, false);
        for (var i = 0; i < type.Length; i++)
        {
            var c = type[i];
            if (isText && c == '\\') i++;
            else if (c == '"') isText = !isText;
            else if (isText) continue;
            else if (c is '{' or '[' or '(' or '<') depth++;
            else if (c is '}' or ']' or ')' or '>') depth--;
            else if (c is '|' or '&' && depth == 0) return true;
        }
        return false;
    }

    private static string Literal(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Quoted(value.GetString()!),
        JsonValueKind.Object or JsonValueKind.Array => Anything,
        _ => value.GetRawText(),
    };
}
