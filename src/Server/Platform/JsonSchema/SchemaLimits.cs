namespace Castellan.Platform.JsonSchema;

/// <summary>The bounds of compiling a schema and of running it.</summary>
internal static class SchemaLimits
{
    /// <summary>Schema objects in all documents that one schema reaches, and nodes that they compile to.</summary>
    public const int Nodes = 20_000;

    /// <summary>Schemas inside schemas in one document.</summary>
    public const int Depth = 64;

    /// <summary>Documents that one schema reaches through references.</summary>
    public const int Documents = 100;

    /// <summary>Characters of one pattern.</summary>
    public const int PatternLength = 1_000;

    /// <summary>
    /// Characters that a pattern has once its repetitions are written out: what the engine without backtracking would
    /// have to hold. Beyond it the other engine runs, which counts.
    /// </summary>
    public const int PatternUnfolded = 1_000;

    /// <summary>Repetitions that one quantifier may name.</summary>
    public const int PatternRepeat = 100_000;

    /// <summary>Milliseconds that one match may take.</summary>
    public const int PatternMs = 100;

    /// <summary>Milliseconds that all matches of one validation may take together.</summary>
    public const int PatternsMs = 500;

    /// <summary>Nodes inside nodes while an instance is validated: some 300 bytes of stack each.</summary>
    public const int RunDepth = 1_000;

    /// <summary>Nodes entered for one instance: a body of 64 KiB needs some ten thousand.</summary>
    public const int RunSteps = 2_000_000;

    /// <summary>Failures that one closest branch of anyOf or oneOf may bring.</summary>
    public const int BranchFailures = 8;

    /// <summary>Errors reported for one schema.</summary>
    public const int Errors = Limits.ProblemsPerBody;
}
