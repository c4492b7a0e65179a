using Castellan.Platform.Cel.Evaluation;
using Castellan.Platform.Cel.Library;

namespace Castellan.Platform.Cel;

/// <summary>A checked expression, to be evaluated many times and by many threads.</summary>
internal sealed class CelProgram
{
    private readonly Node plan;
    private readonly int slots;

    private readonly CelType? wanted;

    public CelProgram(string source, CelExpr root, CelEnvironment environment)
        : this(source, root, environment, environment.Result)
    {
    }

    private CelProgram(string source, CelExpr root, CelEnvironment environment, CelType? wanted)
    {
        Source = source;
        Root = root;
        Environment = environment;
        this.wanted = wanted;
        var planner = new Planner(environment);
        plan = planner.Plan(root);
        slots = planner.Slots;
    }

    public string Source { get; }

    /// <summary>Typed, and with every name bound.</summary>
    public CelExpr Root { get; }

    public CelType ResultType => Root.Type;

    public CelEnvironment Environment { get; }

    /// <summary>
    /// A part of the tree as a program of its own, of any result, with the variables of the whole. Throws <see
    /// cref="ArgumentException"/> where it uses the variable of a macro around it.
    /// </summary>
    public CelProgram Part(CelExpr subtree) => subtree.UsesOuterLocals()
        ? throw new ArgumentException("The part uses the variable of a macro around it.", nameof(subtree))
        : new(Source, subtree, Environment, wanted: null);

    /// <summary>The value, or an error that says where. Never throws for what values hold.</summary>
    public CelValue Evaluate(ICelActivation activation) => Evaluate(activation, out _);

    /// <summary>Also says what it has cost, in units of <see cref="CelLimits.Cost"/>.</summary>
    public CelValue Evaluate(ICelActivation activation, out long cost)
    {
        var run = new Run(activation, slots == 0 ? [] : new CelValue[slots], Environment.Limits);
        var value = plan.Evaluate(ref run);
        cost = run.Spent;
        if (run.IsExhausted) value = run.Exhausted();
        else if (wanted is not null && !value.IsError && !Types.Fits(value, wanted))
            value = CelValue.Fail($"The expression must result in {wanted}, and resulted in {Types.Of(value)}.");
        return value.IsError ? Placed(value) : value;
    }

    private CelValue Placed(CelValue error) => error.AsError.Line != 0
        ? error
        : CelValue.Of(error.AsError with { Line = Root.At.Line, Column = Root.At.Column });
}
