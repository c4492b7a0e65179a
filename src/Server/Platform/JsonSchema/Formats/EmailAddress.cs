using System.Buffers;

namespace Castellan.Platform.JsonSchema.Formats;

/// <summary>RFC 5321, section 4.1.2: a Mailbox in ASCII.</summary>
internal static class EmailAddress
{
    private const int LocalMax = 64;
    private const int DomainMax = 255;
    private const int LabelMax = 63;

    private static readonly SearchValues<byte> AtomChars = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"u8);

    public static bool Is(ReadOnlySpan<byte> text)
    {
        var at = text.LastIndexOf((byte)'@');
        if (at is < 1 or > LocalMax) return false;
        var local = text[..at];
        return (local[0] == (byte)'"' ? IsQuoted(local) : IsDotString(local)) && IsDomain(text[(at + 1)..]);
    }

    private static bool IsDotString(ReadOnlySpan<byte> local)
    {
        while (true)
        {
            var length = local.IndexOfAnyExcept(AtomChars);
            if (length < 0) return local.Length > 0;
            if (length == 0 || local[length] != (byte)'.') return false;
            local = local[(length + 1)..];
        }
    }

    private static bool IsQuoted(ReadOnlySpan<byte> local)
    {
        if (local.Length < 2 || local[^1] != (byte)'"') return false;
        var inner = local[1..^1];
        for (var i = 0; i < inner.Length; i++)
        {
            if (inner[i] == (byte)'"' || (inner[i] == (byte)'\\' && ++i == inner.Length)) return false;
            if (inner[i] is < 32 or > 126) return false;
        }
        return true;
    }

    private static bool IsDomain(ReadOnlySpan<byte> domain)
    {
        if (domain is [(byte)'[', .., (byte)']'])
        {
            var literal = domain[1..^1];
            return literal.StartsWith("IPv6:"u8) ? IpAddress.IsV6(literal[5..]) : IpAddress.IsV4(literal);
        }
        if (domain.Length is 0 or > DomainMax) return false;
        foreach (var range in domain.Split((byte)'.'))
        {
            if (!IsLabel(domain[range])) return false;
        }
        return true;
    }

    private static bool IsLabel(ReadOnlySpan<byte> label)
    {
        if (label.Length is 0 or > LabelMax || label[0] == (byte)'-' || label[^1] == (byte)'-') return false;
        foreach (var unit in label)
        {
            if (!char.IsAsciiLetterOrDigit((char)unit) && unit != (byte)'-') return false;
        }
        return true;
    }
}
