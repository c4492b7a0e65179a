using System.Text.Json;
using Castellan.Platform.JsonSchema.Checks;
using Castellan.Platform.JsonSchema.Patterns;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>
/// What the meta-schema asks of each keyword's own value, with words for the author of the schema. Schemas inside are
/// the walker's matter.
/// </summary>
internal static class ShapeRules
{
    public static readonly string[] Types = ["null", "boolean", "object", "array", "number", "string", "integer"];

    /// <summary>The fault of a value, or null. <paramref name="pointer"/> is the keyword's.</summary>
    public static SchemaFailure? Fault(Keyword keyword, in JsonElement value, string pointer) => keyword.Shape switch
    {
        Shape.SchemaList => ListOf(keyword, value, pointer, "schemas"),
        Shape.SchemaMap => OfKind(keyword, value, pointer, JsonValueKind.Object, "an object of schemas"),
        Shape.PatternMap => PatternMap(keyword, value, pointer),
        Shape.Count => Count(keyword, value, pointer),
        Shape.Number => OfKind(keyword, value, pointer, JsonValueKind.Number, "a number"),
        Shape.PositiveNumber => Positive(keyword, value, pointer),
        Shape.Text or Shape.Reference => OfKind(keyword, value, pointer, JsonValueKind.String, "a string"),
        Shape.Flag => Flag(keyword, value, pointer),
        Shape.Names => Names(keyword.Name, value, pointer),
        Shape.NamesByName => NamesByName(keyword, value, pointer),
        Shape.Types => TypeNames(value, pointer),
        Shape.List => OfKind(keyword, value, pointer, JsonValueKind.Array, "a list"),
        Shape.Pattern => OfKind(keyword, value, pointer, JsonValueKind.String, "a string")
            ?? PatternFault(value.GetString()!, pointer),
        Shape.Id => Id(keyword, value, pointer),
        Shape.Anchor => Anchor(keyword, value, pointer),
        Shape.VocabularyMap => OfKind(keyword, value, pointer, JsonValueKind.Object, "an object of booleans"),
        _ => null,
    };

    private static SchemaFailure? OfKind(
        Keyword keyword, in JsonElement value, string pointer, JsonValueKind kind, string words) =>
        value.ValueKind == kind ? null : WrongType(keyword.Name, value, pointer, words);

    private static SchemaFailure WrongType(string name, in JsonElement value, string pointer, string words) => new(
        pointer, "wrong_type", $"'{name}' must be {words} and is {TypeSet.Describe(value)}.", $"Write {words}.");

    private static SchemaFailure? ListOf(Keyword keyword, in JsonElement value, string pointer, string what)
    {
        if (value.ValueKind is not JsonValueKind.Array)
            return WrongType(keyword.Name, value, pointer, $"a list of {what}");
        return value.GetArrayLength() > 0 ? null : new SchemaFailure(
            pointer, "empty_list", $"'{keyword.Name}' is an empty list.",
            $"List at least one, or leave '{keyword.Name}' out.");
    }

    private static SchemaFailure? PatternMap(Keyword keyword, in JsonElement value, string pointer)
    {
        if (value.ValueKind is not JsonValueKind.Object)
            return WrongType(keyword.Name, value, pointer, "an object of schemas by pattern");
        foreach (var member in value.EnumerateObject())
        {
            if (PatternFault(member.Name, $"{pointer}/{Json.Pointer.Escape(member.Name)}") is { } fault) return fault;
        }
        return null;
    }

    private static SchemaFailure? Count(Keyword keyword, in JsonElement value, string pointer) =>
        value.ValueKind is JsonValueKind.Number && ExactNumber.TryReadCount(value, out _)
            ? null
            : new SchemaFailure(pointer, "not_a_count",
                $"'{keyword.Name}' must be a whole number from 0 and is {Excerpt.Of(value)}.",
                "Write a number such as 10.");

