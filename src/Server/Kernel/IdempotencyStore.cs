using System.Buffers;
using System.Security.Cryptography;
using Castellan.Platform.Json;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Stored answers by environment, principal, operation and key. Only committed answers are stored, never refusals, and
/// for <see cref="Kept"/>. Source: draft-ietf-httpapi-idempotency-key-header.
/// </summary>
internal sealed class IdempotencyStore(IDatabase database)
{
    public const string Constraint = "idempotency_lookup_key";

    /// <summary>A day covers every sensible retry, and is what the field does.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>128 bits of a digest: two keys that meet in them still differ in their requests' fingerprints.</summary>
    private const int LookupBytes = 16;

    public ValueTask<StoredAnswer?> Find(Invocation invocation, CancellationToken ct) => database.One(
        $"""
        select fingerprint, status, etag, body from idempotency
        where lookup = {Lookup(invocation)} and expires_at > {invocation.Now}
        """,
        row => new StoredAnswer(row.Bytes(), row.Int32(), row.TextOrNull(), row.BytesOrNull()), ct);

    public async ValueTask Store(ITransaction transaction, Invocation invocation, Answer? answer, DateTimeOffset now) =>
        await transaction.Queue($"""
            insert into idempotency
                (lookup, environment_id, principal, operation, fingerprint, status, etag, body, expires_at)
            values ({Lookup(invocation)}, {invocation.Caller.Environment ?? ""}, {invocation.Caller.Principal},
                {invocation.Operation.Name}, {invocation.Fingerprint}, {(long)invocation.Operation.Status},
                {answer?.ETag}, {Storable(invocation.Operation, answer)}, {now + Kept})
            """);

    /// <summary>Removes the answer of this key where it has expired.</summary>
    public async ValueTask Forget(Invocation invocation) => await database.Transact(transaction => transaction.Run(
        $"delete from idempotency where lookup = {Lookup(invocation)} and expires_at <= {invocation.Now}"));

    /// <summary>
    /// Removes expired answers, at most <paramref name="most"/>. Rows are in the order of their time, so the first ones
    /// are the oldest.
    /// </summary>
    public static Sql Prune(DateTimeOffset now, long most) => $"""
        delete from idempotency
        where id in (select id from idempotency order by id limit {most}) and expires_at <= {now}
        """;

    private static byte[] Lookup(Invocation invocation)
    {
        var name = new ArrayBufferWriter<byte>(256);
        CanonicalJson.WriteString(name, invocation.Caller.Environment ?? "");
        CanonicalJson.WriteString(name, invocation.Caller.Principal);
        CanonicalJson.WriteString(name, invocation.Operation.Name);
        CanonicalJson.WriteString(name, invocation.Request.IdempotencyKey!);
        return SHA256.HashData(name.WrittenSpan)[..LookupBytes];
    }

    private static byte[]? Storable(Operation operation, Answer? answer) =>
        operation.ShowsSecret || answer is null ? null : answer.Body.ToArray();
}

/// <summary>An answer given before. <paramref name="Body"/> is null where it showed a secret.</summary>
internal sealed record StoredAnswer(byte[] Fingerprint, int Status, string? ETag, byte[]? Body)
{
    public Answer Replay(byte[] fingerprint)
    {
        if (!CryptographicOperations.FixedTimeEquals(Fingerprint, fingerprint))
            return Answer.Of(GateProblems.IdempotencyKeyReused.With());
        return Body is null
            ? Answer.Of(GateProblems.SecretAlreadyShown.With())
            : new Answer { Status = Status, Body = Body, ETag = ETag, Replayed = true };
    }
}
