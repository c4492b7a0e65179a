using System.Text.Json;

namespace Castellan.Platform.Cel;

/// <summary>
/// JSON as values (langdef.md, JSON Data Conversion): numbers are doubles, objects maps with string keys. Parts are
/// read when an expression asks for them, so the document must live as long as the value.
/// </summary>
internal static class CelJson
{
    public static CelValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => CelValue.Of(new JsonMap(element)),
        JsonValueKind.Array => CelValue.Of(new JsonList(element)),
        JsonValueKind.String => CelValue.Of(element.GetString()),
        JsonValueKind.Number => CelValue.Of(element.GetDouble()),
        JsonValueKind.True => CelValue.True,
        JsonValueKind.False => CelValue.False,
        _ => CelValue.Null,
    };

    /// <summary>
    /// Its items are read all at once, at the first one: a JSON array has no quick way to its middle.
    /// </summary>
    private sealed class JsonList(JsonElement element) : CelList
    {
        private CelValue[]? items;

        public override int Count { get; } = element.GetArrayLength();

        public override CelValue this[int index] => (items ??= [.. element.EnumerateArray().Select(Of)])[index];
    }

    private sealed class JsonMap(JsonElement element) : CelMap
    {
        public override int Count => element.GetPropertyCount();

        public override IEnumerable<CelValue> Keys => element.EnumerateObject().Select(member =>
            CelValue.Of(member.Name));

        public override bool TryGet(CelValue key, out CelValue value)
        {
            value = default;
            if (key.Kind != CelKind.String || !element.TryGetProperty(key.AsString, out var found)) return false;
            value = Of(found);
            return true;
        }
    }
}
