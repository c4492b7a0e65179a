using Castellan.Platform.Storage;

namespace Castellan.Platform.Cel.Sql;

using Sql = Castellan.Platform.Storage.Sql;

/// <summary>
/// An expression as a condition on rows, compiled once. It holds for a row exactly where the evaluator says true of it:
/// an error is no true. The texts that it binds to are few, so that they stay prepared.
/// </summary>
internal sealed class SqlPredicate(Condition condition, SqlPlan plan)
{
    public SqlDialect Dialect => plan.Dialect;

    /// <summary>
    /// For the row called <paramref name="alias"/>. Other names of the statement do not begin with <c>cel_</c>.
    /// </summary>
    public BoundPredicate Bind(ICelActivation activation, Identifier alias)
    {
        var binding = new Binding(plan, activation, alias);
        return BoundPredicate.Of(condition.True(binding), binding);
    }

    /// <summary>The rows of which the evaluator says false.</summary>
    public BoundPredicate BindFalse(ICelActivation activation, Identifier alias)
    {
        var binding = new Binding(plan, activation, alias);
        return BoundPredicate.Of(condition.False(binding), binding);
    }
}

/// <summary>What a predicate has beside its condition.</summary>
/// <param name="Dialect">The engine that it is for.</param>
/// <param name="Row">The row in question.</param>
/// <param name="Environment">Of the expression.</param>
/// <param name="Items">Variables of lists that are unrolled.</param>
/// <param name="Values">Parts that do not depend on the row.</param>
internal sealed record SqlPlan(SqlDialect Dialect, Place Row, CelEnvironment Environment, int Items, int Values);

/// <summary>
/// A predicate with one request's values: it holds for every row, for none, or where a condition does.
/// </summary>
internal sealed class BoundPredicate
{
    private readonly Truth truth;

    private BoundPredicate(Truth truth, CelError? failure = null) => (this.truth, Failure) = (truth, failure);

    public static BoundPredicate Always { get; } = new(Truth.Always);

    public static BoundPredicate Never { get; } = new(Truth.Never);

    public bool IsAlways => truth.IsAlways;

    public bool IsNever => truth.IsNever;

    /// <summary>
    /// Why it holds nowhere although it might: this request's values are too many, or of a kind that SQL cannot
    /// compare.
    /// </summary>
    public CelError? Failure { get; }

    /// <summary>To stand beside <c>and</c>; null where it holds for every row or for none.</summary>
    public Sql? Condition => truth.Condition is null ? null : truth.Tight();

    /// <summary>Also where there is no condition: <c>true</c> or <c>false</c>.</summary>
    public Sql Sql => Condition ?? (IsAlways ? Sql.Of($"true") : Sql.Of($"false"));

    public static BoundPredicate Of(Truth truth, Binding binding)
    {
        if (truth.Condition?.Parameters.Length > SqlLimits.Parameters)
            binding.Fail(new(1, 1), $"The condition has more than {SqlLimits.Parameters} values for this request.");
        // What failed counts as an error, which cannot make more rows fit: if all do anyway, it decides nothing.
        return truth.IsAlways || binding.Failure is null ? new(truth) : new(Truth.Never, binding.Failure);
    }
}

/// <summary>A predicate, or why there is none.</summary>
internal sealed record SqlCompilation(SqlPredicate? Predicate, IReadOnlyList<CelError> Errors);
