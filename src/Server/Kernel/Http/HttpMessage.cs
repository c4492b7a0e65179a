using System.Security.Cryptography;
using Castellan.Platform.StructuredFields;
using Microsoft.AspNetCore.Http.Features;

namespace Castellan.Kernel.Http;

/// <summary>A request as its sender wrote it: what a signature over it can cover (RFC 9421 section 2).</summary>
internal sealed class HttpMessage(HttpContext context)
{
    private ContentDigest? promised;

    public string Method => context.Request.Method;

    /// <summary>Path and query as they came, neither decoded nor normalized.</summary>
    public string Target => context.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } raw
        ? raw
        : context.Request.Path.ToUriComponent() + context.Request.QueryString.ToUriComponent();

    /// <summary>Scheme and authority that the request itself names: believed of programs on this machine.</summary>
    public string Origin => new Uri($"{context.Request.Scheme}://{context.Request.Host.ToUriComponent()}")
        .GetLeftPart(UriPartial.Authority);

    public bool HasBody => context.Request.ContentLength > 0
        || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true;

    public IEnumerable<string> FieldNames => context.Request.Headers.Keys;

    /// <summary>The value of a header field as RFC 9421 section 2.1 combines it; null where there is none.</summary>
    public string? Field(string name) => context.Request.Headers.TryGetValue(name, out var values) && values.Count > 0
        ? string.Join(", ", values.Select(value => value?.Trim(' ', '\t')))
        : null;

    /// <summary>The body is refused unless it is the one that was promised.</summary>
    public void Promise(ContentDigest digest) => promised = digest;

    /// <summary>Whether a body that was read is the one that was promised.</summary>
    public bool Keeps(ReadOnlySpan<byte> body) => promised?.IsOf(body) != false;

    /// <summary>
    /// As <see cref="Keeps"/>, of a form that was read already. Its bytes are there where a digest came with them.
    /// </summary>
    public async ValueTask<bool> KeepsForm(CancellationToken ct)
    {
        if (promised is null) return true;
        var body = context.Request.Body;
        if (!body.CanSeek) return false;
        body.Position = 0;
        using var bytes = new MemoryStream();
        await body.CopyToAsync(bytes, ct);
        return Keeps(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
    }
}

/// <summary>
/// The digests of a body that a Content-Digest field names (RFC 9530 section 2): by SHA-256, SHA-512 or both. Other
/// algorithms prove nothing and are not looked at.
/// </summary>
internal sealed class ContentDigest
{
    private readonly byte[]? sha256;
    private readonly byte[]? sha512;

    private ContentDigest(byte[]? sha256, byte[]? sha512) => (this.sha256, this.sha512) = (sha256, sha512);

    /// <summary>Null where the field is malformed, or names none of the two.</summary>
    public static ContentDigest? Parse(string field)
    {
        if (FieldDictionary.Parse(field) is not { } members) return null;
        var (sha256, sha512) = (Bytes(members.Find("sha-256")), Bytes(members.Find("sha-512")));
        return sha256 is null && sha512 is null ? null : new ContentDigest(sha256, sha512);
    }

    /// <summary>All that are named must be right.</summary>
    public bool IsOf(ReadOnlySpan<byte> body) =>
        (sha256 is null || sha256.AsSpan().SequenceEqual(SHA256.HashData(body)))
        && (sha512 is null || sha512.AsSpan().SequenceEqual(SHA512.HashData(body)));

    private static byte[]? Bytes(FieldValue? member) =>
        member is FieldItem { Value: { Kind: BareKind.Bytes, Bytes: { } bytes } } ? bytes : null;
}
