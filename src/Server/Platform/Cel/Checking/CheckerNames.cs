namespace Castellan.Platform.Cel.Checking;

/// <summary>
/// Names and fields (langdef.md, Name Resolution): the longest qualified name that is a variable wins.
/// </summary>
internal sealed partial class Checker
{
    private CelExpr Ident(CelIdent ident)
    {
        var local = locals.FindLast(l => l.Name == ident.Name);
        if (local is not null) return Typed(ident with { Binding = new CelLocalBinding(local.Slot) }, local.Type);
        if (Named(ident.At, ident.Name) is { } found) return found;
        if (IsStrict)
        {
            var names = locals.Select(l => l.Name).Concat(environment.Variables.Select(v => v.Name))
                .Concat(environment.Definitions.Keys).ToHashSet();
            var hint = environment.Overloads(ident.Name).Any() || Declarations.Of(ident.Name).Any()
                ? $"It is a function: {ident.Name}(...)."
                : Nearest.Hint(ident.Name, names, "variable");
            Report(ident.At, $"There is no variable '{ident.Name}'.", hint);
        }
        return Typed(ident with { Binding = new CelUnknownBinding() }, CelType.Dyn);
    }

    /// <summary>
    /// The variable or type of that name in the container's scopes, from the innermost; null if there is none.
    /// </summary>
    private CelIdent? Named(CelPosition at, string name)
    {
        foreach (var candidate in Candidates(name))
        {
            var ident = new CelIdent(at, name);
            if (environment.Variable(candidate) is { } variable)
                return (CelIdent)Typed(ident with { Binding = variable }, variable.Variable.Type);
            if (Declarations.TypeNames.TryGetValue(candidate, out var type))
                return (CelIdent)Typed(ident with { Binding = new CelTypeBinding(type) }, CelType.TypeOf(type));
        }
        return null;
    }

    private IEnumerable<string> Candidates(string name)
    {
        if (name[0] == '.')
        {
            yield return name[1..];
            yield break;
        }
        for (var scope = environment.Container; scope.Length > 0; scope = scope[..Math.Max(scope.LastIndexOf('.'), 0)])
            yield return $"{scope}.{name}";
        yield return name;
    }

    /// <summary><c>a.b.c</c> as one name; null where it begins with anything else than a name from outside.</summary>
    private string? Qualified(CelExpr expr) => expr switch
    {
        CelIdent ident => locals.Exists(l => l.Name == ident.Name) ? null : ident.Name,
        CelSelect { TestOnly: false } select => Qualified(select.Operand) is { } name ? $"{name}.{select.Field}" : null,
        _ => null,
    };

    private CelExpr Select(CelSelect select)
    {
        if (Qualified(select) is { } name && Named(select.At, name) is { } found) return found;
        var operand = Visit(select.Operand);
        var (type, field) = FieldOf(select, types.Resolve(operand.Type).Inner);
        return Typed(
            select with { Operand = operand, Declared = field }, select.TestOnly ? CelType.Bool : type);
    }

    private (CelType Type, CelField? Field) FieldOf(CelSelect select, CelType operand)
    {
        switch (operand)
        {
            case CelObjectType declared:
                if (declared.Fields.TryGetValue(select.Field, out var field)) return (field.Type, field);
                Report(
                    select.At, $"{declared.Name} has no field '{select.Field}'.",
                    Nearest.Hint(select.Field, [.. declared.Fields.Keys], "field"));
                return (CelType.Dyn, null);
            case CelMapType map:
                if (!types.Fits(CelType.String, map.Key))
                    Report(select.At, $"The keys of this map are {types.Settle(map.Key)}.", "Write map[key].");
                return (map.Value, null);
            case { Kind: CelKind.Dyn or CelKind.Parameter }:
                return (CelType.Dyn, null);
            case CelListType:
                Report(
                    select.At, $"A list has no field '{select.Field}'.",
                    $"Ask its items: list.exists(x, x.{select.Field} == ...).");
                return (CelType.Dyn, null);
            default:
                Report(select.At, $"A value of type {operand} has no fields.", MethodHint(select.Field));
                return (CelType.Dyn, null);
        }
    }

    private string? MethodHint(string name) =>
        Declarations.Of(name).Any(overload => overload.IsMethod) ? $"It is a method: .{name}(...)." : null;
}
