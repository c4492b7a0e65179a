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
using Castellan.Kernel;
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

    /// <summary>The claim that names what was lent: who has it acts for the user, and is not the user.</summary>
    public const string DelegationClaim = "castellan_delegation";

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
    public ValueTask<string> Issue(string environment, AppId app, UserId user, SessionId session) => Sign(
        new VerifiedToken(environment, app, user, session, time.GetUtcNow() + Lifetime), static _ => { });

    /// <summary>
    /// A token by which an agent acts for a user: its <c>act</c> claim nests the agents that handed it on, the one that
    /// acts outermost (RFC 8693 section 4.1).
    /// </summary>
    public ValueTask<string> IssueLent(
        VerifiedToken says, IReadOnlyList<AgentId> agents, IReadOnlyList<string> operations) => Sign(
        says,
        json =>
        {
            json.WriteString(DelegationClaim, says.Delegation!.Value.Value);
            json.WriteString("scope", string.Join(' ', operations));
            foreach (var agent in agents)
            {
                json.WriteStartObject("act");
                json.WriteString("sub", agent.Value);
            }
            for (var i = 0; i < agents.Count; i++) json.WriteEndObject();
        });

    private async ValueTask<string> Sign(VerifiedToken says, Action<Utf8JsonWriter> more)
    {
        var (environment, app) = (says.Environment, says.App);
        var key = await keys.Current(environment);
        var client = (await apps.FindSettings(app, environment))?.PublishableKey ?? app.Value;
        var payload = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("iss", Issuer(environment));
            json.WriteString("sub", says.User.Value);
            json.WriteString("aud", Audience(environment, app));
            json.WriteString("client_id", client);
            json.WriteNumber("iat", time.GetUtcNow().ToUnixTimeSeconds());
            json.WriteNumber("exp", says.ExpiresAt.ToUnixTimeSeconds());
            json.WriteString("jti", RandomNumberGenerator.GetHexString(32, lowercase: true));
            json.WriteString("sid", says.Session.Value);
            more(json);
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
        DelegationId? lent = null;
        if (claims.TryGetProperty(DelegationClaim, out _))
        {
            if (!DelegationId.TryParse(Text(claims, DelegationClaim), out var delegation)) return null;
            lent = delegation;
        }
        return new VerifiedToken(environment, app, user, session, DateTimeOffset.FromUnixTimeSeconds(expires))
        {
            Delegation = lent,
        };
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
    string Environment, AppId App, UserId User, SessionId Session, DateTimeOffset ExpiresAt)
{
    /// <summary>Where an agent acts for the user: what was lent to it.</summary>
    public DelegationId? Delegation { get; init; }
}

/// <summary>Contributed by the slice that knows what was lent: who calls with a token that names something.</summary>
internal interface ILentTokens
{
    ValueTask<Resolution> Resolve(VerifiedToken token, GateRequest request);
}
