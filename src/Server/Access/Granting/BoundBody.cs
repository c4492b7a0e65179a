using System.Text.Json;
using System.Text.Json.Nodes;

namespace Castellan.Access.Granting;

/// <summary>
/// A body as operations take it: texts without white space around them, no members that are null or empty texts, and
/// addresses of mail in small letters. What a condition sees is what is done.
/// </summary>
internal static class BoundBody
{
    public static JsonElement Of(JsonElement body)
    {
        if (body.ValueKind is not JsonValueKind.Object) return body;
        var bound = new JsonObject();
        foreach (var member in body.EnumerateObject())
        {
            if (Of(member.Name, member.Value) is { } value) bound[member.Name] = value;
        }
        return JsonSerializer.SerializeToElement(bound, AccessJson.Wire.JsonObject);
    }

    private static JsonNode? Of(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String when value.GetString()!.Trim() is var text => text.Length == 0
            ? null
            : JsonValue.Create(name == "email" ? text.ToLowerInvariant() : text),
        JsonValueKind.Array => new JsonArray([.. value.EnumerateArray().Select(item => Of(name, item))]),
        JsonValueKind.Object => JsonObject.Create(Of(value)),
        _ => JsonValue.Create(value),
    };
}
