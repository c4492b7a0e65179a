using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NSec.Cryptography;

namespace Castellan.Platform.Crypto;

/// <summary>
/// A public key of Ed25519 (RFC 8032), known by its thumbprint (RFC 7638, RFC 8037 appendix A.3), which whoever has the
/// key can compute.
/// </summary>
internal sealed class Ed25519Key
{
    public const int SignatureBytes = 64;

    private const int KeyBytes = 32;

    /// <summary>What precedes the key's bytes in a SubjectPublicKeyInfo (RFC 8410), as OpenSSL writes one.</summary>
    private static readonly byte[] InfoStart = Convert.FromHexString("302a300506032b6570032100");

    private readonly PublicKey key;

    private Ed25519Key(PublicKey key, byte[] bytes)
    {
        this.key = key;
        Text = Base64Url.EncodeToString(bytes);
        var canonical = $$"""{"crv":"Ed25519","kty":"OKP","x":"{{Text}}"}""";
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
    }

    /// <summary>Its 32 bytes in base64url, as a JWK has them.</summary>
    public string Text { get; }

    /// <summary>43 characters of base64url.</summary>
    public string Thumbprint { get; }

    public bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        signature.Length == SignatureBytes && SignatureAlgorithm.Ed25519.Verify(key, message, signature);

    /// <summary>
    /// From 32 bytes in base64 or base64url, or from a SubjectPublicKeyInfo in base64: the middle of a PEM file.
    /// </summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out Ed25519Key? key)
    {
        key = null;
        // Longer is none; so nothing large is decoded.
        if (text.Length > 100) return false;
        var unpadded = text.TrimEnd('=').Replace('+', '-').Replace('/', '_');
        if (!Base64Url.IsValid(unpadded)) return false;
        var bytes = Base64Url.DecodeFromChars(unpadded);
        if (bytes.AsSpan().StartsWith(InfoStart)) bytes = bytes[InfoStart.Length..];
        return TryImport(bytes, out key);
    }

    /// <summary>From a JWK: <c>kty</c> OKP, <c>crv</c> Ed25519, <c>x</c>. One with a private part is refused.</summary>
    public static bool TryParse(JsonElement jwk, [NotNullWhen(true)] out Ed25519Key? key)
    {
        key = null;
        return Member(jwk, "kty") == "OKP" && Member(jwk, "crv") == "Ed25519" && !jwk.TryGetProperty("d", out _)
            && Member(jwk, "x") is { } x && TryParse(x, out key);
    }

    private static string? Member(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var member) && member.ValueKind is JsonValueKind.String
            ? member.GetString()
            : null;

    private static bool TryImport(byte[] bytes, [NotNullWhen(true)] out Ed25519Key? key)
    {
        key = bytes.Length == KeyBytes
            && PublicKey.TryImport(SignatureAlgorithm.Ed25519, bytes, KeyBlobFormat.RawPublicKey, out var imported)
                ? new Ed25519Key(imported!, bytes)
                : null;
        return key is not null;
    }
}
