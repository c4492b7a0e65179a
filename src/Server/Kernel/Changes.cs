using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Makes Changes: standing must still hold, the delegate runs, and its records are written with it in one transaction.
/// The client's cancellation ends here.
/// </summary>
internal sealed class Changes(
    IDatabase database, ChangeRecorder recorder, IdempotencyStore idempotency, IEnumerable<IStanding> standing,
    TimeProvider time, Sequencer sequencer)
{
    private readonly IStanding[] standing = [.. standing];

    /// <summary>
    /// Runs <paramref name="work"/>; <paramref name="answer"/> makes what a repeat with the same idempotency key gets.
    /// </summary>
    public ValueTask<(T Result, Answer? Answer)> Run<T>(
        Invocation invocation, Func<Change, ValueTask<T>> work, Func<T, Answer?> answer) =>
        Run(invocation, invocation.IdempotencyKey, work, answer);

    /// <summary>
    /// Runs one part of a call that makes several Changes. What the part gave when it was committed by an earlier try
    /// of the same call is given again, so that a call which broke off goes on where it was.
    /// </summary>
    public async ValueTask<T> RunPart<T>(
        Invocation invocation, int part, Func<Change, ValueTask<T>> work, JsonTypeInfo<T> type)
    {
        var key = invocation.IdempotencyKey?.OfPart(part);
        while (true)
        {
            try
            {
                return (await Run(invocation, key, work, made => Answer.Of(invocation.Operation, made, type))).Result;
            }
            catch (UniqueViolationException violation)
                when (key is not null && violation.Constraint == IdempotencyStore.Constraint)
            {
                if (await idempotency.Find(key, invocation.Now) is { } stored) return Read(stored.Replay(key), type);
                // An expired one was in the way.
                await idempotency.Forget(Lanes.Of(invocation), key, invocation.Now);
            }
        }
    }

    private async ValueTask<(T Result, Answer? Answer)> Run<T>(
        Invocation invocation, IdempotencyKey? key, Func<Change, ValueTask<T>> work, Func<T, Answer?> answer)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcome = await database.Transact(
                    Lanes.Of(invocation), transaction => RunIn(transaction, invocation, key, work, answer),
                    invocation.Operation.Cost);
                sequencer.Wake();
                return outcome;
            }
            catch (ConditionLostException lost)
            {
                if (attempt == Limits.ChangeAttempts)
                    throw new StorageException(StorageFailure.Unavailable, "Standing changed all the while.", lost);
                invocation.Conditions?.Clear();
                await CheckAgain(invocation, database);
            }
        }
    }

    private async ValueTask<(T Result, Answer? Answer)> RunIn<T>(
        ITransaction transaction, Invocation invocation, IdempotencyKey? key, Func<Change, ValueTask<T>> work,
        Func<T, Answer?> answer)
    {
        // The body may have come slowly.
        if (invocation.ExpiresAt <= time.GetUtcNow()) throw new Refusal(GateProblems.CredentialInvalid);
        // Memory is exact where this process is the only writer; else what it said is a condition of the transaction.
        if (database.MemoryTrust is null) await CheckAgain(invocation, transaction);
        else if (invocation.Conditions is { Count: > 0 } conditions) await transaction.Require(All(conditions));
        var change = new Change(transaction, invocation, time.GetUtcNow());
        var result = await work(change);
        if (change.Audits.Count == 0)
            throw new InvalidOperationException($"{invocation.Operation.Name} changed state without an audit entry.");
        RequireMatched(invocation);
        var answered = answer(result);
        await recorder.Write(transaction, change, key, answered);
        return (result, answered);
    }

    private static T Read<T>(Answer answer, JsonTypeInfo<T> type) =>
        answer.Problem is { } problem
            ? throw new Refusal(problem)
            : JsonSerializer.Deserialize(answer.Body.Span, type)!;

    private async ValueTask CheckAgain(Invocation invocation, IReads reads)
    {
        foreach (var step in standing)
        {
            if (await step.Check(invocation, reads, inChange: true) is { } problem) throw new Refusal(problem);
        }
    }

    private static Sql All(List<Sql> conditions)
    {
        Sql all = $"({conditions[0]})";
        foreach (var condition in conditions.Skip(1)) all = $"{all} and ({condition})";
        return all;
    }

    /// <summary>
    /// A precondition that nothing was compared with is false (RFC 9110 section 13.1.1), never ignored.
    /// </summary>
    private static void RequireMatched(Invocation invocation)
    {
        if (invocation.Request is { IfMatch: not (null or "*"), IsMatched: false })
            throw new Refusal(GateProblems.VersionConflict,
                $"What {invocation.Operation.Name} changes has no version: leave If-Match out.");
    }

    /// <summary>A change by a worker, which no request brought.</summary>
    public ValueTask<T> RunAs<T>(Caller system, string action, Func<Change, ValueTask<T>> work) =>
        RunAs(system, new WorkerOperation(action), work);

    public async ValueTask<T> RunAs<T>(Caller system, WorkerOperation operation, Func<Change, ValueTask<T>> work)
    {
        var request = new WorkerRequest { Id = RequestId.New(time.GetUtcNow()) };
        var invocation = new Invocation(system, operation, request, time.GetUtcNow(), CancellationToken.None);
        var (result, _) = await Run(invocation, work, _ => null);
        return result;
    }
}
