using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>Every resource that one compilation knows, by its URI, and the way from a reference to a schema.</summary>
internal sealed class SchemaRegistry
{
    private readonly Dictionary<string, Resource> resources = [];
    private readonly JsonSchemaOptions options;
    private readonly SchemaErrors errors;
    private readonly SchemaWalker walker;
    private int documents;

    public SchemaRegistry(JsonSchemaOptions options, SchemaErrors errors)
    {
        (this.options, this.errors) = (options, errors);
        walker = new SchemaWalker(errors, this, options.Strict);
    }

    public SchemaPlace Main(JsonElement schema) =>
        Load(new SchemaDocument(options.BaseUri, schema, isMain: true));

    public bool TryAdd(Resource resource) => resources.TryAdd(resource.Uri.ToString(), resource);

    /// <summary>
    /// The schema that <paramref name="reference"/> names, and the anchor's name where it is a dynamic one. Null, with
    /// an error, where there is none.
    /// </summary>
    public (SchemaPlace Place, string? DynamicAnchor)? Resolve(SchemaPlace from, string reference, string keyword)
    {
        var uri = from.Resource.Uri.Resolve(UriText.Parse(reference));
        var resource = Find(uri.WithoutFragment.ToString());
        var fragment = Uri.UnescapeDataString(uri.Fragment ?? "");
        SchemaPlace? place = null;
        var isDynamic = false;
        if (resource is not null && fragment.Length > 0 && fragment[0] != '/')
        {
            place = resource.Anchors.GetValueOrDefault(fragment);
            isDynamic = resource.DynamicAnchors.ContainsKey(fragment);
        }
        else if (resource is not null)
        {
            place = Follow(resource, fragment);
        }
        if (place is not null) return (place, isDynamic ? fragment : null);
        errors.Add($"{from.Shown}/{keyword}", "unresolved_reference",
            resource is null ? $"There is no schema '{uri.WithoutFragment}'." : $"There is no schema at '{reference}'.",
            "Correct the reference, or add the schema that it names.");
        return null;
    }

    /// <summary>
    /// The vocabularies of the dialect that a schema names (core, section 8.1), or null where it names none. One that
    /// is not known is an error.
    /// </summary>
    public Vocabularies? DialectOf(in JsonElement schema, SchemaDocument document, string pointer)
    {
        if (schema.ValueKind is not JsonValueKind.Object) return null;
        if (!schema.TryGetProperty("$schema", out var named)) return null;
        if (named.ValueKind is not JsonValueKind.String) return null;
        var uri = UriText.Parse(named.GetString()!).WithoutFragment.ToString();
        if (uri == MetaSchemas.Standard) return Vocabularies.Standard;
        var at = document.Shown(pointer) + "/$schema";
        if ((MetaSchemas.Find(uri) ?? Given(uri)) is { } meta) return VocabulariesOf(meta, at);
        errors.Add(at, "unknown_dialect", $"'{uri}' is no dialect that is known here.",
            $"Write the schema for '{MetaSchemas.Standard}'.");
        return null;
    }

    private Vocabularies? VocabulariesOf(in JsonElement meta, string at)
    {
        if (meta.ValueKind is not JsonValueKind.Object || !meta.TryGetProperty("$vocabulary", out var named)
            || named.ValueKind is not JsonValueKind.Object) return Vocabularies.Standard;
        var vocabularies = Vocabularies.None;
        foreach (var member in named.EnumerateObject())
        {
            if (MetaSchemas.Vocabulary(member.Name) is { } vocabulary) vocabularies |= vocabulary;
            else if (member.Value.ValueKind is JsonValueKind.True)
            {
                errors.Add(at, "unknown_vocabulary", $"The dialect requires the vocabulary '{member.Name}'.",
                    "Choose a dialect of the standard's vocabularies.");
            }
        }
        return vocabularies;
    }

    private Resource? Find(string uri)
    {
        if (resources.TryGetValue(uri, out var known)) return known;
        if ((MetaSchemas.Find(uri) ?? Given(uri)) is not { } schema) return null;
        if (++documents > SchemaLimits.Documents) return null;
        var resource = Load(new SchemaDocument(uri, schema, isMain: false)).Resource;
        resources.TryAdd(uri, resource);
        return resource;
    }

    private JsonElement? Given(string uri) =>
        options.Documents.TryGetValue(uri, out var schema) ? schema.Clone() : null;

    private SchemaPlace Load(SchemaDocument document)
    {
        var retrieved = UriText.Parse(document.Uri).WithoutFragment;
        var vocabularies = DialectOf(document.Root, document, "") ?? Vocabularies.Standard;
        var uri = SchemaWalker.IdOf(document.Root, retrieved) ?? retrieved;
        var resource = new Resource(document, "", uri, vocabularies);
        TryAdd(resource);
        walker.Walk(document.Root, "", resource);
        return new SchemaPlace(resource, "", document.Root);
    }

    /// <summary>
    /// Follows a JSON pointer from a resource's root. It may lead to what is no schema by any keyword; that is then
    /// walked as one.
    /// </summary>
    private SchemaPlace? Follow(Resource resource, string pointer)
    {
        var document = resource.Document;
        if (document.Walked.TryGetValue(resource.Pointer + pointer, out var walked)) return walked;
        var (value, at, owner) = (ValueAt(document.Root, resource.Pointer), resource.Pointer, resource);
        if (value is not { } found) return null;
        foreach (var step in pointer.Split('/').Skip(1))
        {
            if (Step(found, step) is not { } next) return null;
            (found, at) = (next, $"{at}/{step}");
            owner = document.Walked.GetValueOrDefault(at)?.Resource ?? owner;
        }
        if (!document.Walked.ContainsKey(at)) walker.Walk(found, at, owner);
        return document.Walked.GetValueOrDefault(at);
    }

    private static JsonElement? ValueAt(JsonElement root, string pointer)
    {
        JsonElement? value = root;
        foreach (var step in pointer.Split('/').Skip(1)) value = value is { } found ? Step(found, step) : null;
        return value;
    }

    /// <summary>RFC 6901, section 4.</summary>
    private static JsonElement? Step(in JsonElement value, string step)
    {
        if (value.ValueKind is JsonValueKind.Object)
        {
            var name = step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            return value.TryGetProperty(name, out var member) ? member : null;
        }
        if (value.ValueKind is not JsonValueKind.Array || !uint.TryParse(step, out var index)) return null;
        return index < value.GetArrayLength() ? value[(int)index] : null;
    }
}
