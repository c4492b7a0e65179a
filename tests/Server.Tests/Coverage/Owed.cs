using Castellan.Agents;
using Castellan.Apps;
using Castellan.Budgets;
using Castellan.Kernel;
using Castellan.Keys;
using Castellan.Records;

namespace Castellan.Tests.Coverage;

/// <summary>A case that an operation owes. <paramref name="Caller"/> is null where any will do.</summary>
internal sealed record OwedCase(string Name, int Status, string Code, CallerKind? Caller = null)
{
    public OwedCase(string name, ProblemType problem, CallerKind? caller = null)
        : this(name, problem.Status, problem.Code, caller)
    {
    }

    public bool IsMet(IEnumerable<Observation> seen) => seen.Any(
        o => o.Status == Status && o.Code == Code && (Caller is null || o.Caller == Caller));

    public override string ToString() =>
        $"{Name}: {Status} {Code}{(Caller is { } kind ? $" for {Wire.Name(kind)}" : "")}";
}

/// <summary>
/// What a declaration alone says must have been seen of an operation, and what may be seen at all. There is no list of
/// exemptions: an operation that owes less declares less.
/// </summary>
internal static class Owed
{
    /// <summary>What memory and standing say of any caller that has an app.</summary>
    private static readonly ProblemType[] Standing =
        [
            AppErrors.NotLive, GateProblems.TenantRequired, RecordErrors.ContractChanged, KeyErrors.AddressRefused,
            StopProblems.EnvironmentFrozen, StopProblems.EnvironmentKilled, StopProblems.TenantSuspended,
            StopProblems.ImpersonationReadsOnly, AgentErrors.Stopped, AgentErrors.DelegationEnded, AgentErrors.RunEnded,
            AgentErrors.AppRequired, AgentErrors.RunRequired, AgentErrors.NoSuchRun,
            AgentErrors.SignatureRequired, AgentErrors.SignatureMalformed, AgentErrors.SignatureIncomplete,
            AgentErrors.SignatureExpired, AgentErrors.SignatureInvalid, AgentErrors.SignatureReplayed,
            BudgetErrors.Paused,
        ];

    public static IEnumerable<OwedCase> By(Operation operation) =>
    [
        .. Successes(operation), .. Inputs(operation), .. Credentials(operation), .. Objects(operation),
        .. Permissions(operation), .. Repeats(operation),
        new OwedCase("limit", GateProblems.RateLimited),
        .. operation.Problems.Select(problem => new OwedCase("declared problem", problem)),
    ];

    /// <summary>The codes that the operation may answer with.</summary>
    public static bool IsDeclared(Operation operation, Observation seen)
    {
        if (seen.Code == "done") return seen.Status == operation.Status;
        if (seen.Code == "replayed") return seen.Status == operation.Status && operation is { Writes: true };
        return GateProblems.All.Except([GateProblems.Unknown, GateProblems.SignInDelayed])
            .Concat(Standing).Concat(operation.Problems).Any(p => p.Code == seen.Code && p.Status == seen.Status);
    }

    /// <summary>Each way of being allowed was used.</summary>
    private static IEnumerable<OwedCase> Successes(Operation operation) => Kinds(operation)
        .Select(kind => new OwedCase("success", operation.Status, "done", kind));

    private static IEnumerable<OwedCase> Inputs(Operation operation)
    {
        var fields = operation.DescribeInput();
        if (fields.Any(f => f.Place is not FieldPlace.Path)) yield return new("validation", Invalid(operation));
        // A form of our own pages cannot be malformed: the page makes the body.
        if (operation.Hosted || !operation.HasBody) yield break;
        yield return new("validation", GateProblems.BodyMalformed);
        yield return new("validation", GateProblems.BodyTooLarge);
        if (!operation.OfStandard) yield return new("validation", GateProblems.ContentTypeRefused);
    }

    private static ProblemType Invalid(Operation operation) =>
        operation.OfStandard ? GateProblems.BadRequest : GateProblems.InputInvalid;

    private static IEnumerable<OwedCase> Credentials(Operation operation)
    {
        if (operation.NeedsEnvironment)
            yield return new("no environment", GateProblems.EnvironmentRequired, CallerKind.Operator);
        if (IsOpen(operation)) yield break;
        yield return new("no credential", GateProblems.CredentialRequired);
        if (!operation.Hosted) yield return new("wrong credential", GateProblems.CredentialInvalid);
    }

    /// <summary>Each kind of caller asked for an object, or a tenant, that is not there for it.</summary>
    private static IEnumerable<OwedCase> Objects(Operation operation)
    {
        if (operation.Hosted || !operation.Route.Contains('{', StringComparison.Ordinal)) yield break;
        if (!operation.NamesTenant) yield return new("absent object", GateProblems.NotFound);
        else foreach (var kind in Kinds(operation)) yield return new("wrong tenant", GateProblems.NotFound, kind);
    }

    private static IEnumerable<OwedCase> Permissions(Operation operation)
    {
        if (IsOpen(operation)) yield break;
        yield return new("missing permission", GateProblems.PermissionDenied);
        foreach (var grant in operation.Grants)
        {
            var mayLack = grant.Kind is CallerKind.Key || grant.Role > TenantRole.Viewer
                || (grant.Kind is CallerKind.Operator && grant.Operators.Count < Wire.Names<OperatorRole>().Count);
            if (mayLack) yield return new("missing permission", GateProblems.PermissionDenied, grant.Kind);
        }
        var ofApps = Kinds(operation).Any(k => k is CallerKind.App or CallerKind.User or CallerKind.Key);
        if (operation is { Writes: true, AllowedWhenFrozen: false } && ofApps)
            yield return new("frozen app", GateProblems.AppFrozen);
    }

    /// <summary>Keys of repeats belong to somebody: callers who are nobody have none.</summary>
    private static IEnumerable<OwedCase> Repeats(Operation operation)
    {
        if (operation.Method is "PATCH" or "DELETE") yield return new("conflict", GateProblems.VersionConflict);
        var known = Kinds(operation).Any(k => k is not (CallerKind.App or CallerKind.Nobody));
        if (!operation.Writes || !known || operation.EndsStanding) yield break;
        yield return operation.ShowsSecret
            ? new("idempotent repeat", GateProblems.SecretAlreadyShown)
            : new("idempotent repeat", operation.Status, "replayed");
        yield return new("conflict", GateProblems.IdempotencyKeyReused);
    }

    private static IEnumerable<CallerKind> Kinds(Operation operation) =>
        operation.Grants.Select(grant => grant.Kind).Distinct();

    private static bool IsOpen(Operation operation) =>
        operation.Grants.Any(grant => grant is { Kind: CallerKind.Nobody, OnlyLocal: false });
}
