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

    private readonly RecentlyUsed<string, CompiledCondition> programs = new(ProgramsKept);
    private readonly RecentlyUsed<string, CompiledCondition> patterned = new(PatternsKept);

    /// <summary>What is wrong with a condition, as problems of the field.</summary>
    public static IEnumerable<FieldProblem> Check(string source, string pointer) =>
        Language.Compile(source).Errors.Select(error => new FieldProblem(
            pointer, "cel_error", $"Line {error.Line}, column {error.Column}: {error.Message}",
            error.Hint
                ?? "Use caller, resource, permission, context, now, input and asked, and make it true or false."));

    /// <summary>
    /// True or false of a question, or an error where it cannot be answered. Those that match patterns share a time, in
    /// which others of the question must be done.
    /// </summary>
    public CelValue Answer(GrantCondition condition, ConditionFacts facts)
    {
        var compiled = Compile(condition);
        if (compiled.Program is not { } program) return CelValue.Fail("It means nothing in this version.");
        return compiled.HasPattern ? facts.EvaluateInTime(program) : program.Evaluate(facts);
    }

    /// <summary>Whether it looks at the body of a call, which is not read yet when a call is decided first.</summary>
    public bool LooksAtInput(GrantCondition condition) => Compile(condition).LooksAtInput;

    /// <summary>Whether it asks what calls: a user, a key or an agent.</summary>
    public bool LooksAtKind(GrantCondition condition) =>
        Compile(condition).Program is { } program && program.Root.All().Any(node =>
            node is CelSelect { Field: "kind" or "agent_id", Operand: CelIdent { Name: "caller" } });

    private CompiledCondition Compile(GrantCondition condition)
    {
        if (condition.Compiled is { Program: not null } known) return known;
        var hasPattern = condition.Source.Contains("matches", StringComparison.Ordinal);
        var compiled = (hasPattern ? patterned : programs).Of(condition.Source);
        if (compiled.Program is null && Language.Compile(condition.Source).Program is { } program)
        {
            compiled.HasPattern = hasPattern;
            compiled.LooksAtInput = program.Root.DependsOn("input");
            compiled.Program = program;
        }
        return condition.Compiled = compiled;
    }
}

/// <summary>A condition's program, null where it is none in this version, and what is known of it.</summary>
internal sealed class CompiledCondition
{
    public CelProgram? Program { get; set; }

    /// <summary>Set before the program is.</summary>
    public bool HasPattern { get; set; }

    /// <inheritdoc cref="HasPattern"/>
    public bool LooksAtInput { get; set; }
}
