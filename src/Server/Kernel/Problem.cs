namespace Castellan.Kernel;

/// <summary>
/// An entry of the closed catalogue of problems (RFC 9457). <paramref name="When"/> and <paramref name="Fix"/> are the
/// text of its page; the code is stable and never reused. <paramref name="Retryable"/> where the same request may
/// succeed later without being changed.
/// </summary>
internal sealed record ProblemType(
    string Code, int Status, string Title, string When, string Fix, bool Retryable = false)
{
    public Problem With(string? detail = null, string? fix = null) => new(this) { Detail = detail, Fix = fix };
}

/// <summary>One occurrence of a problem: all of it may be read by the client. Causes go to the log.</summary>
internal sealed record Problem(ProblemType Type)
{
    public string? Detail { get; init; }

    /// <summary>The fix for this occurrence, where it is more exact than the catalogue's.</summary>
    public string? Fix { get; init; }

    public IReadOnlyList<FieldProblem> Errors { get; init; } = [];

    public TimeSpan? RetryAfter { get; init; }

    public DecisionId? Decision { get; init; }

    /// <summary>The budget that has run out, where one has.</summary>
    public PausedBudget? Budget { get; init; }
}

/// <summary>
/// What a program needs to know of a budget that has run out. <paramref name="ResetsAt"/> is null where it never does;
/// <paramref name="RaisedBy"/> says who can raise it.
/// </summary>
internal sealed record PausedBudget(BudgetId Id, string Unit, DateTimeOffset? ResetsAt, string RaisedBy)
{
    /// <summary>Null where the caller may not know: others' use is a part of it.</summary>
    public PausedNumbers? Numbers { get; init; }
}

/// <summary>
/// What a budget is called, its cap, and what was left of that for the call, both in its unit (money in minor units).
/// </summary>
internal sealed record PausedNumbers(string Name, long Cap, long Left);

/// <summary>
/// One problem of a request. <paramref name="Pointer"/> is an RFC 6901 pointer into the body, or a parameter's name.
/// </summary>
internal sealed record FieldProblem(string Pointer, string Code, string Detail, string Fix);

/// <summary>
/// Ends a handler with a problem. Expected refusals on hot paths are returned by the gate's steps instead.
/// </summary>
internal class Refusal(Problem problem) : Exception(problem.Type.Code)
{
    public Refusal(ProblemType type, string? detail = null, string? fix = null)
        : this(type.With(detail, fix))
    {
    }

    public Problem Problem { get; } = problem;
}
