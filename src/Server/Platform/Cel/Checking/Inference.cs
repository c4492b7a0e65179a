namespace Castellan.Platform.Cel.Checking;

/// <summary>
/// What the type parameters of declarations stand for in one expression. A parameter is bound when a type is assigned
/// to it, and widened when a more general one follows.
/// </summary>
internal sealed class Inference
{
    private readonly Dictionary<string, CelType> bound = new(StringComparer.Ordinal);

    /// <summary>What was bound before, to be put back where one of several assignments fails.</summary>
    private readonly Stack<(string Name, CelType? Before)> trail = new();

    private int made;

    public CelType Fresh() => CelType.Parameter($"_{made++}");

    /// <summary>The same types with parameters of this call's own.</summary>
    public CelType[] Instance(IReadOnlyList<CelType> types)
    {
        var own = new Dictionary<string, CelType>(StringComparer.Ordinal);
        return [.. types.Select(type => Rename(type, own))];
    }

    /// <summary>
    /// Whether values of each type may stand where the other is asked for; binds nothing if one may not.
    /// </summary>
    public bool Assign(IReadOnlyList<CelType> from, IReadOnlyList<CelType> to)
    {
        trail.Clear();
        for (var i = 0; i < from.Count; i++)
        {
            if (Assign(from[i], to[i])) continue;
            while (trail.TryPop(out var change)) Restore(change.Name, change.Before);
            return false;
        }
        return true;
    }

    private void Set(string name, CelType type)
    {
        trail.Push((name, bound.GetValueOrDefault(name)));
        bound[name] = type;
    }

    private void Restore(string name, CelType? before)
    {
        if (before is null) bound.Remove(name);
        else bound[name] = before;
    }

    public bool Fits(CelType from, CelType to) => Assign([from], [to]);

    /// <summary>The type of what is one or the other: the more general of two that fit, else dyn.</summary>
    public CelType Join(CelType left, CelType right)
    {
        if (left.Kind == CelKind.Null && right.Kind != CelKind.Null) return CelType.Nullable(right);
        if (right.Kind == CelKind.Null && left.Kind != CelKind.Null) return CelType.Nullable(left);
        if (Fits(right, left)) return IsWider(right, left) ? right : left;
        return Fits(left, right) ? right : CelType.Dyn;
    }

    /// <summary>With every parameter replaced by what it stands for; by dyn where nothing determined it.</summary>
    public CelType Settle(CelType type) => Resolve(type) switch
    {
        CelParameterType => CelType.Dyn,
        CelListType list => CelType.List(Settle(list.Item)),
        CelMapType map => CelType.Map(Settle(map.Key), Settle(map.Value)),
        CelNullableType nullable => CelType.Nullable(Settle(nullable.Of)),
        CelTypeType of => CelType.TypeOf(Settle(of.Of)),
        var plain => plain,
    };

    /// <summary>What a parameter stands for; its parts may still hold parameters.</summary>
    public CelType Resolve(CelType type)
    {
        while (type is CelParameterType parameter && bound.TryGetValue(parameter.Name, out var found)) type = found;
        return type;
    }

    private CelType Rename(CelType type, Dictionary<string, CelType> own)
    {
        switch (type)
        {
            case CelParameterType parameter:
                if (!own.TryGetValue(parameter.Name, out var renamed)) own[parameter.Name] = renamed = Fresh();
                return renamed;
            case CelListType list:
                return CelType.List(Rename(list.Item, own));
            case CelMapType map:
                return CelType.Map(Rename(map.Key, own), Rename(map.Value, own));
            case CelTypeType of:
                return CelType.TypeOf(Rename(of.Of, own));
            default:
                return type;
        }
    }

    private bool Assign(CelType from, CelType to)
    {
        if (Last(from) is { } free && Last(to) is { } other && free == other) return true;
        if (Last(to) is { } target) return Bind(target, from);
        if (Last(from) is { } source) return Bind(source, to);
        if (from.IsDyn || to.IsDyn) return true;
        if (from.Kind == CelKind.Null || to.Kind == CelKind.Null) return to.IsNullable && (from.Kind == CelKind.Null);
        if (from.IsNullable || to.IsNullable) return Assign(from.Inner, to.Inner);
        return (from, to) switch
        {
            (CelListType a, CelListType b) => Assign(a.Item, b.Item),
            (CelMapType a, CelMapType b) => Assign(a.Key, b.Key) && Assign(a.Value, b.Value),
            (CelTypeType, CelTypeType) => true,
            _ => from == to,
        };
    }

    /// <summary>The last of a chain of parameters, which holds the type or none.</summary>
    private string? Last(CelType type)
    {
        if (type is not CelParameterType parameter) return null;
        while (bound.GetValueOrDefault(parameter.Name) is CelParameterType following) parameter = following;
        return parameter.Name;
    }

    private bool Bind(string name, CelType type)
    {
        // Of two parameters the one without a type follows the other.
        if (Last(type) is { } other && !bound.ContainsKey(other) && bound.ContainsKey(name))
            (name, type) = (other, CelType.Parameter(name));
        if (!bound.TryGetValue(name, out var now))
        {
            if (Holds(type, name)) return false;
            Set(name, type);
            return true;
        }
        var resolved = Resolve(type);
        if (Assign(resolved, now))
        {
            if (IsWider(resolved, now)) Set(name, resolved);
            return true;
        }
        if (!Assign(now, resolved)) return false;
        Set(name, resolved);
        return true;
    }

    private static bool IsWider(CelType type, CelType than) => (type, than) switch
    {
        (_, { Kind: CelKind.Dyn }) => false,
        ({ Kind: CelKind.Dyn }, _) => true,
        ({ Kind: CelKind.Nullable }, { Kind: not CelKind.Nullable }) => true,
        (CelListType a, CelListType b) => IsWider(a.Item, b.Item),
        (CelMapType a, CelMapType b) => IsWider(a.Key, b.Key) || IsWider(a.Value, b.Value),
        _ => false,
    };

    /// <summary>A parameter cannot stand for a type that it is part of.</summary>
    private bool Holds(CelType type, string name) => Resolve(type) switch
    {
        CelParameterType parameter => parameter.Name == name,
        CelListType list => Holds(list.Item, name),
        CelMapType map => Holds(map.Key, name) || Holds(map.Value, name),
        CelTypeType of => Holds(of.Of, name),
        CelNullableType nullable => Holds(nullable.Of, name),
        _ => false,
    };
}
