namespace Castellan.Platform.Cel.Library;

/// <summary>Types as values: the coarse ones that an evaluation knows.</summary>
internal static class Types
{
    private static readonly CelType AnyList = CelType.List(CelType.Dyn);
    private static readonly CelType AnyMap = CelType.Map(CelType.Dyn, CelType.Dyn);
    private static readonly CelType AnyType = CelType.TypeOf(CelType.Dyn);

    public static CelType Of(in CelValue value) => value.Kind switch
    {
        CelKind.Null => CelType.Null,
        CelKind.Bool => CelType.Bool,
        CelKind.Int => CelType.Int,
        CelKind.Uint => CelType.Uint,
        CelKind.Double => CelType.Double,
        CelKind.String => CelType.String,
        CelKind.Bytes => CelType.Bytes,
        CelKind.Timestamp => CelType.Timestamp,
        CelKind.Duration => CelType.Duration,
        CelKind.List => AnyList,
        CelKind.Map => AnyMap,
        CelKind.Object => value.AsObject.Type,
        CelKind.Type => AnyType,
        _ => CelType.Dyn,
    };

    /// <summary>One list type is like another, since values do not say what they may hold.</summary>
    public static bool AreEqual(CelType left, CelType right) =>
        left.Kind == right.Kind && (left.Kind != CelKind.Object || left == right);

    /// <summary>Whether a value is of a declared type, as coarsely as an evaluation can tell.</summary>
    public static bool Fits(in CelValue value, CelType type) => type.Kind switch
    {
        CelKind.Dyn or CelKind.Parameter => true,
        CelKind.Nullable => value.IsNull || Fits(value, type.Inner),
        CelKind.Object => value.Kind == CelKind.Object && value.AsObject.Type == type,
        _ => value.Kind == type.Kind,
    };
}
