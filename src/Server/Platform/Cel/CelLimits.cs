namespace Castellan.Platform.Cel;

/// <summary>
/// The bounds of one expression and of one evaluation of it. The specification asks for 32 of everything that nests
/// or repeats; rules that people write stay far below these.
/// </summary>
internal sealed record CelLimits
{
    public static CelLimits Default { get; } = new();

    /// <summary>UTF-16 units of a source text.</summary>
    public int SourceLength { get; init; } = 16_384;

    /// <summary>Nodes of a syntax tree.</summary>
    public int Nodes { get; init; } = 4_096;

    /// <summary>
    /// Levels of a syntax tree, also of brackets while it is read: every later step recurses over it.
    /// </summary>
    public int Depth { get; init; } = 200;

    /// <summary>Items of a list or entries of a map that an expression makes.</summary>
    public int Items { get; init; } = 10_000;

    /// <summary>UTF-16 units of a string, or bytes, that an expression makes.</summary>
    public int TextLength { get; init; } = 262_144;

    /// <summary>Cost units of an evaluation: a node or a step of a macro is one, so are 16 units of text.</summary>
    public int Cost { get; init; } = 100_000;

    /// <summary>UTF-16 units of a regular expression.</summary>
    public int PatternLength { get; init; } = 1_000;

    /// <summary>Milliseconds of one match of a regular expression; the engine is linear in the text.</summary>
    public int PatternTimeMs { get; init; } = 100;

    /// <summary>Errors reported for one expression; more would not help who reads them.</summary>
    public int Errors { get; init; } = 20;
}
