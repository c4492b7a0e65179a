using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>Values and names as a sentence shows them: on one line and not long.</summary>
internal static class Excerpt
{
    private const int LengthMax = 60;

    public static string Of(in JsonElement value) => Of(Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(value)));

    public static string Of(string text)
    {
        var cut = text.Length > LengthMax ? char.IsHighSurrogate(text[LengthMax - 1]) ? LengthMax - 1 : LengthMax : -1;
        var shown = cut < 0 ? text : text[..cut] + "...";
        return shown.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0
            ? shown
            : string.Concat(shown.Select(c => char.IsControl(c) ? ' ' : c));
    }

    /// <summary>"a", "a or b", "a, b or c".</summary>
    public static string Either(IReadOnlyList<string> words) => words.Count switch
    {
        0 => "nothing",
        1 => words[0],
        _ => $"{string.Join(", ", words.Take(words.Count - 1))} or {words[^1]}",
    };

    public static string Count(long number, string one, string many) => number == 1 ? $"1 {one}" : $"{number} {many}";
}
