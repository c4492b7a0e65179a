using System.Security.Cryptography;
using System.Text.Json;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Stored answers by environment, principal, operation and key. Only committed answers are stored, never refusals, and
/// for <see cref="Kept"/>. Source: draft-ietf-httpapi-idempotency-key-header.
/// </summary>
internal sealed class IdempotencyStore(IDatabase database, Secrets secrets)
{
    private readonly byte[] secret = secrets.KeyFor("idempotency");

    public const string Constraint = "idempotency_lookup_key";

    /// <summary>A day covers every sensible retry, and is what the field does.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public IdempotencyKey KeyOf(Invocation invocation, string key, JsonElement body) =>
        IdempotencyKey.Of(secret, invocation, key, body);

    public ValueTask<StoredAnswer?> Find(IdempotencyKey key, DateTimeOffset now) => database.One(
        $"select fingerprint, status, etag, body from idempotency where lookup = {key.Lookup} and expires_at > {now}",
        row => new StoredAnswer(row.Bytes(), row.Int32(), row.TextOrNull(), row.BytesOrNull()));

    /// <summary>What a Change records of its answer.</summary>
    public static Sql Record(Invocation invocation, IdempotencyKey key, Answer? answer, DateTimeOffset now) => $"""
        insert into idempotency
            (lookup, environment_id, principal, operation, fingerprint, status, etag, body, expires_at)
        values ({key.Lookup}, {invocation.Caller.Environment ?? ""}, {invocation.Caller.Principal},
            {invocation.Operation.Name}, {key.Fingerprint}, {(long)invocation.Operation.Status}, {answer?.ETag},
            {Storable(invocation.Operation, answer)}, {now + Kept})
        """;

    /// <summary>Removes the answer of this key where it has expired.</summary>
    public async ValueTask Forget(WriteLane lane, IdempotencyKey key, DateTimeOffset now) => await database.Transact(
        lane,
        write => write.Run($"delete from idempotency where lookup = {key.Lookup} and expires_at <= {now}"));

    /// <summary>
    /// Removes expired answers, at most <paramref name="most"/>. Rows are in the order of their time, so the first ones
    /// are the oldest.
    /// </summary>
    public static Sql Prune(DateTimeOffset now, long most) => $"""
        delete from idempotency
        where id in (select id from idempotency order by id limit {most}) and expires_at <= {now}
        """;

    private static byte[]? Storable(Operation operation, Answer? answer) =>
        operation.ShowsSecret || answer is null ? null : answer.Body.ToArray();
}

/// <summary>An answer given before. <paramref name="Body"/> is null where it showed a secret.</summary>
internal sealed record StoredAnswer(byte[] Fingerprint, int Status, string? ETag, byte[]? Body)
{
    public Answer Replay(IdempotencyKey key)
    {
        if (!CryptographicOperations.FixedTimeEquals(Fingerprint, key.Fingerprint))
            return Answer.Of(GateProblems.IdempotencyKeyReused.With());
        return Body is null
            ? Answer.Of(GateProblems.SecretAlreadyShown.With())
            : new Answer { Status = Status, Body = Body, ETag = ETag, Replayed = true };
    }
}
