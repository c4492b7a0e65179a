using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Castellan.Platform.Json;
using Castellan.Platform.Memory;

namespace Castellan.Kernel;

/// <summary>A request's key, and what it was sent with.</summary>
/// <param name="Lookup">
/// 128 bits of the HMAC-SHA-256 of environment, principal, operation and key: two keys that meet in them still differ
/// in their requests' fingerprints.
/// </param>
/// <param name="Fingerprint">
/// HMAC-SHA-256 of the canonical request (RFC 8785). It may hold a password, which nobody shall guess from the table.
/// </param>
internal sealed record IdempotencyKey(byte[] Lookup, byte[] Fingerprint)
{
    private const int LookupBytes = 16;

    public UInt128 Short => BinaryPrimitives.ReadUInt128BigEndian(Lookup);

    /// <summary>The key of one part of a call that makes several Changes. The request is the same.</summary>
    public IdempotencyKey OfPart(int part)
    {
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(number, part);
        return this with { Lookup = HMACSHA256.HashData(Lookup, number)[..LookupBytes] };
    }

    public static IdempotencyKey Of(byte[] secret, Invocation invocation, string key, JsonElement body)
    {
        var (caller, request) = (invocation.Caller, invocation.Request);
        var canonical = new ArrayBufferWriter<byte>(512);
        CanonicalJson.WriteString(canonical, caller.Environment ?? "");
        CanonicalJson.WriteString(canonical, caller.Principal);
        CanonicalJson.WriteString(canonical, invocation.Operation.Name);
        CanonicalJson.WriteString(canonical, key);
        var lookup = HMACSHA256.HashData(secret, canonical.WrittenSpan)[..LookupBytes];
        canonical.ResetWrittenCount();
        CanonicalJson.WriteString(canonical, invocation.Operation.Name);
        CanonicalJson.WriteString(canonical, caller.Environment ?? "");
        CanonicalJson.WriteString(canonical, caller.App?.Value ?? "");
        CanonicalJson.WriteString(canonical, request.Tenant ?? "");
        CanonicalJson.WriteString(canonical, request.Workspace ?? "");
        foreach (var name in request.PathNames.Order(StringComparer.Ordinal))
        {
            CanonicalJson.WriteString(canonical, name);
            CanonicalJson.WriteString(canonical, request.Path(name) ?? "");
        }
        foreach (var name in request.QueryNames.Order(StringComparer.Ordinal))
        {
            CanonicalJson.WriteString(canonical, "?" + name);
            CanonicalJson.WriteString(canonical, request.Query(name) ?? "");
        }
        CanonicalJson.WriteString(canonical, request.IfMatch ?? "");
        CanonicalJson.Write(canonical, body);
        return new IdempotencyKey(lookup, HMACSHA256.HashData(secret, canonical.WrittenSpan));
    }
}

/// <summary>
/// Keys in use now, and those used lately: a repeat, which mostly comes soon, is answered without running anything.
/// Nothing depends on what this forgets.
/// </summary>
internal sealed class IdempotencyMemory
{
    private const int LatelyMost = 50_000;
    private readonly ConcurrentDictionary<UInt128, byte> inFlight = new();
    private readonly RecentlyUsed<UInt128, object> lately = new(LatelyMost);

    /// <summary>False while another call with this key runs.</summary>
    public bool TryBegin(IdempotencyKey key) => inFlight.TryAdd(key.Short, 0);

    public void End(IdempotencyKey key) => inFlight.TryRemove(key.Short, out _);

    public bool WasUsed(IdempotencyKey key) => lately.Knows(key.Short);

    /// <summary>After a commit.</summary>
    public void Used(IdempotencyKey key) => lately.Of(key.Short);
}
