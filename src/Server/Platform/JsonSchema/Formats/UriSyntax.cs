using System.Buffers;

namespace Castellan.Platform.JsonSchema.Formats;

/// <summary>RFC 3986, section 3: a URI with a scheme.</summary>
internal static class UriSyntax
{
    private const string LettersAndDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string Unreserved = LettersAndDigits + "-._~";
    private const string SubDelimiters = "!$&'()*+,;=";

    private static readonly SearchValues<byte> SchemeChars = Set(LettersAndDigits + "+-.");
    private static readonly SearchValues<byte> UserChars = Set(Unreserved + SubDelimiters + ":%");
    private static readonly SearchValues<byte> HostChars = Set(Unreserved + SubDelimiters + "%");
    private static readonly SearchValues<byte> PathChars = Set(Unreserved + SubDelimiters + ":@/%");
    private static readonly SearchValues<byte> QueryChars = Set(Unreserved + SubDelimiters + ":@/?%");
    private static readonly SearchValues<byte> FutureChars = Set(Unreserved + SubDelimiters + ":");

    public static bool Is(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        if (colon < 1 || !char.IsAsciiLetter((char)text[0])) return false;
        if (text[..colon].ContainsAnyExcept(SchemeChars)) return false;
        var rest = text[(colon + 1)..];
        if (!PercentsHold(rest)) return false;
        var fragment = Cut(ref rest, (byte)'#');
        var query = Cut(ref rest, (byte)'?');
        if (fragment.ContainsAnyExcept(QueryChars) || query.ContainsAnyExcept(QueryChars)) return false;
        if (rest.StartsWith("//"u8))
        {
            var end = rest[2..].IndexOf((byte)'/');
            var authority = end < 0 ? rest[2..] : rest.Slice(2, end);
            if (!IsAuthority(authority)) return false;
            rest = rest[(2 + authority.Length)..];
        }
        return !rest.ContainsAnyExcept(PathChars);
    }

    private static bool IsAuthority(ReadOnlySpan<byte> authority)
    {
        var at = authority.IndexOf((byte)'@');
        if (at >= 0 && authority[..at].ContainsAnyExcept(UserChars)) return false;
        var host = authority[(at + 1)..];
        if (host.Length > 0 && host[0] == (byte)'[')
        {
            var end = host.IndexOf((byte)']');
            return end > 0 && IsLiteral(host[1..end]) && (host.Length == end + 1 || IsPort(host[(end + 1)..]));
        }
        var colon = host.IndexOf((byte)':');
        if (colon >= 0 && !IsPort(host[colon..])) return false;
        return !(colon < 0 ? host : host[..colon]).ContainsAnyExcept(HostChars);
    }

    /// <summary>Section 3.2.2, IP-literal.</summary>
    private static bool IsLiteral(ReadOnlySpan<byte> literal)
    {
        if (literal.Length == 0 || literal[0] is not ((byte)'v' or (byte)'V')) return IpAddress.IsV6(literal);
        var dot = literal.IndexOf((byte)'.');
        return dot > 1 && Uuid.AreHex(literal[1..dot]) && dot < literal.Length - 1
            && !literal[(dot + 1)..].ContainsAnyExcept(FutureChars);
    }

    private static bool IsPort(ReadOnlySpan<byte> port) =>
        port[0] == (byte)':' && port[1..].IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    /// <summary>Every '%' is followed by two hexadecimal digits.</summary>
    private static bool PercentsHold(ReadOnlySpan<byte> text)
    {
        for (var at = text.IndexOf((byte)'%'); at >= 0; at = text.IndexOf((byte)'%'))
        {
            if (at + 2 >= text.Length || !Uuid.AreHex(text.Slice(at + 1, 2))) return false;
            text = text[(at + 3)..];
        }
        return true;
    }

    /// <summary>What stands behind a mark, which is cut off with it; empty where there is none.</summary>
    private static ReadOnlySpan<byte> Cut(ref ReadOnlySpan<byte> text, byte mark)
    {
        var at = text.IndexOf(mark);
        if (at < 0) return default;
        var after = text[(at + 1)..];
        text = text[..at];
        return after;
    }

    private static SearchValues<byte> Set(string chars) =>
        SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(chars));
}
