using System.Runtime.InteropServices;

namespace Castellan.Platform.Storage;

/// <summary>
/// Finds statements by their text. A text is long and comes from our own constants, so its length and some characters
/// at either end make its hash, and the comparison is left to decide.
/// </summary>
internal sealed class StatementText : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<char>, string>
{
    private const int Sampled = 16;
    public static readonly StatementText Comparer = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public bool Equals(ReadOnlySpan<char> alternate, string other) => alternate.SequenceEqual(other);

    public string Create(ReadOnlySpan<char> alternate) => alternate.ToString();

    public int GetHashCode(string obj) => GetHashCode(obj.AsSpan());

    public int GetHashCode(ReadOnlySpan<char> alternate)
    {
        var hash = default(HashCode);
        hash.Add(alternate.Length);
        hash.AddBytes(MemoryMarshal.AsBytes(alternate[..Math.Min(Sampled, alternate.Length)]));
        hash.AddBytes(MemoryMarshal.AsBytes(alternate[Math.Max(0, alternate.Length - (2 * Sampled))..]));
        return hash.ToHashCode();
    }
}
