namespace Castellan.Platform.JsonSchema.Checks;

/// <summary>
/// Collects failures up to a bound. Checks that only compare branches report into a smaller one of their own, which
/// shares the budget of the run.
/// </summary>
internal sealed class Report(int max)
{
    private readonly List<SchemaFailure> failures = [];

    /// <summary>A field, because checks spend from it by reference.</summary>
    public Run Run;

    public IReadOnlyList<SchemaFailure> Failures => failures;

    public bool IsFull => failures.Count >= max || Run.Stopped != StopReason.None;

    public void Add(SchemaFailure failure)
    {
        // Two ways through a schema may find the same.
        if (failures.Count < max && !failures.Contains(failure)) failures.Add(failure);
    }

    public void Add(Place at, string code, string detail, string fix) =>
        Add(new SchemaFailure(at.Pointer, code, detail, fix));

    /// <summary>
    /// The failures of a validation that was <paramref name="stopped"/> or found the value wrong: at least one.
    /// </summary>
    public IReadOnlyList<SchemaFailure> Finish(StopReason stopped)
    {
        if (failures.Count > 0) return failures;
        var reason = stopped == StopReason.None ? Run.Stopped : stopped;
        return
        [
            reason switch
            {
                StopReason.TooDeep => new SchemaFailure("", "too_deep",
                    "The value is nested more deeply than its schema can be followed.", "Send a flatter value."),
                StopReason.TooMuchWork => new SchemaFailure("", "too_much_work",
                    "The value takes too many steps to validate.", "Send a smaller value, or simplify the schema."),
                StopReason.PatternTime => new SchemaFailure("", "pattern_timeout",
                    "A pattern of the schema takes too long on this value.",
                    "Shorten the text, or rewrite the pattern without nested repetitions."),
                _ => new SchemaFailure("", "invalid", "The value does not match its schema.",
                    "Compare it with the schema."),
            },
        ];
    }
}
