using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform.Cel.Checking;
using Castellan.Platform.Json;
using Castellan.Platform.JsonSchema;

namespace Castellan.Contracts;

/// <summary>
/// What JSON Schema lets pass and nobody means: a keyword or format that does not exist, which the standard ignores,
/// and a default that its own property refuses.
/// </summary>
internal sealed class SchemaReview(List<FieldProblem> problems)
{
    /// <summary>JSON Schema 2020-12, core and validation; each kind holds schemas in its own way.</summary>
    private static readonly string[] One =
    [
        "items", "additionalProperties", "not", "if", "then", "else", "contains", "propertyNames",
        "unevaluatedItems", "unevaluatedProperties", "contentSchema",
    ];

    private static readonly string[] Named = ["properties", "patternProperties", "$defs", "dependentSchemas"];
    private static readonly string[] Listed = ["allOf", "anyOf", "oneOf", "prefixItems"];

    private static readonly string[] Keywords =
    [
        .. One, .. Named, .. Listed, "$schema", "$id", "$ref", "$anchor", "$dynamicRef", "$dynamicAnchor", "$comment",
        "$vocabulary", "type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum",
        "exclusiveMinimum", "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxContains",
        "minContains", "maxProperties", "minProperties", "required", "dependentRequired", "title", "description",
        "default", "deprecated", "readOnly", "writeOnly", "examples", "format", "contentEncoding", "contentMediaType",
    ];

    /// <summary>JSON Schema 2020-12 validation, section 7.3; those that are not asserted are annotations.</summary>
    private static readonly string[] Formats =
    [
        "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname", "ipv4", "ipv6",
        "uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template", "json-pointer",
        "relative-json-pointer", "regex",
    ];

    private static readonly JsonSchemaOptions Asserted = new() { AssertFormats = true };

    public void Read(JsonElement schema, string at)
    {
        if (schema.ValueKind is not JsonValueKind.Object) return;
        foreach (var member in schema.EnumerateObject())
        {
            var place = $"{at}/{Pointer.Escape(member.Name)}";
            if (One.Contains(member.Name)) Read(member.Value, place);
            else if (Named.Contains(member.Name)) ReadMembers(member.Value, place);
            else if (Listed.Contains(member.Name)) ReadItems(member.Value, place);
            else if (member.Name is "format") Format(member.Value, place);
            else if (!Keywords.Contains(member.Name) && !member.Name.StartsWith("x-", StringComparison.Ordinal))
                Unknown(place, "unknown_keyword", "keyword of JSON Schema", member.Name, Keywords);
        }
    }

    /// <summary>Whether a record that is created without the property would satisfy its schema.</summary>
    public void Default(JsonElement property, string at)
    {
        if (!property.TryGetProperty("default", out var value) || property.TryGetProperty("$ref", out _)) return;
        var (schema, _) = CompiledSchema.Compile(property, Asserted);
        if (schema?.Validate(value) is not [var failure, ..]) return;
        problems.Add(new FieldProblem($"{at}/default", "default_not_valid",
            $"The default does not satisfy the property's own schema: {failure.Detail}", failure.Fix));
    }

    private void ReadMembers(JsonElement schemas, string at)
    {
        if (schemas.ValueKind is not JsonValueKind.Object) return;
        foreach (var member in schemas.EnumerateObject()) Read(member.Value, $"{at}/{Pointer.Escape(member.Name)}");
    }

    private void ReadItems(JsonElement schemas, string at)
    {
        if (schemas.ValueKind is not JsonValueKind.Array) return;
        foreach (var (i, item) in schemas.EnumerateArray().Index()) Read(item, $"{at}/{i}");
    }

    private void Format(JsonElement format, string at)
    {
        if (format.ValueKind is JsonValueKind.String && format.GetString() is { } name && !Formats.Contains(name))
            Unknown(at, "unknown_format", "format of JSON Schema", name, Formats);
    }

    private void Unknown(string at, string code, string what, string name, string[] known) =>
        problems.Add(new FieldProblem(at, code, $"'{name}' is no {what}, so it would mean nothing.",
            Nearest.Of(name, known) is { } near ? $"Did you mean '{near}'?" : "Remove it, or begin its name with x-."));
}
