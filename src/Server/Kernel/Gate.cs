using System.Text.Json;
using Castellan.Kernel.RateLimits;
using Castellan.Platform;
using Castellan.Platform.Json;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// The one way through. Everything that anyone can do is an operation and comes here, whichever surface brought it:
/// 1 resolve, 2 standing, 3 rate limit, 4 read, 5 may enter, 6 idempotency, 7 run, 8 answer. Nothing else changes
/// state.
/// </summary>
internal sealed partial class Gate(
    IEnumerable<IResolver> resolvers, IEnumerable<IStanding> standing, IAccess access, GateServices services,
    Denials denials)
{
    private readonly IResolver[] resolvers = [.. resolvers];
    private readonly IStanding[] standing = [.. standing];
    private readonly ICharge[] charges = [.. services.Charges];
    private readonly IdempotencyMemory repeats = new();

    internal Changes Changes => services.Changes;

    internal IWriteCharges WriteCharges => services.WriteCharges;

    /// <summary>Step 1. The credential becomes a caller, or the reason why it does not.</summary>
    public async ValueTask<Resolution> Resolve(Presented presented, CancellationToken ct)
    {
        foreach (var resolver in resolvers)
        {
            if (await resolver.Resolve(presented, ct) is { } resolution) return resolution;
        }
        return presented.Bearer is null && presented.PublishableKey is null && presented.OperatorCookie is null
            ? Caller.Nobody
            : GateProblems.CredentialInvalid;
    }

    /// <summary>
    /// All steps for what a request presents. A credential that is not valid is charged to its address.
    /// </summary>
    public async ValueTask<(Answer Answer, Invocation Invocation)> Invoke(
        Presented presented, Operation operation, CancellationToken ct)
    {
        var stranger = new Invocation(Caller.Nobody, operation, presented.Request, services.Time.GetUtcNow(), ct);
        Resolution resolution = default;
        var answer = await Guard(stranger, async () =>
        {
            resolution = await Resolve(presented, ct);
            return resolution.Problem is not null && await Limit(stranger) is { } limited
                ? limited
                : Answer.Of(resolution.Problem ?? GateProblems.CredentialRequired.With());
        });
        if (resolution.Caller is { } caller) return await Invoke(caller, operation, presented.Request, ct);
        GateMetrics.Count(stranger, answer, activity: null);
        return (answer, stranger);
    }

    /// <summary>Steps 2 to 8 for a resolved caller. Never throws, except when the client went away.</summary>
    public async ValueTask<(Answer Answer, Invocation Invocation)> Invoke(
        Caller caller, Operation operation, GateRequest request, CancellationToken ct)
    {
        var invocation = new Invocation(caller, operation, request, services.Time.GetUtcNow(), ct)
        {
            Conditions = operation.Writes && services.Database.MemoryTrust is not null ? [] : null,
        };
        using var activity = GateMetrics.Begin(operation);
        var answer = InWordsOf(operation, await Guard(
            invocation, () => caller.Impersonation is null ? Pass(invocation) : PassWatched(invocation)));
        GateMetrics.Count(invocation, answer, activity);
        return (answer, invocation);
    }

    /// <summary>What fails in a step becomes an answer; its cause goes to the log and nowhere else.</summary>
    private async ValueTask<Answer> Guard(Invocation invocation, Func<ValueTask<Answer>> step)
    {
        try
        {
            return await step();
        }
        catch (Refusal refusal)
        {
            return Answer.Of(Denied(invocation, refusal.Problem));
        }
        catch (StorageException failure)
        {
            LogStorage(services.Log, invocation.Request.Id, invocation.Operation.Name, failure);
            return Answer.Of(Explain(failure));
        }
        catch (OverloadException)
        {
            return Answer.Of(Unavailable());
        }
        catch (Exception error) when (error is not OperationCanceledException
            || !invocation.Aborted.IsCancellationRequested)
        {
            LogUnknown(services.Log, invocation.Request.Id, invocation.Operation.Name, error);
            return Answer.Of(GateProblems.Unknown.With());
        }
    }

    /// <summary>
    /// Step 4: the body within its bound, strict, bound to the typed input with all its problems at once.
    /// </summary>
    internal async ValueTask<(T Input, Problem? Problem)> Bind<T>(Invocation invocation, Func<Input, T> bind)
    {
        var operation = invocation.Operation;
        JsonDocument? document = null;
        if (operation.HasBody)
        {
            if (await invocation.Request.Body(operation.BodyBytes, invocation.Aborted) is not { } bytes)
                return (default!, GateProblems.BodyTooLarge.With($"At most {operation.BodyBytes} bytes."));
            if (!bytes.IsEmpty)
            {
                if (!invocation.Request.IsJson) return (default!, GateProblems.ContentTypeRefused.With());
                document = StrictJson.Parse(bytes, out var wrong);
                if (document is null) return (default!, GateProblems.BodyMalformed.With(wrong));
            }
        }
        using (document)
        {
            var body = document?.RootElement ?? default;
            var (input, problems) = Input.Read(invocation.Request, body, services.Emails, bind);
            if (problems.Count > 0) return (default!, GateProblems.InputInvalid.With() with { Errors = problems });
            invocation.OnceRead?.Invoke(body);
            if (invocation.KeepsBody && document is not null) invocation.Body = body.Clone();
            if (operation.Writes && invocation.Request.IdempotencyKey is { } key && invocation.Caller.IsAuthenticated)
                invocation.IdempotencyKey = services.Idempotency.KeyOf(invocation, key, body);
            return (input, null);
        }
    }

    /// <summary>
    /// Step 6 around step 7: one execution per key, whose committed answer every repeat gets. A first request costs no
    /// look for an earlier one. A repeat that memory does not know is found by the unique key that its Change meets, or
    /// by what it is refused for, and nothing of it stays.
    /// </summary>
    internal async ValueTask<Answer> Idempotent(Invocation invocation, Func<ValueTask<Answer>> run)
    {
        if (invocation.IdempotencyKey is not { } key) return await run();
        if (!repeats.TryBegin(key))
            return Answer.Of(GateProblems.IdempotencyInFlight.With() with { RetryAfter = TimeSpan.FromSeconds(1) });
        try
        {
            if (repeats.WasUsed(key) && await Stored(invocation, key) is { } answer) return answer;
            return await RunOnce(invocation, key, run);
        }
        finally
        {
            repeats.End(key);
        }
    }

    private async ValueTask<Answer> RunOnce(Invocation invocation, IdempotencyKey key, Func<ValueTask<Answer>> run)
    {
        try
        {
            var answer = await run();
            repeats.Used(key);
            return answer;
        }
        catch (Refusal)
        {
            if (await Stored(invocation, key) is { } stored) return stored;
            throw;
        }
        catch (UniqueViolationException violation) when (violation.Constraint == IdempotencyStore.Constraint)
        {
            if (await Stored(invocation, key) is { } stored) return stored;
            // An expired one was in the way.
            await services.Idempotency.Forget(Lanes.Of(invocation), key, invocation.Now);
            return await run();
        }
    }

    private async ValueTask<Answer?> Stored(Invocation invocation, IdempotencyKey key) =>
        await services.Idempotency.Find(key, invocation.Now) is { } stored ? stored.Replay(key) : null;

    private async ValueTask<Answer> Pass(Invocation invocation)
    {
        using var place = services.Load.Enter(invocation);
        if (place.IsRefused) return Answer.Of(Unavailable("This node has as much to do as it can."));
        foreach (var step in standing)
        {
            if (await step.Check(invocation, services.Database, inChange: false) is not { } problem) continue;
            // A stranger's guesses are limited like everything else, but charged to the stranger alone.
            invocation.Tenant = null;
            return await Limit(invocation) ?? Answer.Of(Denied(invocation, problem));
        }
        if (await Limit(invocation) is { } limited) return limited;
        if (invocation.Request.IdempotencyKey is { Length: 0 or > Limits.IdempotencyKeyLength })
        {
            return Answer.Of(GateProblems.InputInvalid.With() with
            {
                Errors = [new FieldProblem("Idempotency-Key", "out_of_range",
                    $"The header must have 1 to {Limits.IdempotencyKeyLength} characters.", "Send a UUID.")],
            });
        }
        var decision = invocation.Decision = await access.Decide(invocation);
        if (decision.Outcome is DecisionOutcome.CredentialNeeded)
            return Answer.Of(GateProblems.CredentialRequired.With(decision.Reason));
        if (decision.Outcome is DecisionOutcome.Deny)
            return Answer.Of(Denied(invocation, decision.Problem));
        foreach (var charge in charges)
        {
            if (await charge.Charge(invocation) is { } paused) return Answer.Of(paused);
        }
        return await invocation.Operation.Run(invocation, this);
    }

    /// <summary>What is read in another's stead is in the log before it is answered.</summary>
    private async ValueTask<Answer> PassWatched(Invocation invocation)
    {
        var answer = await Guard(invocation, () => Pass(invocation));
        if (answer.Problem is null) await services.ReadLog.Record(invocation);
        return answer;
    }

    /// <summary>Step 3: null where the call is within its limits.</summary>
    private async ValueTask<Answer?> Limit(Invocation invocation) =>
        await services.Rates.Charge(invocation) switch
        {
            RateVerdict.Within => null,
            RateVerdict.Over => RateLimited(invocation),
            _ => Answer.Of(GateProblems.Uncounted),
        };

    private static Answer RateLimited(Invocation invocation)
    {
        var refused = invocation.Rates[^1];
        return Answer.Of(GateProblems.RateLimited.With($"The limit '{refused.Policy}' is used up.") with
        {
            RetryAfter = refused.Wait,
        });
    }

    private Problem Denied(Invocation invocation, Problem problem)
    {
        if (problem.Type.Status is not (403 or 404) || !invocation.Caller.IsAuthenticated) return problem;
        var decision = DecisionId.New(invocation.Now);
        denials.Record(invocation, problem.Type, decision);
        // An absent object and a foreign one answer alike, so neither shows a decision.
        return problem.Type.Status == 403 ? problem with { Decision = decision } : problem;
    }

    /// <summary>On the routes of a standard every fault of the input is the same one.</summary>
    private static Answer InWordsOf(Operation operation, Answer answer) =>
        operation.OfStandard && answer.Problem is { } problem
        && (problem.Type == GateProblems.InputInvalid || problem.Type == GateProblems.ContentTypeRefused)
            ? Answer.Of(GateProblems.BadRequest.With(problem.Detail ?? problem.Type.When) with
            {
                Fix = problem.Fix ?? problem.Type.Fix,
                Errors = problem.Errors,
            })
            : answer;

    private static Problem Explain(StorageException failure) => failure.Failure switch
    {
        StorageFailure.Full => GateProblems.StorageFull.With(),
        StorageFailure.OutcomeUnknown => Soon(GateProblems.OutcomeUnknown),
        _ => Unavailable(),
    };

    private static Problem Unavailable(string? detail = null) => Soon(GateProblems.Unavailable, detail);

    private static Problem Soon(ProblemType type, string? detail = null) =>
        type.With(detail) with { RetryAfter = TimeSpan.FromSeconds(1) };

    [LoggerMessage(1, LogLevel.Error, "{RequestId} {Operation} failed")]
    private static partial void LogUnknown(ILogger log, RequestId requestId, string operation, Exception error);

    [LoggerMessage(2, LogLevel.Error, "{RequestId} {Operation}: storage failed")]
    private static partial void LogStorage(ILogger log, RequestId requestId, string operation, Exception error);
}

/// <summary>What the gate works with, beside the steps that slices contribute.</summary>
internal sealed record GateServices(
    IDatabase Database, Changes Changes, IdempotencyStore Idempotency, RateLimiter Rates, LoadShedder Load,
    EmailRules Emails, ReadLog ReadLog, TimeProvider Time, ILogger<Gate> Log, IEnumerable<ICharge> Charges,
    IWriteCharges WriteCharges);
