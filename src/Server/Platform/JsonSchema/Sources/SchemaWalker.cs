using System.Text.Json;
using Castellan.Platform.Json;
using Castellan.Platform.JsonSchema.Checks;
using Castellan.Platform.JsonSchema.Formats;

namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>
/// Goes through the schemas of a document once: checks what each keyword looks like, and finds the resources and
/// anchors that references may name.
/// </summary>
internal sealed class SchemaWalker(SchemaErrors errors, SchemaRegistry registry, bool strict)
{
    private int nodes;

    /// <summary>
    /// Walks a schema and those inside it, which belong to <paramref name="resource"/> until one has an id.
    /// </summary>
    public void Walk(in JsonElement schema, string pointer, Resource resource, int depth = 0)
    {
        var document = resource.Document;
        if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            document.Walked[pointer] = new SchemaPlace(resource, pointer, schema);
            return;
        }
        if (schema.ValueKind is not JsonValueKind.Object)
        {
            errors.Add(document.Shown(pointer), "not_a_schema", "A schema must be an object, true or false.",
                "Write a schema here.");
            return;
        }
        if (depth > SchemaLimits.Depth || ++nodes > SchemaLimits.Nodes)
        {
            errors.Add(document.Shown(pointer), "schema_too_large",
                $"The schema has more than {SchemaLimits.Depth} levels or {SchemaLimits.Nodes} parts.",
                "Simplify it, or split it with '$ref'.");
            return;
        }
        resource = ResourceOf(schema, pointer, resource);
        var place = new SchemaPlace(resource, pointer, schema);
        document.Walked[pointer] = place;
        AddAnchors(place);
        foreach (var member in schema.EnumerateObject())
        {
            if (errors.IsFull) return;
            var at = $"{pointer}/{Pointer.Escape(member.Name)}";
            if (Keyword.All.TryGetValue(member.Name, out var keyword))
                WalkKeyword(keyword, member.Value, at, resource, depth);
            else if (strict && !member.Name.StartsWith("x-", StringComparison.Ordinal))
                AddUnknown(document.Shown(at), "keyword", member.Name, Keyword.All.Keys);
        }
    }

    /// <summary>The URI that an <c>$id</c> gives its schema.</summary>
    public static UriText? IdOf(in JsonElement schema, UriText baseUri) =>
        schema.ValueKind is JsonValueKind.Object && schema.TryGetProperty("$id", out var id)
        && id.ValueKind is JsonValueKind.String
            ? baseUri.Resolve(UriText.Parse(id.GetString()!)).WithoutFragment
            : null;

    private Resource ResourceOf(in JsonElement schema, string pointer, Resource outer)
    {
        if (outer.Pointer == pointer || IdOf(schema, outer.Uri) is not { } uri) return outer;
        var vocabularies = registry.DialectOf(schema, outer.Document, pointer) ?? outer.Vocabularies;
        var resource = new Resource(outer.Document, pointer, uri, vocabularies);
        if (!registry.TryAdd(resource))
        {
            errors.Add(outer.Document.Shown(pointer) + "/$id", "repeated_id", $"Two schemas have the id '{uri}'.",
                "Give each its own.");
        }
        return resource;
    }

    private void AddAnchors(SchemaPlace place)
    {
        foreach (var name in (ReadOnlySpan<string>)["$anchor", "$dynamicAnchor"])
        {
            if (!place.Value.TryGetProperty(name, out var anchor)) continue;
            if (anchor.ValueKind is not JsonValueKind.String) continue;
            var text = anchor.GetString()!;
            if (name == "$dynamicAnchor") place.Resource.DynamicAnchors.TryAdd(text, place);
            if (!place.Resource.Anchors.TryAdd(text, place) && place.Resource.Anchors[text].Pointer != place.Pointer)
            {
                errors.Add($"{place.Shown}/{name}", "repeated_anchor", $"Two schemas have the anchor '{text}'.",
                    "Give each its own.");
            }
        }
    }

    private void WalkKeyword(Keyword keyword, in JsonElement value, string pointer, Resource resource, int depth)
    {
        if (ShapeRules.Fault(keyword, value, resource.Document.Shown(pointer)) is { } fault)
        {
            errors.Add(fault);
            return;
        }
        if (strict && keyword.Name == "format" && !Format.Names.Contains(value.GetString()!))
            AddUnknown(resource.Document.Shown(pointer), "format", value.GetString()!, Format.Names);
        switch (keyword.Shape)
        {
            case Shape.Schema:
                Walk(value, pointer, resource, depth + 1);
                break;
            case Shape.SchemaList:
                var index = 0;
                foreach (var item in value.EnumerateArray()) Walk(item, $"{pointer}/{index++}", resource, depth + 1);
                break;
            case Shape.SchemaMap or Shape.PatternMap:
                foreach (var member in value.EnumerateObject())
                    Walk(member.Value, $"{pointer}/{Pointer.Escape(member.Name)}", resource, depth + 1);
                break;
        }
    }

    private void AddUnknown(string at, string what, string name, IEnumerable<string> known) => errors.Add(
        at, $"unknown_{what}", $"'{Excerpt.Of(name)}' is no {what} of JSON Schema, so it would mean nothing.",
        Nearest.Fix(name, known, what == "keyword" ? "Remove it, or begin its name with x-." : "Remove it."));
}
