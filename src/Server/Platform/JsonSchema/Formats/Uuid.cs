namespace Castellan.Platform.JsonSchema.Formats;

/// <summary>RFC 4122, section 3: the form alone, of any version.</summary>
internal static class Uuid
{
    private const int Length = 36;

    public static bool Is(ReadOnlySpan<byte> text)
    {
        if (text.Length != Length) return false;
        for (var i = 0; i < Length; i++)
        {
            var isRight = i is 8 or 13 or 18 or 23 ? text[i] == (byte)'-' : char.IsAsciiHexDigit((char)text[i]);
            if (!isRight) return false;
        }
        return true;
    }

    public static bool AreHex(ReadOnlySpan<byte> digits)
    {
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit((char)digit)) return false;
        }
        return true;
    }
}
