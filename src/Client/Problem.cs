namespace Castellan.Client;

/// <summary>Why the server refused: RFC 9457 problem details with Castellan's members.</summary>
/// <param name="Type">URL of the page that explains the code.</param>
/// <param name="Title">What went wrong, the same for every occurrence of the code.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The stable name from the catalogue of problems, such as <c>app_name_taken</c>.</param>
/// <param name="Detail">What went wrong this time; null where the title says all.</param>
/// <param name="Fix">What to do about it.</param>
/// <param name="Retryable">True when the same request may succeed later.</param>
/// <param name="RequestId">Finds the request in the server's log.</param>
/// <param name="DecisionId">Finds the denial in the audit log; null for other problems.</param>
/// <param name="Errors">Every problem of the input; null where it is not about the input.</param>
public sealed record Problem(
    string? Type, string Title, int Status, string Code, string? Detail = null, string? Fix = null,
    bool Retryable = false, string? RequestId = null, string? DecisionId = null,
    IReadOnlyList<FieldProblem>? Errors = null);

/// <summary>One problem of the input.</summary>
/// <param name="Pointer">RFC 6901 pointer into the body (<c>/name</c>), or a parameter's name.</param>
/// <param name="Code">Stable name of the rule, such as <c>too_long</c>.</param>
/// <param name="Detail">What is wrong.</param>
/// <param name="Fix">What to send instead.</param>
public sealed record FieldProblem(string Pointer, string Code, string Detail, string Fix);

/// <summary>The server was reached and refused.</summary>
public sealed class CastellanProblemException(Problem problem, ReadOnlyMemory<byte> json = default)
    : Exception($"{problem.Title} ({problem.Code}, {problem.RequestId ?? "no request id"})")
{
    public Problem Problem { get; } = problem;

    /// <summary>The problem as the server sent it, UTF-8.</summary>
    public ReadOnlyMemory<byte> Json { get; } = json;
}

/// <summary>
/// No answer of a Castellan server came, after all attempts: no connection, no TLS, no answer in time, or something
/// else answered. A write may or may not have been done.
/// </summary>
public sealed class CastellanUnreachableException(Uri address, string why, Exception? inner = null)
    : Exception($"{address} does not answer as a Castellan server: {why}", inner)
{
    public Uri Address { get; } = address;

    /// <summary>The cause in one sentence.</summary>
    public string Why { get; } = why;
}
