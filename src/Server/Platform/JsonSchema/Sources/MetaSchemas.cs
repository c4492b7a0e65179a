using System.Collections.Frozen;
using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>
/// The meta-schema of draft 2020-12 and those of its vocabularies, which are compiled into the program.
/// </summary>
internal static class MetaSchemas
{
    public const string Standard = "https://json-schema.org/draft/2020-12/schema";

    private const string VocabularyPrefix = "https://json-schema.org/draft/2020-12/vocab/";

    private static readonly (string Name, Vocabularies Vocabulary)[] Names =
    [
        ("core", Vocabularies.Core),
        ("applicator", Vocabularies.Applicator),
        ("unevaluated", Vocabularies.Unevaluated),
        ("validation", Vocabularies.Validation),
        ("meta-data", Vocabularies.MetaData),
        ("format-annotation", Vocabularies.FormatAnnotation),
        ("format-assertion", Vocabularies.FormatAssertion),
        ("content", Vocabularies.Content),
    ];

    private static readonly Lazy<FrozenDictionary<string, JsonElement>> Documents = new(() =>
        Names.Select(n => n.Name).Append("schema").Select(Read)
            .ToFrozenDictionary(schema => schema.GetProperty("$id").GetString()!));

    public static JsonElement? Find(string uri) =>
        Documents.Value.TryGetValue(uri, out var document) ? document : null;

    public static Vocabularies? Vocabulary(string uri)
    {
        foreach (var (name, vocabulary) in Names)
        {
            if (uri.StartsWith(VocabularyPrefix, StringComparison.Ordinal)
                && uri.AsSpan(VocabularyPrefix.Length).SequenceEqual(name)) return vocabulary;
        }
        return null;
    }

    private static JsonElement Read(string name)
    {
        using var stream = typeof(MetaSchemas).Assembly.GetManifestResourceStream($"json-schema/{name}.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
