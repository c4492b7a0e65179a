using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Makes Changes: standing must still hold, the delegate runs, and its records are written with it in one transaction.
/// The client's cancellation ends here.
/// </summary>
internal sealed class Changes(
    IDatabase database, ChangeRecorder recorder, IEnumerable<IStanding> standing, TimeProvider time,
    Sequencer sequencer)
{
    private readonly IStanding[] standing = [.. standing];

    /// <summary>
    /// Runs <paramref name="work"/>; <paramref name="answer"/> makes what a repeat with the same idempotency key gets.
    /// </summary>
    public async ValueTask<(T Result, Answer? Answer)> Run<T>(
        Invocation invocation, Func<Change, ValueTask<T>> work, Func<T, Answer?> answer)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var outcome = await database.Transact(
                    Lanes.Of(invocation), transaction => RunIn(transaction, invocation, work, answer),
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
        ITransaction transaction, Invocation invocation, Func<Change, ValueTask<T>> work, Func<T, Answer?> answer)
    {
        // Memory is exact where this process is the only writer; else what it said is a condition of the transaction.
        if (database.MemoryTrust is null) await CheckAgain(invocation, transaction);
        else if (invocation.Conditions is { Count: > 0 } conditions) await transaction.Require(All(conditions));
        var change = new Change(transaction, invocation, time.GetUtcNow());
        var result = await work(change);
        if (change.Audits.Count == 0)
            throw new InvalidOperationException($"{invocation.Operation.Name} changed state without an audit entry.");
        RequireMatched(invocation);
        var answered = answer(result);
        await recorder.Write(transaction, change, answered);
        return (result, answered);
    }

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
