using System.Text.Json;

namespace Castellan.Contracts;

/// <summary>What a property's schema says of its column.</summary>
internal static class FieldTypes
{
    /// <summary>Of several types, one beside null counts; anything else is JSON.</summary>
    public static FieldType Of(JsonElement schema)
    {
        if (TypeName(schema) is not { } name) return FieldType.Json;
        return name switch
        {
            "string" => IsFormat(schema, "date-time") ? FieldType.Timestamp : FieldType.String,
            "integer" => FieldType.Integer,
            "number" => FieldType.Number,
            "boolean" => FieldType.Boolean,
            _ => FieldType.Json,
        };
    }

    /// <summary>Whether every value that the schema lets through has at most so many characters.</summary>
    public static bool IsAtMost(JsonElement schema, int length)
    {
        if (schema.TryGetProperty("maxLength", out var max) && max.TryGetInt32(out var bound) && bound <= length)
            return true;
        if (schema.TryGetProperty("enum", out var choices) && choices.ValueKind is JsonValueKind.Array)
            return choices.EnumerateArray().All(c => IsShort(c, length));
        if (schema.TryGetProperty("const", out var only)) return IsShort(only, length);
        // RFC 3339 full-date and time, RFC 9562, RFC 5321 and the addresses are short by themselves.
        return schema.TryGetProperty("format", out var format) && format.ValueKind is JsonValueKind.String
            && format.GetString() is "date" or "time" or "uuid" or "ipv4" or "ipv6" or "email";
    }

    private static bool IsShort(JsonElement value, int length) =>
        value.ValueKind is not JsonValueKind.String || value.GetString()!.Length <= length;

    private static bool IsFormat(JsonElement schema, string name) =>
        schema.TryGetProperty("format", out var format) && format.ValueKind is JsonValueKind.String
        && format.ValueEquals(name);

    private static string? TypeName(JsonElement schema)
    {
        if (schema.ValueKind is not JsonValueKind.Object) return null;
        if (schema.TryGetProperty("type", out var type))
        {
            if (type.ValueKind is JsonValueKind.String) return type.GetString();
            if (type.ValueKind is not JsonValueKind.Array) return null;
            var names = type.EnumerateArray().Select(t => t.GetString()).Where(t => t is not "null").ToList();
            return names.Count == 1 ? names[0] : null;
        }
        return schema.TryGetProperty("enum", out var choices) && choices.ValueKind is JsonValueKind.Array
            && choices.EnumerateArray().All(c => c.ValueKind is JsonValueKind.String)
                ? "string"
                : null;
    }
}
