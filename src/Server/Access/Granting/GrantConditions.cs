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

    /// <summary>Of those with patterns, whose machines grow with what they have read.</summary>
    private const int PatternsKept = 64;

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
    private readonly RecentlyUsed<string, Compiled> patterned = new(PatternsKept);

    private sealed class Compiled
    {
        public CelProgram? Program { get; set; }

        /// <summary>Set before the program is.</summary>
        public bool LooksAtInput { get; set; }
    }

    /// <summary>What is wrong with a condition, as problems of the field.</summary>
    public static IEnumerable<FieldProblem> Check(string source, string pointer) =>
        Language.Compile(source).Errors.Select(error => new FieldProblem(
            pointer, "cel_error", $"Line {error.Line}, column {error.Column}: {error.Message}",
            error.Hint
                ?? "Use caller, resource, permission, context, now, input and asked, and make it true or false."));

    /// <summary>
    /// Whether it is true or false of a question; null where it cannot be answered. Those that match patterns share a
    /// time, in which others of the question must be done.
    /// </summary>
    public bool? Answer(string source, ConditionFacts facts)
    {
        if (Program(source) is not { } program) return null;
        var answer = HasPattern(source) ? facts.EvaluateInTime(program) : program.Evaluate(facts);
        return answer is { IsError: false } known ? known.IsTrue : null;
    }

    /// <summary>Whether it looks at the body of a call, which is not read yet when a call is decided first.</summary>
    public bool LooksAtInput(string source)
    {
        var compiled = Compile(source);
        return compiled.Program is not null && compiled.LooksAtInput;
    }

    /// <summary>The error of a condition that cannot be answered; null where it is true or false.</summary>
    public string? Error(string source, ConditionFacts facts) =>
        Program(source)?.Evaluate(facts) is { IsError: true } failed ? failed.AsError.Message : null;

    private CelProgram? Program(string source) => Compile(source).Program;

    private Compiled Compile(string source)
    {
        var compiled = (HasPattern(source) ? patterned : programs).Of(source);
        if (compiled.Program is null && Language.Compile(source).Program is { } program)
        {
            compiled.LooksAtInput = program.Root.DependsOn("input");
            compiled.Program = program;
        }
        return compiled;
    }

    private static bool HasPattern(string source) => source.Contains("matches", StringComparison.Ordinal);
}
