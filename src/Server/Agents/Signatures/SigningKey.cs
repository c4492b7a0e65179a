using System.Text.Json;
using System.Text.Json.Serialization;
using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Agents.Signatures;

/// <summary>
/// A public key of Ed25519 by which an agent signs requests. <paramref name="KeyId"/> is its thumbprint (RFC 7638),
/// <paramref name="PublicKey"/> its 32 bytes in base64url. One that was replaced ends at <paramref name="ExpiresAt"/>.
/// </summary>
internal sealed record SigningKey(string KeyId, string PublicKey, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    /// <summary>How many an agent has at once: the one in use, its successor, and those of other machines.</summary>
    public const int Most = 5;

    private Ed25519Key? parsed;

    public bool IsGood(DateTimeOffset now) => ExpiresAt is not { } end || end > now;

    public bool Verifies(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (parsed is null && !Ed25519Key.TryParse(PublicKey, out parsed))
            throw new InvalidOperationException($"The stored key {KeyId} is none.");
        return parsed!.Verifies(message, signature);
    }

    public static SigningKey Of(Ed25519Key key, DateTimeOffset now) =>
        new(key.Thumbprint, key.Text, now, ExpiresAt: null);

    public static IReadOnlyList<SigningKey> Read(string json) =>
        JsonSerializer.Deserialize(json, AgentsJson.Wire.IReadOnlyListSigningKey)!;

    public static Json Write(IReadOnlyList<SigningKey> keys) =>
        new(JsonSerializer.Serialize(keys, AgentsJson.Wire.IReadOnlyListSigningKey));
}

/// <summary>Whether an agent's calls need a signature beside its token.</summary>
[JsonConverter(typeof(NameConverter<SignatureRule>))]
internal enum SignatureRule
{
    /// <summary>One that comes is verified.</summary>
    Optional,

    /// <summary>A call without one is refused: a stolen token alone is worth nothing.</summary>
    Required,
}

/// <summary>A key that an agent gets, in place of another one or beside it.</summary>
internal sealed record AddSigningKey(AgentId Agent, string? Replaces, TimeSpan Overlap, Ed25519Key? Key)
{
    private const int OverlapMinutes = 1_440;
    private const int OverlapMinutesMax = 10_080;

    public static AddSigningKey Bind(Input input) => new(
        input.Path<AgentKind>("agent"), input.TextOrNull("replaces", max: 100),
        TimeSpan.FromMinutes(
            input.IntOrNull("overlap_minutes", 0, OverlapMinutesMax, OverlapMinutes) ?? OverlapMinutes),
        Shown(input));

    private static Ed25519Key? Shown(Input input)
    {
        var (text, jwk) = (input.TextOrNull("public_key", max: 100), input.ObjectOrNone("jwk"));
        if (jwk.ValueKind is JsonValueKind.Object)
        {
            if (text is not null)
                input.Refuse("jwk", "twice", "A key comes as 'public_key' or as 'jwk'.", "Leave one of the two out.");
            if (Ed25519Key.TryParse(jwk, out var inJson)) return inJson;
            input.Refuse("jwk", "not_a_key", "This is no public key of Ed25519.",
                """Send {"kty": "OKP", "crv": "Ed25519", "x": "..."}, without the private part 'd'.""");
            return null;
        }
        if (text is null)
        {
            input.Refuse("public_key", "required", "'public_key' is missing.",
                "Send the key's 32 bytes in base64, or its JWK as 'jwk'.");
            return null;
        }
        if (Ed25519Key.TryParse(text, out var key)) return key;
        input.Refuse("public_key", "not_a_key", "This is no public key of Ed25519.",
            "Send its 32 bytes in base64, or the lines between those of a PEM file, as one.");
        return null;
    }
}

internal sealed record RemoveSigningKey(AgentId Agent, string KeyId, string Reason)
{
    public static RemoveSigningKey Bind(Input input) =>
        new(input.Path<AgentKind>("agent"), input.Text("key_id", max: 100), Stop.Because(input));
}
