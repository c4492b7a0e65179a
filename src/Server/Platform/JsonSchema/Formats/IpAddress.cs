namespace Castellan.Platform.JsonSchema.Formats;

/// <summary>RFC 2673, section 3.2, and RFC 4291, section 2.2.</summary>
internal static class IpAddress
{
    private const int Groups = 8;

    /// <summary>Four numbers up to 255, without leading zeros.</summary>
    public static bool IsV4(ReadOnlySpan<byte> text)
    {
        for (var part = 0; part < 4; part++)
        {
            var length = part < 3 ? text.IndexOf((byte)'.') : text.Length;
            if (length is < 1 or > 3 || !IsOctet(text[..length])) return false;
            text = part < 3 ? text[(length + 1)..] : default;
        }
        return true;
    }

    /// <summary>Without a zone, which is no part of an address.</summary>
    public static bool IsV6(ReadOnlySpan<byte> text)
    {
        var groups = 0;
        var isShortened = false;
        if (text.StartsWith("::"u8))
        {
            isShortened = true;
            text = text[2..];
        }
        while (text.Length > 0)
        {
            var length = text.IndexOf((byte)':');
            if (length < 0)
            {
                groups += IsV4(text) ? 2 : IsGroup(text) ? 1 : Groups + 1;
                break;
            }
            if (!IsGroup(text[..length])) return false;
            groups++;
            text = text[(length + 1)..];
            if (text.Length == 0) return false;
            if (text[0] != (byte)':') continue;
            if (isShortened) return false;
            isShortened = true;
            text = text[1..];
        }
        return isShortened ? groups < Groups : groups == Groups;
    }

    private static bool IsOctet(ReadOnlySpan<byte> digits)
    {
        var number = 0;
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            number = (number * 10) + (digit - '0');
        }
        return number <= 255 && (digits.Length == 1 || digits[0] != (byte)'0');
    }

    private static bool IsGroup(ReadOnlySpan<byte> digits) =>
        digits.Length is >= 1 and <= 4 && Uuid.AreHex(digits);
}
