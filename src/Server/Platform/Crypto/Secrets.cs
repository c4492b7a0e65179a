using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Castellan.Platform.Crypto;

/// <summary>
/// Keys derived from the installation's master key (HKDF-SHA256, RFC 5869), one per purpose, so that a value made for
/// one use never passes in another; and encryption under them (AES-256-GCM).
/// </summary>
internal sealed class Secrets(byte[] masterKey)
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    /// <summary>32 bytes for one purpose, such as <c>cursor</c>.</summary>
    public byte[] KeyFor(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, masterKey, 32, info: Encoding.UTF8.GetBytes("castellan:" + purpose));

    /// <summary>
    /// Nonce, ciphertext and tag. <paramref name="bound"/> must be the same to decrypt: the row's id.
    /// </summary>
    public byte[] Encrypt(string purpose, ReadOnlySpan<byte> plain, string bound)
    {
        var sealedBytes = new byte[NonceBytes + plain.Length + TagBytes];
        var nonce = sealedBytes.AsSpan(0, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(KeyFor(purpose), TagBytes);
        var cipher = sealedBytes.AsSpan(NonceBytes, plain.Length);
        aes.Encrypt(nonce, plain, cipher, sealedBytes.AsSpan(NonceBytes + plain.Length), Encoding.UTF8.GetBytes(bound));
        return sealedBytes;
    }

    public byte[] Decrypt(string purpose, ReadOnlySpan<byte> sealedBytes, string bound)
    {
        var plain = new byte[sealedBytes.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(KeyFor(purpose), TagBytes);
        aes.Decrypt(sealedBytes[..NonceBytes], sealedBytes[NonceBytes..^TagBytes], sealedBytes[^TagBytes..], plain,
            Encoding.UTF8.GetBytes(bound));
        return plain;
    }
}

/// <summary>
/// Tokens that are shown once: a prefix that names the kind, 192 random bits in base62, and a CRC-32 checksum in
/// base62, so that a scanner or a client sees a typing error without asking. High entropy, hence stored as plain
/// SHA-256.
/// </summary>
internal static class OpaqueToken
{
    private const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int RandomLength = 32; // 32 * log2(62) = 190 bits
    private const int ChecksumLength = 6;

    public static string New(string prefix)
    {
        var body = prefix + RandomNumberGenerator.GetString(Alphabet, RandomLength);
        return body + Checksum(body);
    }

    /// <summary>
    /// True when the text has the prefix, the length and the checksum of a token; says nothing of its validity.
    /// </summary>
    public static bool IsWellFormed(string token, string prefix) =>
        token.Length == prefix.Length + RandomLength + ChecksumLength
        && token.StartsWith(prefix, StringComparison.Ordinal)
        && token.EndsWith(Checksum(token[..^ChecksumLength]), StringComparison.Ordinal);

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>What is shown of a token in lists: prefix and first characters.</summary>
    public static string Shown(string token, string prefix) => token[..(prefix.Length + 6)];

    private static string Checksum(string body)
    {
        var crc = System.IO.Hashing.Crc32.HashToUInt32(Encoding.UTF8.GetBytes(body));
        Span<char> text = stackalloc char[ChecksumLength];
        for (var i = ChecksumLength - 1; i >= 0; i--)
        {
            text[i] = Alphabet[(int)(crc % 62)];
            crc /= 62;
        }
        return new string(text);
    }
}

/// <summary>
/// Text that carries its own proof: payload and HMAC-SHA256 (first 128 bits), both base64url. What it was made for may
/// be signed with it and stay unseen.
/// </summary>
internal sealed class SignedText(byte[] key)
{
    private const int MacBytes = 16;

    /// <summary>Kept, because to set one up costs ten times what it then does.</summary>
    private readonly ConcurrentBag<HMACSHA256> macs = [];

    public string Sign(string payload, string context = "")
    {
        var hash = macs.TryTake(out var kept) ? kept : new HMACSHA256(key);
        var mac = hash.ComputeHash(Encoding.UTF8.GetBytes($"{payload.Length}:{payload}{context}"));
        macs.Add(hash);
        return string.Concat(
            Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload)), ".",
            Base64Url.EncodeToString(mac.AsSpan(0, MacBytes)));
    }

    /// <summary>The payload, or null. One payload has one text: other spellings of it are refused too.</summary>
    public string? Verify(string text, string context = "")
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !Base64Url.IsValid(text.AsSpan(0, dot))) return null;
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(text.AsSpan(0, dot)));
        var (given, right) = (Encoding.UTF8.GetBytes(text), Encoding.UTF8.GetBytes(Sign(payload, context)));
        return CryptographicOperations.FixedTimeEquals(given, right) ? payload : null;
    }
}
