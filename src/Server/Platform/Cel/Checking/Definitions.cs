using Castellan.Platform.Cel.Syntax;

namespace Castellan.Platform.Cel.Checking;

/// <summary>
/// Names that stand for expressions: they are put in their place before the check. Names in a definition mean what they
/// mean outermost, also where a macro's variable is called like one of them; a macro's variable called like a
/// definition hides it. Everything that comes of a name stands, for messages, where the name was written.
/// </summary>
internal sealed class Definitions
{
    private readonly IReadOnlyDictionary<string, string> sources;
    private readonly CelLimits limits;
    private readonly List<CelError> errors = [];
    private readonly List<string> open = [];
    private int nodes;

    private Definitions(CelEnvironment environment) =>
        (sources, limits) = (environment.Definitions, environment.Limits);

    public static (CelExpr Root, IReadOnlyList<CelError> Errors) Expand(CelExpr root, CelEnvironment environment)
    {
        if (environment.Definitions.Count == 0) return (root, []);
        var definitions = new Definitions(environment);
        var expanded = definitions.Visit(root, null, [], depth: 1);
        return (expanded, definitions.errors);
    }

    /// <param name="expr">As it was read.</param>
    /// <param name="at">The name that a definition was put in place of; null outside of one.</param>
    /// <param name="hidden">Variables of the macros around.</param>
    /// <param name="depth">Levels above, and itself.</param>
    private CelExpr Visit(CelExpr expr, CelPosition? at, string[] hidden, int depth)
    {
        if (++nodes > limits.Nodes || depth > limits.Depth)
        {
            const string TooLarge = "The expression is too large with its definitions.";
            if (errors.Count == 0) errors.Add(CelError.At(at ?? expr.At, TooLarge));
            return new CelLiteral(at ?? expr.At, CelValue.Null);
        }
        var placed = at is { } here ? expr with { At = here } : expr;
        if (placed is CelIdent ident) return Name(ident, isInside: at is not null, hidden, depth);
        if (placed is not CelComprehension macro)
            return placed.WithChildren(child => Visit(child, at, hidden, depth + 1));
        string[] within = [.. hidden, macro.Variable];
        return macro with
        {
            Range = Visit(macro.Range, at, hidden, depth + 1),
            Predicate = macro.Predicate is null ? null : Visit(macro.Predicate, at, within, depth + 1),
            Transform = macro.Transform is null ? null : Visit(macro.Transform, at, within, depth + 1),
        };
    }

    private CelExpr Name(CelIdent ident, bool isInside, string[] hidden, int depth)
    {
        if (hidden.Contains(ident.Name)) return ident;
        var name = ident.Name.TrimStart('.');
        if (!sources.TryGetValue(name, out var source))
            return isInside && ident.Name[0] != '.' ? ident with { Name = "." + ident.Name } : ident;
        if (open.Contains(name))
        {
            errors.Add(CelError.At(ident.At, $"The definition of '{name}' leads back to itself."));
            return new CelLiteral(ident.At, CelValue.Null);
        }
        var (parsed, wrong) = Parser.Parse(source, limits);
        if (parsed is null || wrong.Count > 0)
        {
            var message = $"The definition of '{name}' is wrong: {wrong[0].Message}";
            errors.Add(CelError.At(ident.At, message, wrong[0].Hint));
            return new CelLiteral(ident.At, CelValue.Null);
        }
        open.Add(name);
        var expanded = Visit(parsed, ident.At, [], depth);
        open.RemoveAt(open.Count - 1);
        return expanded;
    }
}
