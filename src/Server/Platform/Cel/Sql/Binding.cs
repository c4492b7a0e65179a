using Castellan.Platform.Storage;

namespace Castellan.Platform.Cel.Sql;

/// <summary>A part of an expression that does not depend on the row.</summary>
/// <param name="Program">Its variables are the environment's, then those of lists that a request brings.</param>
/// <param name="Index">Counts such parts of a predicate.</param>
/// <param name="UsesItems">Whether it uses a list's variable, so that its value changes within a request.</param>
internal sealed record BoundValue(CelProgram Program, int Index, bool UsesItems);

/// <summary>One request's turn with a predicate: its values, its aliases, and what it may still grow to.</summary>
internal sealed class Binding : ICelActivation
{
    private const string Prefix = "cel";

    private readonly ICelActivation activation;
    private readonly string prefix;
    private readonly int variables;
    private readonly CelValue[] items;
    private readonly CelValue?[] values;
    private readonly Dictionary<object, Identifier> rows = new(ReferenceEqualityComparer.Instance);
    private int aliases;
    private readonly long costMax;
    private int atomsLeft = SqlLimits.Atoms;
    private int visitsLeft = SqlLimits.Visits;
    private long cost;

    public Binding(SqlPlan plan, ICelActivation activation, Identifier alias)
    {
        this.activation = activation;
        // Within another predicate the row has a name of its kind already: those below it begin with that.
        prefix = alias.Name.StartsWith($"{Prefix}_", StringComparison.Ordinal) ? alias.Name : Prefix;
        Dialect = plan.Dialect;
        variables = plan.Environment.Variables.Count;
        costMax = plan.Environment.Limits.Cost;
        items = new CelValue[plan.Items];
        values = new CelValue?[plan.Values];
        rows[plan.Row] = alias;
    }

    public SqlDialect Dialect { get; }

    /// <summary>What the whole predicate was bound with.</summary>
    public ICelActivation Activation => activation;

    public bool IsPostgres => Dialect == SqlDialect.Postgres;

    /// <summary>Why the predicate holds nowhere after all.</summary>
    public CelError? Failure { get; private set; }

    public CelValue Variable(int index) =>
        index < variables ? activation.Variable(index) : items[index - variables];

    public CelValue Value(BoundValue bound)
    {
        if (bound.UsesItems) return Evaluate(bound.Program);
        return values[bound.Index] ??= Evaluate(bound.Program);
    }

    /// <summary>The variable of a list that is being unrolled.</summary>
    public void SetItem(int index, in CelValue value) => items[index] = value;

    /// <summary>
    /// Of the row in question, of one that a macro visits and has entered, or of one that is referred to.
    /// </summary>
    public Identifier AliasOf(object row)
    {
        if (rows.TryGetValue(row, out var alias)) return alias;
        // Each such row has one name, however often it is joined.
        return rows[row] = NextAlias();
    }

    /// <summary>A name that no other row of the statement has, if no name outside begins with <c>cel_</c>.</summary>
    public Identifier NextAlias() => new($"{prefix}_{++aliases}");

    public Identifier Enter(object row) => rows[row] = NextAlias();

    /// <summary>False once the text is too long.</summary>
    public bool Pay(CelPosition at)
    {
        if (--atomsLeft >= 0) return true;
        Fail(at, $"The condition has more than {SqlLimits.Atoms} comparisons for this request.");
        return false;
    }

    public bool PayVisits(CelPosition at, int count)
    {
        visitsLeft -= count;
        if (visitsLeft >= 0) return true;
        Fail(at, $"The condition goes over more than {SqlLimits.Visits} items for this request.");
        return false;
    }

    public Truth Fail(CelPosition at, string message, string? hint = null)
    {
        Failure ??= CelError.At(at, message, hint);
        return Truth.Never;
    }

    /// <summary>All parts together may cost what one evaluation of the whole may.</summary>
    private CelValue Evaluate(CelProgram program)
    {
        if (cost <= costMax)
        {
            var value = program.Evaluate(this, out var spent);
            cost += spent;
            if (cost <= costMax) return value;
        }
        Fail(program.Root.At, $"The condition costs more than {costMax} units for this request.");
        return CelValue.Of(Failure!);
    }
}
