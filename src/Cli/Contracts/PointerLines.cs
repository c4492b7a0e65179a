using System.Text;
using System.Text.Json;

namespace Castellan.Cli.Contracts;

/// <summary>Finds where in a text a JSON Pointer (RFC 6901) leads.</summary>
internal static class PointerLines
{
    /// <summary>
    /// The line, from 1, of the member or item that the pointer names; of the deepest one around it where it is not
    /// there, such as for what is missing. Null where nothing of it is there.
    /// </summary>
    public static int? Find(ReadOnlySpan<byte> json, string pointer)
    {
        string[] wanted = [.. pointer.Split('/').Skip(1).Select(Unescape)];
        var reader = new Utf8JsonReader(json);
        if (wanted.Length == 0 || !reader.Read()) return null;
        long? found = null;
        foreach (var part in wanted)
        {
            if (!Enter(ref reader, part, out var at)) break;
            found = at;
        }
        return found is { } offset ? 1 + json[..(int)offset].Count((byte)'\n') : null;
    }

    /// <summary>From the start of a value to the start of the one inside of it that has this name or index.</summary>
    private static bool Enter(ref Utf8JsonReader reader, string part, out long at)
    {
        at = 0;
        var isList = reader.TokenType is JsonTokenType.StartArray;
        if (!isList && reader.TokenType is not JsonTokenType.StartObject) return false;
        for (var index = 0; reader.Read(); index++)
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray) return false;
            at = reader.TokenStartIndex;
            var name = isList ? $"{index}" : reader.GetString();
            if (!isList) reader.Read();
            if (name == part) return true;
            reader.Skip();
        }
        return false;
    }

    private static string Unescape(string part) =>
        new StringBuilder(part).Replace("~1", "/").Replace("~0", "~").ToString();
}
