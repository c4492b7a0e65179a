using System.Security.Cryptography;
using System.Text;

namespace Castellan.Platform.Crypto;

/// <summary>Section <c>Passwords</c>.</summary>
[Settings("Passwords")]
internal sealed record PasswordOptions
{
    /// <summary>
    /// File of breached passwords: lines that begin with a SHA-1 in upper-case hex, in order, as Have I Been Pwned
    /// publishes them (a count after a colon is ignored). Default none: then only the built-in list holds.
    /// </summary>
    public string? BreachedList { get; init; }

    /// <summary>Refuses a list that is not there: otherwise the first new password would find out.</summary>
    public PasswordOptions Checked() => BreachedList is null || File.Exists(BreachedList)
        ? this
        : throw new UnsafeStartException($"Passwords:BreachedList names {BreachedList}, which is no file.",
            "Correct the path, or leave the setting out.");
}

/// <summary>
/// Looks a password up in the breached list by bisecting the file: some 40 reads of one block, no memory.
/// </summary>
internal sealed class BreachedPasswords(PasswordOptions options)
{
    private const int HashLength = SHA1.HashSizeInBytes * 2;
    private const int LineMax = 64;

    public ValueTask<bool> Contains(string password, CancellationToken ct) => options.BreachedList is { } path
        ? new ValueTask<bool>(Task.Run(() => Search(path, password), ct))
        : ValueTask.FromResult(false);

    private static bool Search(string path, string password)
    {
        // The list is keyed by SHA-1; nothing here relies on its strength.
#pragma warning disable CA5350
        var wanted = Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        using var file = File.OpenHandle(path, options: FileOptions.RandomAccess);
        var (low, high) = (0L, RandomAccess.GetLength(file));
        // The first line that begins at or after an offset is found by reading on to the next line end.
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            var (start, hash) = LineFrom(file, middle);
            var order = hash is null ? 1 : string.CompareOrdinal(hash, wanted);
            if (order == 0) return true;
            if (order < 0) low = start + 1;
            else high = middle;
        }
        return false;
    }

    /// <summary>The first line that begins at or after the offset; null where none does.</summary>
    private static (long Start, string? Hash) LineFrom(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset)
    {
        Span<byte> block = stackalloc byte[LineMax * 2];
        var from = Math.Max(offset - 1, 0);
        var text = block[..RandomAccess.Read(file, block, from)];
        var skip = offset == 0 ? 0 : text.IndexOf((byte)'\n') + 1;
        if ((offset > 0 && skip == 0) || text.Length - skip < HashLength) return (offset, null);
        return (from + skip, Encoding.ASCII.GetString(text.Slice(skip, HashLength)).ToUpperInvariant());
    }
}
