using Castellan.Platform.Cel.Library;

namespace Castellan.Platform.Cel.Evaluation;

/// <summary>Makes the tree that is evaluated of the tree that was checked.</summary>
internal sealed class Planner(CelEnvironment environment)
{
    /// <summary>Variables of macros that are in use at once.</summary>
    public int Slots { get; private set; }

    public Node Plan(CelExpr expr) => expr switch
    {
        CelLiteral literal => new ConstantNode(literal.At, literal.Value),
        CelIdent ident => Ident(ident),
        CelSelect { Declared: { } field } select =>
            new FieldNode(select.At, Plan(select.Operand), field, select.TestOnly),
        CelSelect select => new SelectNode(select.At, Plan(select.Operand), select.Field, select.TestOnly),
        CelCall call => Call(call),
        CelListLiteral list => new ListNode(list.At, Plan(list.Items)),
        CelMapLiteral map => new MapNode(
            map.At, Plan([.. map.Entries.Select(e => e.Key)]), Plan([.. map.Entries.Select(e => e.Value)])),
        CelComprehension macro => Macro(macro),
        _ => throw new InvalidOperationException(expr.GetType().Name),
    };

    private Node[] Plan(IReadOnlyList<CelExpr> exprs) => [.. exprs.Select(Plan)];

    private static Node Ident(CelIdent ident) => ident.Binding switch
    {
        CelVariableBinding variable => new VariableNode(ident.At, variable.Index),
        CelLocalBinding local => new LocalNode(ident.At, local.Slot),
        CelTypeBinding type => new ConstantNode(ident.At, CelValue.Of(type.Named)),
        _ => new UnknownNode(ident.At, $"There is no variable '{ident.Name}'."),
    };

    private Node Call(CelCall call)
    {
        CelExpr[] all = call.Target is null ? [.. call.Args] : [call.Target, .. call.Args];
        var args = Plan(all);
        var overloads = environment.Overloads(call.Function)
            .Where(f => f.IsMethod == call.Target is not null && f.Parameters.Count == args.Length).ToArray();
        if (overloads.Length > 0) return new DeclaredNode(call.At, overloads, args);
        switch (call.Function)
        {
            case CelOperators.And:
                return new LogicNode(call.At, args[0], args[1], decisive: false);
            case CelOperators.Or:
                return new LogicNode(call.At, args[0], args[1], decisive: true);
            case CelOperators.Not:
                return new NotNode(call.At, args[0]);
            case CelOperators.Conditional:
                return new ConditionalNode(call.At, args[0], args[1], args[2]);
            case CelOperators.Equal:
                return new EqualNode(call.At, args[0], args[1], isNegated: false);
            case CelOperators.NotEqual:
                return new EqualNode(call.At, args[0], args[1], isNegated: true);
            case "matches" when args.Length == 2 && all[1] is CelLiteral { Value.Kind: CelKind.String } pattern:
                return new MatchNode(call.At, args[0], pattern.Value.AsString, environment.Limits);
        }
        return Standard(call, args);
    }

    private static Node Standard(CelCall call, Node[] args)
    {
        var isMethod = call.Target is not null;
        if (args.Length == 1 && StandardLibrary.One(call.Function, isMethod) is { } one)
            return new UnaryNode(call.At, one, args[0]);
        if (args.Length == 2 && StandardLibrary.Two(call.Function, isMethod) is { } two)
            return new BinaryNode(call.At, two, args[0], args[1]);
        if (StandardLibrary.More(call.Function, isMethod, args.Length) is { } more)
            return new VariadicNode(call.At, more, args);
        return new UnknownNode(call.At, $"No such overload: {call.Function} with {args.Length} arguments.");
    }

    private Node Macro(CelComprehension macro)
    {
        Slots = Math.Max(Slots, macro.Slot + 1);
        var range = Plan(macro.Range);
        var predicate = macro.Predicate is null ? null : Plan(macro.Predicate);
        var transform = macro.Transform is null ? null : Plan(macro.Transform);
        return macro.Macro switch
        {
            CelMacro.All => new QuantifierNode(macro.At, range, macro.Slot, predicate!, decisive: false),
            CelMacro.Exists => new QuantifierNode(macro.At, range, macro.Slot, predicate!, decisive: true),
            CelMacro.ExistsOne => new ExistsOneNode(macro.At, range, macro.Slot, predicate!),
            _ => new CollectNode(macro.At, range, macro.Slot, predicate, transform),
        };
    }
}
