using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Castellan.Identity;

/// <summary>
/// A P-256 key that signs access tokens of one environment. It is published before <paramref name="signsFrom"/>, so
/// that whoever caches the key set knows it in time, and verifies until it retires.
/// </summary>
internal sealed class SigningKey(
    string id, string environment, long generation, DateTimeOffset signsFrom, DateTimeOffset? retiredAt,
    byte[] privateKey)
{
    /// <summary>Algorithm objects are not safe to share between threads, and dear to make.</summary>
    private readonly ConcurrentBag<ECDsa> idle = [];

    /// <summary>The RFC 7638 thumbprint of the public key: the <c>kid</c>.</summary>
    public string Id { get; } = id;

    public string Environment { get; } = environment;

    public long Generation { get; } = generation;

    public DateTimeOffset SignsFrom { get; } = signsFrom;

    public DateTimeOffset? RetiredAt { get; } = retiredAt;

    /// <summary>
    /// The one header of access tokens under this key, encoded: any other header is no token of ours.
    /// </summary>
    public string Header { get; } = Base64Url.EncodeToString(
        Encoding.UTF8.GetBytes($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{id}}"}"""));

    /// <summary>A new algorithm object with the private key, which the caller owns.</summary>
    public ECDsa CreateAlgorithm()
    {
        var algorithm = ECDsa.Create();
        algorithm.ImportPkcs8PrivateKey(privateKey, out _);
        return algorithm;
    }

    /// <summary>ES256: r and s, 64 bytes (RFC 7518 section 3.4).</summary>
    public byte[] Sign(byte[] data)
    {
        var algorithm = Take();
        var signature = algorithm.SignData(
            data, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        idle.Add(algorithm);
        return signature;
    }

    public bool Verify(byte[] data, byte[] signature)
    {
        var algorithm = Take();
        var valid = algorithm.VerifyData(
            data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        idle.Add(algorithm);
        return valid;
    }

    /// <summary>The public key as a JWK (RFC 7517, RFC 7518 section 6.2).</summary>
    public void WriteJwk(Utf8JsonWriter json)
    {
        var algorithm = Take();
        var point = algorithm.ExportParameters(includePrivateParameters: false).Q;
        idle.Add(algorithm);
        json.WriteStartObject();
        json.WriteString("kty", "EC");
        json.WriteString("use", "sig");
        json.WriteString("alg", "ES256");
        json.WriteString("kid", Id);
        json.WriteString("crv", "P-256");
        json.WriteString("x", Base64Url.EncodeToString(point.X));
        json.WriteString("y", Base64Url.EncodeToString(point.Y));
        json.WriteEndObject();
    }

    /// <summary>RFC 7638: SHA-256 over the required members, in order of their names.</summary>
    public static string Thumbprint(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var (x, y) = (Base64Url.EncodeToString(point.X), Base64Url.EncodeToString(point.Y));
        var required = $$"""{"crv":"P-256","kty":"EC","x":"{{x}}","y":"{{y}}"}""";
        return Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(required)));
    }

    private ECDsa Take() => idle.TryTake(out var algorithm) ? algorithm : CreateAlgorithm();
}
