using Castellan.Kernel;
using Castellan.Platform.Cel;
using Castellan.Platform.Memory;

namespace Castellan.Access.Granting;

/// <summary>
/// The language of conditions on grants and policies: CEL over <c>caller</c>, <c>resource</c>, <c>permission</c>,
/// <c>context</c>, <c>now</c>, in a call <c>input</c>, its body, and where an app's own server asks <c>asked</c>. A
/// condition that is not true, or fails, gives nothing.
/// </summary>
internal sealed class GrantConditions
{
    /// <summary>Characters of a condition.</summary>
    public const int SourceMax = 1_000;

    /// <summary>Programs that are kept compiled.</summary>
    private const int ProgramsKept = 4_096;

    /// <summary>A condition is asked on the way into a call, so it is bounded far below a rule.</summary>
    private static readonly CelEnvironment Language = new(
        ConditionFacts.Variables)
    {
        Result = CelType.Bool,
        Limits = new CelLimits
        {
            SourceLength = SourceMax, Nodes = 200, Depth = 20, Items = 200, TextLength = 4_096, Cost = 2_000,
            PatternLength = 200, PatternTimeMs = 10,
        },
    };

    private readonly RecentlyUsed<string, Compiled> programs = new(ProgramsKept);

    private sealed class Compiled
    {
        public CelProgram? Program { get; set; }
    }

    /// <summary>What is wrong with a condition, as problems of the field.</summary>
    public static IEnumerable<FieldProblem> Check(string source, string pointer) =>
        Language.Compile(source).Errors.Select(error => new FieldProblem(
            pointer, "cel_error", $"Line {error.Line}, column {error.Column}: {error.Message}",
            error.Hint
                ?? "Use caller, resource, permission, context, now, input and asked, and make it true or false."));

    /// <summary>Whether it is true or false of a question; null where it cannot be answered.</summary>
    public bool? Answer(string source, ConditionFacts facts)
    {
        var answer = Program(source)?.Evaluate(facts);
        return answer is { IsError: false } known ? known.IsTrue : null;
    }

    /// <summary>
    /// Whether it may speak of the body of a call, which is not read yet when a call is decided first.
    /// </summary>
    public static bool LooksAtInput(string source) => source.Contains("input", StringComparison.Ordinal);

    /// <summary>The error of a condition that cannot be answered; null where it is true or false.</summary>
    public string? Error(string source, ConditionFacts facts) =>
        Program(source)?.Evaluate(facts) is { IsError: true } failed ? failed.AsError.Message : null;

    private CelProgram? Program(string source)
    {
        var compiled = programs.Of(source);
        return compiled.Program ??= Language.Compile(source).Program;
    }
}
