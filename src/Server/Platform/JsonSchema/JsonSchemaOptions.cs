using System.Text.Json;

namespace Castellan.Platform.JsonSchema;

/// <summary>How a schema is compiled.</summary>
internal sealed record JsonSchemaOptions
{
    public static JsonSchemaOptions Default { get; } = new();

    /// <summary>
    /// Whether the known formats must hold. Otherwise they are annotations, as the standard's own dialect has them.
    /// </summary>
    public bool AssertFormats { get; init; }

    /// <summary>
    /// Whether what the standard lets pass and nobody means is an error: a keyword that does not exist, unless its name
    /// begins with <c>x-</c>, a format that does not, and a default that its own schema refuses.
    /// </summary>
    public bool Strict { get; init; }

    /// <summary>The URI that relative references start from where the schema has no <c>$id</c>; may be empty.</summary>
    public string BaseUri { get; init; } = "";

    /// <summary>
    /// Documents that may be referred to, by absolute URI without fragment. Nothing is ever fetched. The meta-schema of
    /// 2020-12 and its vocabularies are always there.
    /// </summary>
    public IReadOnlyDictionary<string, JsonElement> Documents { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Milliseconds that one match of a pattern may take.</summary>
    public int PatternMs { get; init; } = SchemaLimits.PatternMs;
}
