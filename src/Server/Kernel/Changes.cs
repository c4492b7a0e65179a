using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Makes Changes: standing is read again, the delegate runs, and its records are written with it in one transaction.
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
        var outcome = await database.Transact(async transaction =>
        {
            foreach (var step in standing)
            {
                if (await step.Check(invocation, transaction, inChange: true) is { } problem)
                    throw new Refusal(problem);
            }
            var change = new Change(transaction, invocation, time.GetUtcNow());
            var result = await work(change);
            if (change.Audits.Count == 0)
                throw new InvalidOperationException(
                    $"{invocation.Operation.Name} changed state without an audit entry.");
            RequireMatched(invocation);
            var answered = answer(result);
            await recorder.Write(transaction, change, answered);
            return (result, answered);
        });
        sequencer.Wake();
        return outcome;
    }

    /// <summary>A precondition that nothing was compared with is false (RFC 9110 section 13.1.1), never ignored.</summary>
    private static void RequireMatched(Invocation invocation)
    {
        if (invocation.Request is { IfMatch: not (null or "*"), IsMatched: false })
            throw new Refusal(GateProblems.VersionConflict,
                $"What {invocation.Operation.Name} changes has no version: leave If-Match out.");
    }

    /// <summary>A change by a worker, which no request brought.</summary>
    public async ValueTask<T> RunAs<T>(Caller system, string action, Func<Change, ValueTask<T>> work)
    {
        var operation = new WorkerOperation(action);
        var request = new WorkerRequest { Id = RequestId.New(time.GetUtcNow()) };
        var invocation = new Invocation(system, operation, request, time.GetUtcNow(), CancellationToken.None);
        var (result, _) = await Run(invocation, work, _ => null);
        return result;
    }
}

/// <summary>
/// Housekeeping writes without an audit entry: leases, attempts, last-used times, token rotation, sequencing. A tidy
/// test lists the tables.
/// </summary>
internal sealed class Upkeep(IDatabase database)
{
    public ValueTask<T> Run<T>(Func<ITransaction, ValueTask<T>> work) => database.Transact(work);

    public ValueTask<int> Run(Sql sql) => database.Transact(transaction => transaction.Run(sql));
}
