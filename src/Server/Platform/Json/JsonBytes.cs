using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;

namespace Castellan.Platform.Json;

/// <summary>
/// Appends UTF-8 JSON to one growing array: for rows, whose punctuation and names are known as bytes beforehand, so
/// that a writer's bookkeeping would be most of the work. Whoever appends answers for the structure.
/// </summary>
/// <param name="encoder">What of text is escaped.</param>
/// <param name="capacity">Bytes to begin with.</param>
internal sealed class JsonBytes(JavaScriptEncoder encoder, int capacity)
{
    /// <summary>Bytes of the longest number, in either notation.</summary>
    private const int NumberMax = 32;

    /// <summary>Bytes that one byte of text takes at most: <c>\u0000</c>.</summary>
    private const int EscapedMax = 6;

    private byte[] bytes = GC.AllocateUninitializedArray<byte>(capacity);

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    /// <summary>JSON as it is.</summary>
    public void Raw(ReadOnlySpan<byte> json)
    {
        json.CopyTo(Room(json.Length));
        Length += json.Length;
    }

    /// <summary>A string.</summary>
    public void Text(ReadOnlySpan<byte> utf8)
    {
        var plain = encoder.FindFirstCharacterToEncodeUtf8(utf8);
        if (plain < 0) plain = utf8.Length;
        var room = Room(plain + 2 + ((utf8.Length - plain) * EscapedMax));
        room[0] = (byte)'"';
        utf8[..plain].CopyTo(room[1..]);
        var end = plain + 1;
        if (plain < utf8.Length)
        {
            // What is no UTF-8 becomes U+FFFD.
            encoder.EncodeUtf8(utf8[plain..], room[end..], out _, out var written);
            end += written;
        }
        room[end] = (byte)'"';
        Length += end + 1;
    }

    public void Text(string text)
    {
        var utf8 = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        Text(utf8.AsSpan(0, Encoding.UTF8.GetBytes(text, utf8)));
        ArrayPool<byte>.Shared.Return(utf8);
    }

    public void Number(long value)
    {
        Utf8Formatter.TryFormat(value, Room(NumberMax), out var written);
        Length += written;
    }

    /// <summary>The shortest form that reads back as the same number.</summary>
    public void Number(double value)
    {
        Utf8Formatter.TryFormat(value, Room(NumberMax), out var written);
        Length += written;
    }

    /// <summary>RFC 3339 in UTC with milliseconds.</summary>
    public void Time(DateTimeOffset time)
    {
        var room = Room(Rfc3339.Length + 2);
        room[0] = (byte)'"';
        Rfc3339.Format(time, room[1..]);
        room[Rfc3339.Length + 1] = (byte)'"';
        Length += Rfc3339.Length + 2;
    }

    public void Boolean(bool value) => Raw(value ? "true"u8 : "false"u8);

    private Span<byte> Room(int most)
    {
        if (bytes.Length - Length < most)
        {
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(bytes.Length * 2, Length + most));
            bytes.AsSpan(0, Length).CopyTo(larger);
            bytes = larger;
        }
        return bytes.AsSpan(Length);
    }
}
