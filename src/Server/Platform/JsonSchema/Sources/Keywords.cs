using System.Collections.Frozen;

namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>What the value of a keyword must look like.</summary>
internal enum Shape
{
    Any,
    Schema,
    SchemaList,
    SchemaMap,
    PatternMap,
    Count,
    Number,
    PositiveNumber,
    Text,
    Flag,
    Names,
    NamesByName,
    Types,
    List,
    Pattern,
    Id,
    Anchor,
    Reference,
    VocabularyMap,
}

/// <summary>The vocabularies of draft 2020-12.</summary>
[Flags]
internal enum Vocabularies
{
    None = 0,
    Core = 1,
    Applicator = 2,
    Unevaluated = 4,
    Validation = 8,
    MetaData = 16,
    FormatAnnotation = 32,
    Content = 64,
    FormatAssertion = 128,

    /// <summary>Those of the standard's own meta-schema.</summary>
    Standard = Core | Applicator | Unevaluated | Validation | MetaData | FormatAnnotation | Content,
}

internal sealed record Keyword(string Name, Shape Shape, Vocabularies Vocabulary)
{
    /// <summary>
    /// Every keyword of draft 2020-12, and the one of earlier drafts where schemas still keep their definitions.
    /// </summary>
    public static readonly FrozenDictionary<string, Keyword> All = Table().ToFrozenDictionary(k => k.Name);

    private static IEnumerable<Keyword> Table() =>
    [
        .. Of(Vocabularies.Core, Shape.Id, "$id"),
        .. Of(Vocabularies.Core, Shape.Text, "$schema", "$comment"),
        .. Of(Vocabularies.Core, Shape.Reference, "$ref", "$dynamicRef"),
        .. Of(Vocabularies.Core, Shape.Anchor, "$anchor", "$dynamicAnchor"),
        .. Of(Vocabularies.Core, Shape.VocabularyMap, "$vocabulary"),
        .. Of(Vocabularies.Core, Shape.SchemaMap, "$defs", "definitions"),
        .. Of(Vocabularies.Applicator, Shape.SchemaList, "prefixItems", "allOf", "anyOf", "oneOf"),
        .. Of(Vocabularies.Applicator, Shape.Schema, "items", "contains", "additionalProperties", "propertyNames"),
        .. Of(Vocabularies.Applicator, Shape.Schema, "if", "then", "else", "not"),
        .. Of(Vocabularies.Applicator, Shape.SchemaMap, "properties", "dependentSchemas"),
        .. Of(Vocabularies.Applicator, Shape.PatternMap, "patternProperties"),
        .. Of(Vocabularies.Unevaluated, Shape.Schema, "unevaluatedItems", "unevaluatedProperties"),
        .. Of(Vocabularies.Validation, Shape.Types, "type"),
        .. Of(Vocabularies.Validation, Shape.List, "enum"),
        .. Of(Vocabularies.Validation, Shape.Any, "const"),
        .. Of(Vocabularies.Validation, Shape.PositiveNumber, "multipleOf"),
        .. Of(Vocabularies.Validation, Shape.Number, "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"),
        .. Of(Vocabularies.Validation, Shape.Count, "maxLength", "minLength", "maxItems", "minItems"),
        .. Of(Vocabularies.Validation, Shape.Count, "maxContains", "minContains", "maxProperties", "minProperties"),
        .. Of(Vocabularies.Validation, Shape.Pattern, "pattern"),
        .. Of(Vocabularies.Validation, Shape.Flag, "uniqueItems"),
        .. Of(Vocabularies.Validation, Shape.Names, "required"),
        .. Of(Vocabularies.Validation, Shape.NamesByName, "dependentRequired"),
        .. Of(Vocabularies.MetaData, Shape.Text, "title", "description"),
        .. Of(Vocabularies.MetaData, Shape.Any, "default"),
        .. Of(Vocabularies.MetaData, Shape.Flag, "deprecated", "readOnly", "writeOnly"),
        .. Of(Vocabularies.MetaData, Shape.List, "examples"),
        .. Of(Vocabularies.FormatAnnotation | Vocabularies.FormatAssertion, Shape.Text, "format"),
        .. Of(Vocabularies.Content, Shape.Text, "contentEncoding", "contentMediaType"),
        .. Of(Vocabularies.Content, Shape.Schema, "contentSchema"),
    ];

    private static IEnumerable<Keyword> Of(Vocabularies vocabulary, Shape shape, params string[] names) =>
        names.Select(name => new Keyword(name, shape, vocabulary));
}
