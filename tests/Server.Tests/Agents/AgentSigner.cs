using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using NSec.Cryptography;

namespace Castellan.Tests.Agents;

/// <summary>Signs requests as an agent does, by what RFC 9421 says and not by what the server makes of it.</summary>
internal sealed class AgentSigner : IDisposable
{
    private readonly Key key = new(
        SignatureAlgorithm.Ed25519,
        new KeyCreationParameters { ExportPolicy = KeyExportPolicies.AllowPlaintextExport });

    public string PublicKey => Base64Url.EncodeToString(key.PublicKey.Export(KeyBlobFormat.RawPublicKey));

    /// <summary>RFC 7638.</summary>
    public string KeyId => Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(
        $$"""{"crv":"Ed25519","kty":"OKP","x":"{{PublicKey}}"}""")));

    public string PrivatePem => Encoding.ASCII.GetString(key.Export(KeyBlobFormat.PkixPrivateKeyText));

    public string PublicPem => Encoding.ASCII.GetString(key.PublicKey.Export(KeyBlobFormat.PkixPublicKeyText));

    /// <summary>Adds digest and signature to a request that has all its other fields.</summary>
    public void Sign(HttpRequestMessage request, Uri server, string body, Signing how)
    {
        if (body.Length > 0)
        {
            var digest = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
            request.Headers.Add("Content-Digest", $"sha-256=:{digest}:");
        }
        var target = new Uri(server, request.RequestUri!);
        var covered = how.Covered ?? Usual(request);
        var parameters = how.Parameters ?? $";created={how.Created};expires={how.Expires};nonce=\"{how.Nonce}\";"
            + $"alg=\"{how.Algorithm}\";keyid=\"{how.KeyId ?? KeyId}\";tag=\"{how.Tag}\"";
        var names = covered.Select(name => name.Contains('"', StringComparison.Ordinal) ? name : $"\"{name}\"");
        var input = $"({string.Join(' ', names)}){parameters}";
        var lines = covered.Select(name => $"\"{name}\": {Value(request, target, name)}")
            .Append($"\"@signature-params\": {input}");
        var signature = SignatureAlgorithm.Ed25519.Sign(key, Encoding.ASCII.GetBytes(string.Join('\n', lines)));
        request.Headers.Add("Signature-Input", $"{how.Label}={how.Shown ?? input}");
        request.Headers.Add("Signature", $"{how.Label}=:{Convert.ToBase64String(signature)}:");
    }

    public void Dispose() => key.Dispose();

    private static List<string> Usual(HttpRequestMessage request) =>
    [
        "@method", "@target-uri",
        .. request.Headers.Select(header => header.Key.ToLowerInvariant())
            .Where(name => name is "authorization" or "content-digest" or "if-match" or "idempotency-key"
                || name.StartsWith("castellan-", StringComparison.Ordinal)),
    ];

    private static string Value(HttpRequestMessage request, Uri target, string name) => name switch
    {
        "@method" => request.Method.Method,
        "@target-uri" => target.AbsoluteUri,
        "@request-target" => target.PathAndQuery,
        "@authority" => target.Authority,
        "@scheme" => target.Scheme,
        "@path" => target.AbsolutePath,
        "@query" => target.Query.Length == 0 ? "?" : target.Query,
        _ => request.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : "",
    };
}

/// <summary>How a request is signed, where it is not as usual.</summary>
internal sealed record Signing(DateTimeOffset Now)
{
    public IReadOnlyList<string>? Covered { get; init; }

    public long Created { get; init; } = Now.ToUnixTimeSeconds();

    public long Expires { get; init; } = Now.ToUnixTimeSeconds() + 60;

    public string Nonce { get; init; } = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    public string Algorithm { get; init; } = "ed25519";

    public string? KeyId { get; init; }

    public string Tag { get; init; } = "castellan";

    public string Label { get; init; } = "sig1";

    /// <summary>All parameters, instead of those above.</summary>
    public string? Parameters { get; init; }

    /// <summary>What Signature-Input says, where it is not what was signed.</summary>
    public string? Shown { get; init; }
}

/// <summary>What an agent sends, signed.</summary>
internal static class SignedCalls
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Signing How(this AgentWorld world) => new(world.Hostile.Server.Clock.GetUtcNow());

    /// <summary>The code of the problem, or null where the call was answered.</summary>
    public static async Task<string?> Signed(
        this AgentWorld world, AgentSigner signer, string bearer, string method, string path, object? body = null,
        Signing? how = null, Action<HttpRequestMessage>? tamper = null, TestServer? node = null)
    {
        var server = node ?? world.Hostile.Server;
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        var text = body is null ? "" : JsonSerializer.Serialize(body);
        if (body is not null) request.Content = new StringContent(text, Encoding.UTF8, "application/json");
        request.Headers.Add("Authorization", $"Bearer {bearer}");
        if (path.StartsWith("/v1/records", StringComparison.Ordinal))
            request.Headers.Add("Castellan-Tenant", world.Tenant);
        signer.Sign(request, server.Address, text, how ?? world.How());
        tamper?.Invoke(request);
        using var response = await server.Http.SendAsync(request, Ct);
        var answer = await response.Content.ReadAsStringAsync(Ct);
        return answer.Length == 0 ? null : JsonNode.Parse(answer)!["code"]?.ToString();
    }

    /// <summary>An exchange, signed with its form; the answer as the token endpoint gives it.</summary>
    public static async Task<(HttpStatusCode Status, JsonObject Answer)> SignedExchange(
        this AgentWorld world, AgentSigner signer, string agent, string delegation,
        Func<string, string>? change = null)
    {
        var server = world.Hostile.Server;
        var form = $"grant_type={Uri.EscapeDataString(AgentWorld.Grant)}&subject_token={delegation}"
            + $"&subject_token_type={Uri.EscapeDataString(AgentWorld.DelegationType)}&actor_token={agent}";
        using var request = new HttpRequestMessage(HttpMethod.Post, "/sandbox/oauth/token");
        signer.Sign(request, server.Address, form, world.How());
        request.Content = new StringContent(
            change?.Invoke(form) ?? form, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await server.Http.SendAsync(request, Ct);
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!.AsObject());
    }
}
