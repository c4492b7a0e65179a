namespace Castellan.Platform.Cel.Syntax;

/// <summary>The macros (langdef.md, Macros): calls whose arguments are not values.</summary>
internal sealed partial class Parser
{
    private Tree Has(Token name, IReadOnlyList<CelExpr> args, int depth)
    {
        if (args is [CelSelect { TestOnly: false } select])
            return Node(select with { TestOnly = true }, depth - 1);
        Fail(name.At, "has() asks for one field.", "Write has(record.field).");
        return Node(new CelLiteral(name.At, CelValue.Null));
    }

    /// <summary>Null where it is an ordinary call.</summary>
    private Tree? Macro(Token name, Tree range, IReadOnlyList<CelExpr> args, int depth)
    {
        CelMacro? kind = name.Text switch
        {
            "all" => CelMacro.All,
            "exists" => CelMacro.Exists,
            "exists_one" => CelMacro.ExistsOne,
            "map" => CelMacro.Map,
            "filter" => CelMacro.Filter,
            _ => null,
        };
        if (kind is not { } macro || (args.Count != 2 && !(args.Count == 3 && macro == CelMacro.Map))) return null;
        if (args[0] is not CelIdent variable || variable.Name[0] == '.')
        {
            Fail(args[0].At, $"{name.Text}() names its variable first.", $"Write list.{name.Text}(x, ... x ...).");
            return range;
        }
        var transform = macro == CelMacro.Map ? args[^1] : null;
        var predicate = macro == CelMacro.Map && args.Count == 2 ? null : args[1];
        return Node(
            new CelComprehension(name.At, macro, range.Expr, variable.Name, predicate, transform),
            Math.Max(range.Depth, depth));
    }
}
