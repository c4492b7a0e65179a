using System.Security.Cryptography;

namespace Castellan.Platform.Crypto;

/// <summary>
/// Bytes of the system's generator, fetched ahead for each thread: a call into it costs more than an id. Each byte is
/// given once. For ids and salts; secrets ask the system themselves, so that none waits in memory.
/// </summary>
internal static class RandomBytes
{
    private const int Ahead = 1024;

    [ThreadStatic]
    private static byte[]? fetched;

    [ThreadStatic]
    private static int left;

    /// <param name="target">At most 1,024 bytes.</param>
    public static void Fill(Span<byte> target)
    {
        if (left < target.Length)
        {
            RandomNumberGenerator.Fill(fetched ??= new byte[Ahead]);
            left = Ahead;
        }
        left -= target.Length;
        fetched.AsSpan(left, target.Length).CopyTo(target);
    }

    public static byte[] Get(int count)
    {
        var bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }
}
