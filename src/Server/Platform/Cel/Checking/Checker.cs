namespace Castellan.Platform.Cel.Checking;

/// <summary>
/// Binds names and finds types (langdef.md, Gradual Type Checking), reporting every fault that it can tell from
/// another. What is wrong is of type dyn from there on, so that one fault is one error.
/// </summary>
internal sealed partial class Checker
{
    private readonly CelEnvironment environment;
    private readonly Inference types = new();
    private readonly List<CelError> errors = [];
    private readonly List<Local> locals = [];

    private Checker(CelEnvironment environment) => this.environment = environment;

    private sealed record Local(string Name, int Slot, CelType Type);

    private bool IsStrict => environment.ChecksTypes;

    public static (CelExpr Root, IReadOnlyList<CelError> Errors) Check(CelExpr root, CelEnvironment environment)
    {
        var checker = new Checker(environment);
        var rough = checker.Visit(root);
        var typed = checker.Settle(rough);
        if (environment.Result is { } wanted && checker.errors.Count == 0) checker.CheckResult(typed, wanted);
        return (typed, [.. checker.errors.OrderBy(e => e.Line).ThenBy(e => e.Column).Take(environment.Limits.Errors)]);
    }

    private void CheckResult(CelExpr root, CelType wanted)
    {
        if (types.Fits(root.Type, wanted)) return;
        var hint = wanted.Kind == CelKind.Bool ? "Compare it with something: a == b." : null;
        Report(root.At, $"The expression must result in {wanted}, and results in {root.Type}.", hint);
    }

    private void Report(CelPosition at, string message, string? hint = null) =>
        errors.Add(CelError.At(at, message, hint));

    private CelExpr Visit(CelExpr expr) => expr switch
    {
        CelLiteral literal => Typed(literal, LiteralType(literal.Value.Kind)),
        CelIdent ident => Ident(ident),
        CelSelect select => Select(select),
        CelCall call => Call(call),
        CelListLiteral list => ListLiteral(list),
        CelMapLiteral map => MapLiteral(map),
        CelComprehension comprehension => Comprehension(comprehension),
        _ => throw new InvalidOperationException(expr.GetType().Name),
    };

    private CelExpr[] Visit(IReadOnlyList<CelExpr> exprs) => [.. exprs.Select(Visit)];

    private CelExpr Typed(CelExpr expr, CelType type) => expr with { Type = IsStrict ? type : CelType.Dyn };

    private static CelType LiteralType(CelKind kind) => kind switch
    {
        CelKind.Bool => CelType.Bool,
        CelKind.Int => CelType.Int,
        CelKind.Uint => CelType.Uint,
        CelKind.Double => CelType.Double,
        CelKind.String => CelType.String,
        CelKind.Bytes => CelType.Bytes,
        _ => CelType.Null,
    };

    private CelExpr ListLiteral(CelListLiteral list)
    {
        var items = Visit(list.Items);
        return Typed(list with { Items = items }, CelType.List(Joined(items)));
    }

    private CelType Joined(IEnumerable<CelExpr> exprs)
    {
        CelType? joined = null;
        foreach (var expr in exprs) joined = joined is null ? expr.Type : types.Join(joined, types.Resolve(expr.Type));
        return joined ?? types.Fresh();
    }

    private CelExpr MapLiteral(CelMapLiteral map)
    {
        var entries = map.Entries.Select(entry => new CelMapEntry(Visit(entry.Key), Visit(entry.Value))).ToArray();
        foreach (var key in entries.Select(entry => entry.Key))
        {
            var type = types.Resolve(key.Type);
            if (type.Kind is CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.String or CelKind.Dyn) continue;
            Report(key.At, $"A key of a map cannot be {type}.", "Keys are bool, int, uint or string.");
        }
        var (keys, values) = (Joined(entries.Select(e => e.Key)), Joined(entries.Select(e => e.Value)));
        return Typed(map with { Entries = entries }, CelType.Map(keys, values));
    }

    private CelExpr Comprehension(CelComprehension macro)
    {
        var range = Visit(macro.Range);
        var item = ItemType(macro, range);
        locals.Add(new(macro.Variable, locals.Count, IsStrict ? item : CelType.Dyn));
        var predicate = macro.Predicate is null ? null : Visit(macro.Predicate);
        var transform = macro.Transform is null ? null : Visit(macro.Transform);
        locals.RemoveAt(locals.Count - 1);
        if (predicate is not null && !types.Fits(predicate.Type, CelType.Bool))
            Report(predicate.At, $"The condition must be bool, and is {types.Settle(predicate.Type)}.");
        var type = macro.Macro switch
        {
            CelMacro.Map => CelType.List(transform!.Type),
            CelMacro.Filter => CelType.List(item),
            _ => CelType.Bool,
        };
        return Typed(
            macro with
            {
                Range = range,
                Predicate = predicate,
                Transform = transform,
                Slot = locals.Count,
                ItemType = item,
            },
            type);
    }

    private CelType ItemType(CelComprehension macro, CelExpr range)
    {
        switch (types.Resolve(range.Type).Inner)
        {
            case CelListType list:
                return types.Resolve(list.Item) is CelParameterType ? CelType.Dyn : list.Item;
            case CelMapType map:
                return types.Resolve(map.Key) is CelParameterType ? CelType.Dyn : map.Key;
            case { Kind: CelKind.Dyn or CelKind.Parameter }:
                return CelType.Dyn;
            case var other:
                Report(
                    macro.At,
                    $"'{Messages.Name(macro.Macro)}' goes over a list or the keys of a map, not over {other}.");
                return CelType.Dyn;
        }
    }

    /// <summary>The same tree with types that hold no parameters.</summary>
    private CelExpr Settle(CelExpr expr)
    {
        var type = types.Settle(expr.Type);
        return expr switch
        {
            CelSelect select => select with { Operand = Settle(select.Operand), Type = type },
            CelCall call => call with
            {
                Target = call.Target is null ? null : Settle(call.Target),
                Args = [.. call.Args.Select(Settle)],
                Type = type,
            },
            CelListLiteral list => list with { Items = [.. list.Items.Select(Settle)], Type = type },
            CelMapLiteral map => map with
            {
                Entries = [.. map.Entries.Select(e => new CelMapEntry(Settle(e.Key), Settle(e.Value)))],
                Type = type,
            },
            CelComprehension macro => macro with
            {
                Range = Settle(macro.Range),
                Predicate = macro.Predicate is null ? null : Settle(macro.Predicate),
                Transform = macro.Transform is null ? null : Settle(macro.Transform),
                ItemType = types.Settle(macro.ItemType),
                Type = type,
            },
            _ => expr with { Type = type },
        };
    }
}
