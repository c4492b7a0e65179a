using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Castellan.Platform.JsonSchema.Values;

namespace Castellan.Platform.JsonSchema.Sources;

/// <summary>
/// Whether every text of a document is Unicode. A schema is read through strings, which others would make throw.
/// </summary>
internal static class WellFormedText
{
    public static bool Is(in JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.String:
                return IsText(JsonText.Raw(value));
            case JsonValueKind.Array:
                foreach (var item in value.EnumerateArray())
                {
                    if (!Is(item)) return false;
                }
                return true;
            case JsonValueKind.Object:
                foreach (var member in value.EnumerateObject())
                {
                    if (!IsText(JsonMarshal.GetRawUtf8PropertyName(member)) || !Is(member.Value)) return false;
                }
                return true;
            default:
                return true;
        }
    }

    // A lone surrogate is decoded to bytes that are not valid.
    private static bool IsText(ReadOnlySpan<byte> raw)
    {
        using var text = new JsonText(raw);
        return Utf8.IsValid(text.Utf8);
    }
}
