namespace Castellan.Platform.Cel.Sql;

/// <summary>
/// Makes a predicate of an expression of bool, or says which of its parts SQL cannot decide as the evaluator does, and
/// what to write instead. Only what is total compiles: arithmetic may overflow, and functions differ between engines.
/// </summary>
internal sealed partial class SqlCompiler
{
    private readonly CelProgram program;
    private readonly string rowVariable;
    private readonly Place row;
    private readonly List<CelError> errors = [];
    private readonly Dictionary<int, Local> locals = [];
    private readonly int variables;
    private int items;
    private int values;

    private SqlCompiler(CelProgram program, string rowVariable, SqlShape shape)
    {
        this.program = program;
        this.rowVariable = rowVariable;
        row = Place.Row(shape);
        variables = program.Environment.Variables.Count;
    }

    /// <summary>The variable of a macro: a row, a part of JSON, or an item of a list that the request brings.</summary>
    private abstract record Local;

    private sealed record RowLocal(Operand Operand) : Local;

    private sealed record ItemLocal(CelVariableBinding Binding) : Local;

    /// <param name="program">Of bool, or dyn.</param>
    /// <param name="rowVariable">The variable that is the row.</param>
    /// <param name="shape">Where its rows lie.</param>
    /// <param name="dialect">The engine that the predicate is for.</param>
    public static SqlCompilation Compile(CelProgram program, string rowVariable, SqlShape shape, SqlDialect dialect)
    {
        var compiler = new SqlCompiler(program, rowVariable, shape);
        var condition = compiler.Condition(program.Root);
        if (condition.Size > SqlLimits.Atoms)
            compiler.Refuse(program.Root, $"The condition has more than {SqlLimits.Atoms} comparisons.");
        if (compiler.errors.Count > 0)
        {
            return new(null, [.. compiler.errors.Distinct().OrderBy(e => e.Line).ThenBy(e => e.Column)
                .Take(program.Environment.Limits.Errors)]);
        }
        var plan = new SqlPlan(dialect, compiler.row, program.Environment, compiler.items, compiler.values);
        return new(new(condition, plan), []);
    }

    private RefusedCondition Refuse(CelExpr expr, string message, string? hint = null)
    {
        errors.Add(CelError.At(expr.At, message, hint));
        return RefusedCondition.Instance;
    }

    private Operand? RefuseOperand(CelExpr expr, string message, string? hint = null)
    {
        Refuse(expr, message, hint);
        return null;
    }

    private bool AsksRow(CelExpr expr) => expr.All().Any(node => node switch
    {
        CelIdent { Binding: CelVariableBinding { Variable: var variable } } =>
            variable.Name == rowVariable || variable.Reads.Contains(rowVariable),
        CelIdent { Binding: CelLocalBinding local } => locals.GetValueOrDefault(local.Slot) is RowLocal,
        CelCall { Declared: { } function } => function.Reads.Contains(rowVariable),
        _ => false,
    });

    /// <summary>A part for the evaluator, with the variables of unrolled lists as variables from outside.</summary>
    private BoundValue Bound(CelExpr expr)
    {
        var usesItems = false;
        var rewritten = Rewrite(expr);
        return new(program.Part(rewritten), values++, usesItems);

        CelExpr Rewrite(CelExpr node)
        {
            if (node is CelIdent { Binding: CelLocalBinding local } ident
                && locals.GetValueOrDefault(local.Slot) is ItemLocal item)
            {
                usesItems = true;
                return ident with { Binding = item.Binding };
            }
            return node.WithChildren(Rewrite);
        }
    }

    private Condition Condition(CelExpr expr)
    {
        if (!AsksRow(expr)) return new BoundCondition(Bound(expr));
        switch (expr)
        {
            case CelCall call when CallCondition(call) is { } condition:
                return condition;
            case CelSelect { TestOnly: true } has:
                return Has(has);
            case CelComprehension macro:
                return Macro(macro);
        }
        return Operand(expr) switch
        {
            Scalar { Kind: SqlColumnKind.Bool } scalar => new BoolAtom(expr.At, scalar),
            JsonOperand json => new BoolAtom(expr.At, json.As(SqlColumnKind.Bool)),
            null => RefusedCondition.Instance,
            _ => Refuse(expr, "This is no bool.", "Compare it with something: a == b."),
        };
    }

    /// <summary>Null for calls that are no condition by their nature.</summary>
    private Condition? CallCondition(CelCall call)
    {
        if (call.Declared is not null) return null;
        switch (call.Function)
        {
            case CelOperators.And:
                return new AndCondition(Condition(call.Args[0]), Condition(call.Args[1]));
            case CelOperators.Or:
                return AndCondition.Or(Condition(call.Args[0]), Condition(call.Args[1]));
            case CelOperators.Not:
                return new NotCondition(Condition(call.Args[0]));
            case CelOperators.Conditional:
                return new ChoiceCondition(
                    Condition(call.Args[0]), Condition(call.Args[1]), Condition(call.Args[2]));
            case CelOperators.NotEqual:
                return new NotCondition(Compare(call, Comparison.Equal));
            case CelOperators.In:
                return Member(call);
            case "startsWith" or "endsWith" or "contains" when call.Target is not null:
                return Text(call, call.Target);
            case "dyn" when call.Args.Count == 1:
                return Condition(call.Args[0]);
        }
        return Operators.TryGetValue(call.Function, out var comparison) ? Compare(call, comparison) : null;
    }

    private static readonly Dictionary<string, Comparison> Operators = new(StringComparer.Ordinal)
    {
        [CelOperators.Equal] = Comparison.Equal,
        [CelOperators.Less] = Comparison.Less,
        [CelOperators.LessOrEqual] = Comparison.LessOrEqual,
        [CelOperators.Greater] = Comparison.Greater,
        [CelOperators.GreaterOrEqual] = Comparison.GreaterOrEqual,
    };
}
