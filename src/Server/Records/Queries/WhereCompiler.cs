using System.Collections.Concurrent;
using Castellan.Kernel;
using Castellan.Platform.Cel.Sql;

namespace Castellan.Records.Queries;

/// <summary>
/// Filters that clients write in CEL, compiled like rules and kept apart from them: <c>record.status == 'open'</c>.
/// </summary>
internal sealed class WhereCompiler
{
    private const int Kept = 1_000;
    private readonly ConcurrentDictionary<(long, long, string, string), SqlPredicate> compiled = new();

    public SqlPredicate Compile(RecordCall call, string source)
    {
        var key = (call.Contract.Number, call.Contract.Version, call.Collection.Name, source);
        if (compiled.TryGetValue(key, out var known)) return known;
        var (predicate, errors) = call.Collection.CompileFilter(source);
        if (predicate is null)
        {
            throw new Refusal(GateProblems.InputInvalid.With() with
            {
                Errors =
                [
                    .. errors.Select(e => new FieldProblem("where", "cel_error",
                        $"Line {e.Line}, column {e.Column}: {e.Message}", e.Hint ?? "Correct the expression.")),
                ],
            });
        }
        if (compiled.Count >= Kept) compiled.Clear();
        return compiled.GetOrAdd(key, predicate);
    }
}
