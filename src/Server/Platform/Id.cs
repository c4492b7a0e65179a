using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using Castellan.Platform.Crypto;

namespace Castellan.Platform;

/// <summary>What an id identifies: gives its prefix, for example <c>ten</c>.</summary>
internal interface IIdKind
{
    static abstract string Prefix { get; }
}

/// <summary>
/// A TypeID (type prefix, underscore, UUIDv7 in Crockford base32, 26 characters):
/// <c>ten_01h455vb4pex5vsknk084sn02q</c>. It sorts by creation time, and a wrong kind of id does not compile. Source:
/// TypeID specification 0.3; RFC 9562 section 5.7.
/// </summary>
internal readonly record struct Id<TKind>(string Value) : IComparable<Id<TKind>>
    where TKind : IIdKind
{
    private const string Alphabet = "0123456789abcdefghjkmnpqrstvwxyz";
    private const int SuffixLength = 26;
    private static readonly SearchValues<char> AlphabetSet = SearchValues.Create(Alphabet);

    public static Id<TKind> New(DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomBytes.Fill(bytes[6..]);
        WriteTime(bytes, now);
        // Version 7, variant 10.
        bytes[6] = (byte)(0x70 | (bytes[6] & 0x0f));
        bytes[8] = (byte)(0x80 | (bytes[8] & 0x3f));
        return Of(bytes);
    }

    /// <summary>Sorts before every id that is made at this time or later: finds a range of time by its ids.</summary>
    public static Id<TKind> Earliest(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        WriteTime(bytes, time);
        return Of(bytes);
    }

    public static bool TryParse(string? text, out Id<TKind> id)
    {
        id = default;
        var start = TKind.Prefix.Length + 1;
        if (text is null || text.Length != start + SuffixLength || text[start - 1] != '_'
            || !text.StartsWith(TKind.Prefix, StringComparison.Ordinal) || text[start] > '7')
        {
            return false;
        }
        if (text.AsSpan(start).ContainsAnyExcept(AlphabetSet)) return false;
        id = new Id<TKind>(text);
        return true;
    }

    public int CompareTo(Id<TKind> other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;

    // The first 48 bits are Unix milliseconds.
    private static void WriteTime(Span<byte> bytes, DateTimeOffset time)
    {
        var milliseconds = (ulong)Math.Max(time.ToUnixTimeMilliseconds(), 0);
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)(milliseconds >> 16));
        BinaryPrimitives.WriteUInt16BigEndian(bytes[4..], (ushort)milliseconds);
    }

    private static Id<TKind> Of(ReadOnlySpan<byte> bytes) => new(string.Create(
        TKind.Prefix.Length + 1 + SuffixLength, BinaryPrimitives.ReadUInt128BigEndian(bytes), Write));

    private static void Write(Span<char> text, UInt128 bits)
    {
        TKind.Prefix.CopyTo(text);
        text[TKind.Prefix.Length] = '_';
        var suffix = text[(TKind.Prefix.Length + 1)..];
        for (var i = SuffixLength - 1; i >= 0; i--)
        {
            suffix[i] = Alphabet[(int)(bits & 31)];
            bits >>= 5;
        }
    }
}

internal sealed class IdConverter<TKind> : JsonConverter<Id<TKind>>
    where TKind : IIdKind
{
    public override Id<TKind> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Id<TKind>.TryParse(reader.GetString(), out var id)
            ? id
            : throw new JsonException($"Not an id with the prefix {TKind.Prefix}.");

    public override void Write(Utf8JsonWriter writer, Id<TKind> value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.Value);
}
