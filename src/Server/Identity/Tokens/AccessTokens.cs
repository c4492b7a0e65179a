using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Castellan.Apps;
using Castellan.Installation;
using Castellan.Kernel.Http;

namespace Castellan.Identity;

/// <summary>
/// Access tokens: JWTs in the profile of RFC 9068, ES256, ten minutes. The audience is one app in one environment,
/// <c>castellan:sandbox:app_...</c>. A token is verified once and known by its SHA-256 until it expires.
/// </summary>
internal sealed class AccessTokens(
    SigningKeys keys, AppDirectory apps, EnvironmentDirectory environments, PublicAddress address, TimeProvider time)
{
    /// <summary>What a stolen token is good for where nobody asks us; also the answer's <c>expires_in</c>.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private const int KnownMax = 50_000;
    private const string Head = "eyJ"; // {" in base64url
    private readonly ConcurrentDictionary<TokenHash, VerifiedToken> known = new();

    /// <summary>256 bits of SHA-256, without an allocation.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct TokenHash(UInt128 High, UInt128 Low);

    public static bool LooksLikeOne(string bearer) => bearer.StartsWith(Head, StringComparison.Ordinal);

    /// <summary>The issuer of an environment; also its OAuth issuer.</summary>
    public string Issuer(string environment) => address.At(environment);

    public static string Audience(string environment, AppId app) => $"castellan:{environment}:{app}";

    /// <summary>A token for a session. Not inside a Change: the first one makes the environment's key.</summary>
    public async ValueTask<string> Issue(string environment, AppId app, UserId user, SessionId session)
    {
        var key = await keys.Current(environment);
        var client = (await apps.FindSettings(app, environment))?.PublishableKey ?? app.Value;
        var now = time.GetUtcNow().ToUnixTimeSeconds();
        var payload = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("iss", Issuer(environment));
            json.WriteString("sub", user.Value);
            json.WriteString("aud", Audience(environment, app));
            json.WriteString("client_id", client);
            json.WriteNumber("iat", now);
            json.WriteNumber("exp", now + (long)Lifetime.TotalSeconds);
            json.WriteString("jti", RandomNumberGenerator.GetHexString(32, lowercase: true));
            json.WriteString("sid", session.Value);
            json.WriteEndObject();
        }
        var signed = $"{key.Header}.{Base64Url.EncodeToString(payload.WrittenSpan)}";
        return $"{signed}.{Base64Url.EncodeToString(key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>What a token says, or null where it is not ours, was changed, or has expired.</summary>
    public async ValueTask<VerifiedToken?> Verify(string token)
    {
        var hash = Hash(token);
        if (!known.TryGetValue(hash, out var verified))
        {
            verified = await VerifySignature(token);
            if (verified is null || verified.ExpiresAt <= time.GetUtcNow()) return null;
            if (known.Count >= KnownMax) known.Clear();
            known[hash] = verified;
        }
        if (verified.ExpiresAt > time.GetUtcNow()) return verified;
        known.TryRemove(hash, out _);
        return null;
    }

    private async ValueTask<VerifiedToken?> VerifySignature(string token)
    {
        var parts = token.Split('.');
        if (parts.Length != 3 || await KeyWith(parts[0]) is not { } key) return null;
        if (!Base64Url.IsValid(parts[2]) || !Base64Url.IsValid(parts[1])) return null;
        var signature = Base64Url.DecodeFromChars(parts[2]);
        // The decoder forgives padding and white space; one token has one spelling.
        if (Base64Url.EncodeToString(signature) != parts[2]) return null;
        if (!key.Verify(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), signature)) return null;
        using var payload = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        return Read(payload.RootElement, key.Environment);
    }

    /// <summary>
    /// The header must be, byte for byte, the one that a key of ours puts on access tokens: that settles algorithm,
    /// type and key id at once (RFC 8725 sections 3.1 and 3.11), before anything of the token is parsed.
    /// </summary>
    private async ValueTask<SigningKey?> KeyWith(string header)
    {
        foreach (var environment in environments.Names)
        {
            foreach (var key in await keys.Published(environment))
            {
                if (key.Header == header) return key;
            }
        }
        return null;
    }

    private VerifiedToken? Read(JsonElement claims, string environment)
    {
        var audience = Text(claims, "aud").Split(':');
        if (Text(claims, "iss") != Issuer(environment) || audience is not ["castellan", var named, var appText]
            || named != environment || !AppId.TryParse(appText, out var app)
            || !UserId.TryParse(Text(claims, "sub"), out var user)
            || !SessionId.TryParse(Text(claims, "sid"), out var session)
            || !claims.TryGetProperty("exp", out var exp) || !exp.TryGetInt64(out var expires))
        {
            return null;
        }
        return new VerifiedToken(environment, app, user, session, DateTimeOffset.FromUnixTimeSeconds(expires));
    }

    private static string Text(JsonElement claims, string name) =>
        claims.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString()! : "";

    private static TokenHash Hash(string token)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(token), hash);
        return new TokenHash(
            BinaryPrimitives.ReadUInt128BigEndian(hash),
            BinaryPrimitives.ReadUInt128BigEndian(hash[16..]));
    }
}

/// <summary>What a good token says. Whether session and user are still alive, standing tells.</summary>
internal sealed record VerifiedToken(
    string Environment, AppId App, UserId User, SessionId Session, DateTimeOffset ExpiresAt);
