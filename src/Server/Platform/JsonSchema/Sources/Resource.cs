using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>A document that schemas stand in. Its URI is empty where it has no name.</summary>
internal sealed class SchemaDocument(string uri, JsonElement root, bool isMain)
{
    public string Uri => uri;

    public JsonElement Root => root;

    /// <summary>Every schema that was walked, by its pointer in this document.</summary>
    public Dictionary<string, SchemaPlace> Walked { get; } = [];

    /// <summary>A pointer as errors show it.</summary>
    public string Shown(string pointer) => isMain ? pointer : $"{uri}#{pointer}";
}

/// <summary>
/// A schema resource: a schema with an identifier of its own, or the root of a document. Anchors belong to it, and it
/// is what the dynamic scope consists of.
/// </summary>
internal sealed class Resource(SchemaDocument document, string pointer, UriText uri, Vocabularies vocabularies)
{
    public SchemaDocument Document => document;

    /// <summary>Where it begins in its document.</summary>
    public string Pointer => pointer;

    /// <summary>What references inside it are resolved against; without fragment.</summary>
    public UriText Uri => uri;

    /// <summary>Those that its dialect uses.</summary>
    public Vocabularies Vocabularies => vocabularies;

    public Dictionary<string, SchemaPlace> Anchors { get; } = [];

    /// <summary>Also among <see cref="Anchors"/>.</summary>
    public SortedDictionary<string, SchemaPlace> DynamicAnchors { get; } = new(StringComparer.Ordinal);
}

/// <summary>One schema: its value, its pointer in the document, and the resource that it belongs to.</summary>
internal sealed record SchemaPlace(Resource Resource, string Pointer, JsonElement Value)
{
    public string Shown => Resource.Document.Shown(Pointer);

    public SchemaPlace Within(string pointer, JsonElement value)
    {
        var at = Pointer + pointer;
        return Resource.Document.Walked.GetValueOrDefault(at) ?? new SchemaPlace(Resource, at, value);
    }
}
