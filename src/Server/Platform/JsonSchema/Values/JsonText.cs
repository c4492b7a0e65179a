using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Castellan.Platform.JsonSchema.Values;

/// <summary>
/// The text of a JSON string or member name as UTF-8, read where it lies in the document; only one with escapes is
/// copied, into pooled memory. A lone surrogate becomes the three bytes that UTF-8 would have for it, so that texts
/// stay distinct.
/// </summary>
internal readonly ref struct JsonText : IDisposable
{
    private readonly byte[]? rented;

    /// <summary><paramref name="raw"/> is what stands between the quotes.</summary>
    public JsonText(ReadOnlySpan<byte> raw)
    {
        if (!raw.Contains((byte)'\\'))
        {
            Utf8 = raw;
            return;
        }
        rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        Utf8 = rented.AsSpan(0, Unescape(raw, rented));
    }

    public ReadOnlySpan<byte> Utf8 { get; }

    public static JsonText Of(in JsonElement text) => new(Raw(text));

    /// <summary>What stands between the quotes of a string.</summary>
    public static ReadOnlySpan<byte> Raw(in JsonElement text) => JsonMarshal.GetRawUtf8Value(text)[1..^1];

    /// <summary>As a string; a lone surrogate, which no string should have, is replaced (U+FFFD).</summary>
    public static string StringOf(in JsonElement text)
    {
        using var decoded = Of(text);
        return Encoding.UTF8.GetString(decoded.Utf8);
    }

    /// <summary>The name of a member, likewise.</summary>
    public static string NameOf(in JsonProperty member)
    {
        using var decoded = new JsonText(JsonMarshal.GetRawUtf8PropertyName(member));
        return Encoding.UTF8.GetString(decoded.Utf8);
    }

    /// <summary>
    /// The last member with a name. Unlike
    /// <see cref="JsonElement.TryGetProperty(ReadOnlySpan{byte}, out JsonElement)"/> it does not throw where some name
    /// holds a lone surrogate.
    /// </summary>
    public static bool TryGetMember(in JsonElement value, ReadOnlySpan<byte> name, out JsonElement found)
    {
        found = default;
        foreach (var member in value.EnumerateObject())
        {
            using var text = new JsonText(JsonMarshal.GetRawUtf8PropertyName(member));
            if (text.Utf8.SequenceEqual(name)) found = member.Value;
        }
        return found.ValueKind is not JsonValueKind.Undefined;
    }

    public void Dispose()
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Unicode scalar values, which is what the standard counts (validation, section 6.3).</summary>
    public static int Length(ReadOnlySpan<byte> utf8)
    {
        var length = 0;
        foreach (var unit in utf8) length += (unit & 0xC0) == 0x80 ? 0 : 1;
        return length;
    }

    private static int Unescape(ReadOnlySpan<byte> raw, Span<byte> output)
    {
        var length = 0;
        while (true)
        {
            var at = raw.IndexOf((byte)'\\');
            var plain = at < 0 ? raw : raw[..at];
            plain.CopyTo(output[length..]);
            length += plain.Length;
            if (at < 0) return length;
            raw = raw[(at + 1)..];
            if (raw[0] != (byte)'u')
            {
                output[length++] = Short(raw[0]);
                raw = raw[1..];
                continue;
            }
            var code = Hex(raw[1..5]);
            raw = raw[5..];
            if (IsHigh(code) && raw is [(byte)'\\', (byte)'u', _, _, _, _, ..] && IsLow(Hex(raw[2..6])))
            {
                code = 0x10000 + ((code - 0xD800) << 10) + (Hex(raw[2..6]) - 0xDC00);
                raw = raw[6..];
            }
            length += Encode(code, output[length..]);
        }
    }

    private static bool IsHigh(int code) => code is >= 0xD800 and <= 0xDBFF;

    private static bool IsLow(int code) => code is >= 0xDC00 and <= 0xDFFF;

    private static byte Short(byte letter) => letter switch
    {
        (byte)'n' => (byte)'\n',
        (byte)'r' => (byte)'\r',
        (byte)'t' => (byte)'\t',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => letter,
    };

    // The parser has let only hexadecimal digits through.
    private static int Hex(ReadOnlySpan<byte> digits)
    {
        var code = 0;
        foreach (var digit in digits) code = (code << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        return code;
    }

    private static int Encode(int code, Span<byte> output)
    {
        if (code < 0x80)
        {
            output[0] = (byte)code;
            return 1;
        }
        if (code < 0x800)
        {
            output[0] = (byte)(0xC0 | (code >> 6));
            output[1] = Tail(code);
            return 2;
        }
        if (code < 0x10000)
        {
            output[0] = (byte)(0xE0 | (code >> 12));
            output[1] = Tail(code >> 6);
            output[2] = Tail(code);
            return 3;
        }
        output[0] = (byte)(0xF0 | (code >> 18));
        output[1] = Tail(code >> 12);
        output[2] = Tail(code >> 6);
        output[3] = Tail(code);
        return 4;
    }

    private static byte Tail(int code) => (byte)(0x80 | (code & 0x3F));
}
