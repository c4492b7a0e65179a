namespace Castellan.Platform;

/// <summary>Upper and lower case of A to Z alone.</summary>
internal static class AsciiCase
{
    public static string Lower(string text) => string.Create(text.Length, text, (lower, from) =>
    {
        for (var i = 0; i < from.Length; i++)
            lower[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] | 0x20) : from[i];
    });
}
