using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Step 1, contributed by the slices that know a kind of credential. Null: the credential is not of this kind.
/// </summary>
internal interface IResolver
{
    ValueTask<Resolution?> Resolve(Presented presented, CancellationToken ct);
}

/// <summary>A caller, or why there is none.</summary>
internal readonly record struct Resolution(Caller? Caller, Problem? Problem)
{
    public static implicit operator Resolution(Caller caller) => new(caller, null);

    public static implicit operator Resolution(ProblemType problem) => new(null, problem.With());
}

/// <summary>
/// Step 2, contributed by the slices whose nouns can be frozen, suspended, revoked or foreign. It may add to the
/// invocation what it learns of the caller, and adds the conditions that its answer rests on. From memory before a
/// Change; inside one, from memory where that is exact. Where another node could have written, the conditions must
/// still hold when the Change begins; if one does not, it is asked again, to read what is.
/// </summary>
internal interface IStanding
{
    ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange);
}

/// <summary>Step 5: may this caller do this operation?</summary>
internal interface IAccess
{
    ValueTask<Decision> Decide(Invocation invocation);
}

/// <summary>
/// Behind step 5: what a call that may enter is charged, beside its rate. From memory as a rule; a problem where it is
/// more than is left. Contributed by slices.
/// </summary>
internal interface ICharge
{
    ValueTask<Problem?> Charge(Invocation invocation);
}

/// <summary>The answer to "may this caller do this, on this, now?".</summary>
internal sealed record Decision(DecisionOutcome Outcome, string Reason)
{
    /// <summary>What allowed it: a built-in role, a kind of credential, or a grant's id.</summary>
    public string? By { get; init; }

    /// <summary>What would help, where a role would not.</summary>
    public string? Fix { get; init; }

    /// <summary>The policy that refuses it; null where none does.</summary>
    public PolicyId? Policy { get; init; }

    /// <summary>A denial as the caller is told it.</summary>
    public Problem Problem => Fix is null
        ? GateProblems.PermissionDenied.With(Reason)
        : GateProblems.PermissionDenied.With(Reason) with { Fix = Fix };

    /// <summary>The revision of the tenant's grants that it was decided by; null where no grant was asked.</summary>
    public long? Revision { get; init; }

    /// <summary>Policies in trial that would have refused it, which the caller and the audit log are told of.</summary>
    public IReadOnlyList<PolicyId> Reported { get; init; } = [];

    /// <summary>
    /// What the audit log says of it where nobody gave a reason; null for built-in roles that no policy is against.
    /// </summary>
    public string? Because => (Outcome, Revision, Reported) switch
    {
        (DecisionOutcome.Allow, { } revision, []) => $"Allowed by {By} at revision {revision}.",
        (DecisionOutcome.Allow, { } revision, _) =>
            $"Allowed by {By} at revision {revision}. It would be refused by {string.Join(", ", Reported)}.",
        _ => null,
    };
}

internal enum DecisionOutcome
{
    Allow,
    Deny,

    /// <summary>There is nobody to decide about: a credential is needed.</summary>
    CredentialNeeded,
}