    private static SchemaFailure? Positive(Keyword keyword, in JsonElement value, string pointer)
    {
        if (value.ValueKind is not JsonValueKind.Number) return WrongType(keyword.Name, value, pointer, "a number");
        return new ExactNumber(value).Sign > 0 ? null : new SchemaFailure(pointer, "not_positive",
            $"'{keyword.Name}' must be greater than 0 and is {Excerpt.Of(value)}.", "Write a number greater than 0.");
    }

    private static SchemaFailure? Flag(Keyword keyword, in JsonElement value, string pointer) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False
            ? null
            : WrongType(keyword.Name, value, pointer, "true or false");

    private static SchemaFailure? Names(string name, in JsonElement value, string pointer)
    {
        if (value.ValueKind is not JsonValueKind.Array)
            return WrongType(name, value, pointer, "a list of property names");
        var names = new HashSet<string>();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var at = $"{pointer}/{index++}";
            if (item.ValueKind is not JsonValueKind.String)
                return WrongType($"{name}/{index - 1}", item, at, "a string");
            if (!names.Add(item.GetString()!))
            {
                return new SchemaFailure(at, "repeated_value",
                    $"'{name}' names '{Excerpt.Of(item.GetString()!)}' twice.", "Remove one of them.");
            }
        }
        return null;
    }

    private static SchemaFailure? NamesByName(Keyword keyword, in JsonElement value, string pointer)
    {
        if (value.ValueKind is not JsonValueKind.Object)
            return WrongType(keyword.Name, value, pointer, "an object of lists");
        foreach (var member in value.EnumerateObject())
        {
            var at = $"{pointer}/{Json.Pointer.Escape(member.Name)}";
            if (Names(member.Name, member.Value, at) is { } fault) return fault;
        }
        return null;
    }

    private static SchemaFailure? TypeNames(in JsonElement value, string pointer)
    {
        if (value.ValueKind is JsonValueKind.String) return TypeName(value.GetString()!, pointer);
        if (Names("type", value, pointer) is { } fault) return fault;
        if (value.GetArrayLength() == 0)
        {
            return new SchemaFailure(
                pointer, "empty_list", "'type' is an empty list.", "Name a type, or leave 'type' out.");
        }
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            if (TypeName(item.GetString()!, $"{pointer}/{index++}") is { } wrong) return wrong;
        }
        return null;
    }

    private static SchemaFailure? TypeName(string name, string pointer) => Types.Contains(name)
        ? null
        : new SchemaFailure(pointer, "unknown_type", $"'{Excerpt.Of(name)}' is no type.",
            Nearest.To(name, Types) is { } near ? $"Write '{near}'." : $"Write {Excerpt.Either(Types)}.");

    private static SchemaFailure? PatternFault(string pattern, string pointer)
    {
        var fault = PatternReader.Read(pattern).Fault;
        return fault is null ? null : new SchemaFailure(pointer, fault.Code, fault.Detail, fault.Fix);
    }

    /// <summary>Core, section 8.2.1: an identifier has no fragment but an empty one.</summary>
    private static SchemaFailure? Id(Keyword keyword, in JsonElement value, string pointer)
    {
        if (value.ValueKind is not JsonValueKind.String)
            return WrongType(keyword.Name, value, pointer, "a URI reference");
        return UriText.Parse(value.GetString()!).Fragment is null or "" ? null : new SchemaFailure(pointer, "bad_id",
            $"'{keyword.Name}' has a fragment.", "Name the part after '#' with '$anchor'.");
    }

    /// <summary>Core, section 8.2.2.</summary>
    private static SchemaFailure? Anchor(Keyword keyword, in JsonElement value, string pointer)
    {
        if (value.ValueKind is not JsonValueKind.String) return WrongType(keyword.Name, value, pointer, "a string");
        var name = value.GetString()!;
        var isName = name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_')
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
        return isName ? null : new SchemaFailure(
            pointer, "bad_anchor", $"'{Excerpt.Of(name)}' is no name for an anchor.",
            "Begin with a letter or underscore, and go on with letters, digits, '-', '.' and '_'.");
    }
}
