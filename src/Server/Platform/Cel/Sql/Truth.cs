namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>
/// When something is so: for every row, for none, or where a condition holds. A condition that is null does not hold.
/// What it says of rows that references lead to is kept apart, so that they are joined once and not for each
/// comparison: planners of databases take long over many joins.
/// </summary>
internal readonly struct Truth
{
    private readonly bool isAlways;
    private readonly Clause plain;
    private readonly JoinedRows? rows;
    private readonly Clause ofRows;

    private Truth(bool isAlways, Clause plain = default, JoinedRows? rows = null, Clause ofRows = default)
    {
        this.isAlways = isAlways;
        this.plain = plain;
        this.rows = rows;
        this.ofRows = ofRows;
    }

    /// <summary>A text, or null for what always holds.</summary>
    /// <param name="Text">A condition.</param>
    /// <param name="IsLoose">An <c>or</c> is outermost.</param>
    private readonly record struct Clause(Sql? Text, bool IsLoose)
    {
        public Sql Tight => IsLoose ? $"({Text})" : Text!;

        public Clause And(Clause other)
        {
            if (Text is null || other.Text is null) return Text is null ? other : this;
            return new($"{Tight} and {other.Tight}", IsLoose: false);
        }
    }

    public static Truth Always { get; } = new(true);

    public static Truth Never { get; } = new(false);

    public bool IsAlways => isAlways && IsFixed;

    public bool IsNever => !isAlways && IsFixed;

    /// <summary>Null where every row or none is meant.</summary>
    public Sql? Condition => Whole.Text;

    private bool IsFixed => plain.Text is null && rows is null;

    private Clause Whole => rows is null
        ? plain
        : plain.And(new(rows.Exists(ofRows.Text is null ? null : ofRows.Tight), IsLoose: false));

    /// <summary>A condition that binds at least as tightly as a comparison.</summary>
    public static Truth Where(Sql condition) => new(false, new(condition, IsLoose: false));

    public static Truth Of(bool always) => always ? Always : Never;

    public static Truth All(IEnumerable<Truth> parts)
    {
        var all = Always;
        foreach (var part in parts)
        {
            if (part.IsNever) return Never;
            all = all.And(part);
        }
        return all;
    }

    public static Truth Any(IEnumerable<Truth> parts)
    {
        var kept = new List<Truth>();
        foreach (var part in parts)
        {
            if (part.IsAlways) return Always;
            if (!part.IsNever) kept.Add(part);
        }
        if (kept.Count <= 1) return kept.Count == 0 ? Never : kept[0];
        // There is one row at most that each reference leads to, so it may be asked everything at once.
        var first = kept[0].rows;
        if (kept.TrueForAll(part => part.AsksOnly(first)))
            return new(false, default, first, Or(kept.Select(part => part.ofRows)));
        return new(false, Or(kept.Select(part => part.Whole)));
    }

    public static Truth All(params ReadOnlySpan<Truth> parts) => All(parts.ToArray().AsEnumerable());

    public static Truth Any(params ReadOnlySpan<Truth> parts) => Any(parts.ToArray().AsEnumerable());

    /// <summary>Where it is not so, nulls included.</summary>
    public Truth Otherwise() => Condition is { } condition ? Where($"({condition}) is not true") : Of(!isAlways);

    /// <summary>The same, where those rows are there.</summary>
    public Truth Within(JoinedRows joined) => IsNever ? this : new(false, default, joined, Whole);

    /// <summary>For a hole beside <c>and</c>.</summary>
    public Sql Tight() => Whole is { Text: not null } whole ? whole.Tight : new Sql(0, 0);

    private bool AsksOnly(JoinedRows? joined) =>
        plain.Text is null && ofRows.Text is not null && rows!.AreThoseOf(joined);

    private Truth And(Truth other)
    {
        if (IsAlways || other.IsAlways) return IsAlways ? other : this;
        return new(
            false, plain.And(other.plain), rows is null ? other.rows : rows.With(other.rows), ofRows.And(other.ofRows));
    }

    private static Clause Or(IEnumerable<Clause> clauses)
    {
        var joined = new Sql(0, 0);
        foreach (var (index, clause) in clauses.Index())
        {
            if (index > 0) joined.AppendLiteral(" or ");
            joined.AppendFormatted(clause.Text);
        }
        return new(joined, IsLoose: true);
    }
}
