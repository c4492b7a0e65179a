using System.Security.Cryptography;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Stored answers by environment, principal, operation and key. Only committed answers are stored, never refusals, and
/// for <see cref="Kept"/>. Source: draft-ietf-httpapi-idempotency-key-header.
/// </summary>
internal sealed class IdempotencyStore(IDatabase database)
{
    public const string Constraint = "idempotency_environment_id_principal_operation_key_key";

    /// <summary>A day covers every sensible retry, and is what the field does.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    public ValueTask<StoredAnswer?> Find(Invocation invocation, CancellationToken ct) => database.One(
        $"""
        select fingerprint, status, etag, body from idempotency
        where environment_id = {invocation.Caller.Environment ?? ""} and principal = {invocation.Caller.Principal}
            and operation = {invocation.Operation.Name} and key = {invocation.Request.IdempotencyKey}
            and expires_at > {invocation.Now}
        """,
        row => new StoredAnswer(row.Bytes(), row.Int32(), row.TextOrNull(), row.BytesOrNull()), ct);

    public async ValueTask Store(ITransaction transaction, Invocation invocation, Answer? answer, DateTimeOffset now) =>
        await transaction.Queue($"""
            insert into idempotency
                (environment_id, principal, operation, key, fingerprint, status, etag, body, expires_at)
            values ({invocation.Caller.Environment ?? ""}, {invocation.Caller.Principal}, {invocation.Operation.Name},
                {invocation.Request.IdempotencyKey}, {invocation.Fingerprint}, {(long)invocation.Operation.Status},
                {answer?.ETag}, {Storable(invocation.Operation, answer)}, {now + Kept})
            """);

    /// <summary>Removes the answer of this key where it has expired.</summary>
    public async ValueTask Forget(Invocation invocation) => await database.Transact(transaction => transaction.Run(
        $"""
        delete from idempotency
        where environment_id = {invocation.Caller.Environment ?? ""} and principal = {invocation.Caller.Principal}
            and operation = {invocation.Operation.Name} and key = {invocation.Request.IdempotencyKey}
            and expires_at <= {invocation.Now}
        """));

    /// <summary>Removes what has expired; run now and then by the installation's upkeep.</summary>
    public static Sql Prune(DateTimeOffset now) => $"delete from idempotency where expires_at <= {now}";

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
