namespace Castellan.Platform.Cel;

/// <summary>What a checked tree looks at, so that what does not depend on a row can be evaluated without one.</summary>
internal static class CelDependencies
{
    /// <summary>
    /// The variables of the environment that <paramref name="expr"/> reads, those included that its variables and
    /// functions are declared to read.
    /// </summary>
    public static IReadOnlySet<string> Reads(this CelExpr expr)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in expr.All())
        {
            switch (node)
            {
                case CelIdent { Binding: CelVariableBinding { Variable: var variable } }:
                    found.Add(variable.Name);
                    found.UnionWith(variable.Reads);
                    break;
                case CelCall { Declared: { } function }:
                    found.UnionWith(function.Reads);
                    break;
            }
        }
        return found;
    }

    public static bool DependsOn(this CelExpr expr, string variable) => expr.Reads().Contains(variable);

    /// <summary>
    /// Whether it uses the variable of a macro that stands around it: then it has no value of its own.
    /// </summary>
    public static bool UsesOuterLocals(this CelExpr expr)
    {
        var own = expr.All().OfType<CelComprehension>().Select(macro => macro.Slot).ToHashSet();
        return expr.All().Any(node => node is CelIdent { Binding: CelLocalBinding local } && !own.Contains(local.Slot));
    }

    /// <summary>The node and everything below it, from the top.</summary>
    public static IEnumerable<CelExpr> All(this CelExpr expr)
    {
        var open = new Stack<CelExpr>([expr]);
        while (open.TryPop(out var node))
        {
            yield return node;
            foreach (var child in node.Children().Reverse()) open.Push(child);
        }
    }

    /// <summary>What stands directly below, in the order of the source.</summary>
    public static IEnumerable<CelExpr> Children(this CelExpr expr) => expr switch
    {
        CelSelect select => [select.Operand],
        CelCall { Target: { } target } call => [target, .. call.Args],
        CelCall call => call.Args,
        CelListLiteral list => list.Items,
        CelMapLiteral map => map.Entries.SelectMany(entry => new[] { entry.Key, entry.Value }),
        CelComprehension macro => new[] { macro.Range, macro.Predicate, macro.Transform }.OfType<CelExpr>(),
        _ => [],
    };
}
