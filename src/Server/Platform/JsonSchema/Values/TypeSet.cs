using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Values;

/// <summary>The types of JSON Schema (validation, section 6.1.1) as a set.</summary>
[Flags]
internal enum JsonTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Object = 4,
    Array = 8,
    String = 16,
    Integer = 32,

    /// <summary>A number that is not whole.</summary>
    Fraction = 64,

    Number = Integer | Fraction,
    All = Null | Boolean | Object | Array | String | Number,
}

internal static class TypeSet
{
    private static readonly (JsonTypes Type, string Words)[] Words =
    [
        (JsonTypes.String, "a string"), (JsonTypes.Number, "a number"), (JsonTypes.Integer, "a whole number"),
        (JsonTypes.Boolean, "true or false"), (JsonTypes.Object, "an object"), (JsonTypes.Array, "a list"),
        (JsonTypes.Null, "null"),
    ];

    public static JsonTypes Parse(string name) => name switch
    {
        "null" => JsonTypes.Null,
        "boolean" => JsonTypes.Boolean,
        "object" => JsonTypes.Object,
        "array" => JsonTypes.Array,
        "string" => JsonTypes.String,
        "integer" => JsonTypes.Integer,
        "number" => JsonTypes.Number,
        _ => JsonTypes.None,
    };

    /// <summary>
    /// The type of a value; of a number only <see cref="JsonTypes.Number"/>, because the rest takes reading it.
    /// </summary>
    public static JsonTypes Of(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => JsonTypes.String,
        JsonValueKind.Number => JsonTypes.Number,
        JsonValueKind.Object => JsonTypes.Object,
        JsonValueKind.Array => JsonTypes.Array,
        JsonValueKind.True or JsonValueKind.False => JsonTypes.Boolean,
        _ => JsonTypes.Null,
    };

    /// <summary>"a string", "a whole number", "null": each type of the set in words.</summary>
    public static IReadOnlyList<string> Describe(JsonTypes types)
    {
        var words = new List<string>();
        foreach (var (type, word) in Words)
        {
            var covered = type == JsonTypes.Integer && types.HasFlag(JsonTypes.Number);
            if (types.HasFlag(type) && !covered) words.Add(word);
        }
        return words;
    }

    public static string Describe(in JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };
}
