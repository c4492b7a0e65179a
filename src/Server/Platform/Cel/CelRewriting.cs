namespace Castellan.Platform.Cel;

/// <summary>New trees from old ones.</summary>
internal static class CelRewriting
{
    /// <summary>The same node with what <paramref name="rewrite"/> makes of each that stands directly below.</summary>
    public static CelExpr WithChildren(this CelExpr expr, Func<CelExpr, CelExpr> rewrite) => expr switch
    {
        CelSelect select => select with { Operand = rewrite(select.Operand) },
        CelCall call => call with
        {
            Target = call.Target is null ? null : rewrite(call.Target),
            Args = [.. call.Args.Select(rewrite)],
        },
        CelListLiteral list => list with { Items = [.. list.Items.Select(rewrite)] },
        CelMapLiteral map => map with
        {
            Entries = [.. map.Entries.Select(entry => new CelMapEntry(rewrite(entry.Key), rewrite(entry.Value)))],
        },
        CelComprehension macro => macro with
        {
            Range = rewrite(macro.Range),
            Predicate = macro.Predicate is null ? null : rewrite(macro.Predicate),
            Transform = macro.Transform is null ? null : rewrite(macro.Transform),
        },
        _ => expr,
    };
}
