namespace Castellan.Platform.Cel.Explaining;

/// <summary>What a part of an expression came to.</summary>
internal enum CelOutcome
{
    True,
    False,
    Error,
}

/// <summary>Whether the parts of a reason were all asked for, or one of them.</summary>
internal enum CelJoin
{
    /// <summary>There are no parts: it is a comparison or the like.</summary>
    None,
    AllOf,
    OneOf,
}

/// <summary>
/// A value that took part in a comparison. <paramref name="Value"/> is null where it may not be shown.
/// </summary>
internal sealed record CelCompared(string Source, string? Value)
{
    public override string ToString() => Value is null ? $"{Source} is not shown" : $"{Source} is {Value}";
}

/// <summary>
/// A part of an expression that did not come to what it should have: a comparison with its values, or parts of which
/// all or one would have had to.
/// </summary>
/// <param name="At">Where it stands; a definition's name where it comes of one.</param>
/// <param name="Source">The part as text, cut where it is long.</param>
/// <param name="Wanted">What it should have come to: false below a <c>!</c>.</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="Error">Of an error, what went wrong; null where that may not be shown.</param>
internal sealed record CelReason(CelPosition At, string Source, bool Wanted, CelOutcome Outcome, string? Error)
{
    public CelJoin Join { get; init; }

    /// <summary>Only those that did not come to what they should have.</summary>
    public IReadOnlyList<CelReason> Parts { get; init; } = [];

    public IReadOnlyList<CelCompared> Values { get; init; } = [];

    /// <summary>The comparisons, in the order of the source.</summary>
    public IEnumerable<CelReason> Atoms() => Join == CelJoin.None ? [this] : Parts.SelectMany(part => part.Atoms());

    /// <summary>One line in plain words.</summary>
    public override string ToString()
    {
        var outcome = Outcome switch
        {
            CelOutcome.True => "is true and should be false",
            CelOutcome.False => "is false",
            _ => Error is null ? "is an error" : $"is an error ({Error})",
        };
        return Values.Count == 0 ? $"{Source} {outcome}" : $"{Source} {outcome}: {string.Join(", ", Values)}";
    }
}
