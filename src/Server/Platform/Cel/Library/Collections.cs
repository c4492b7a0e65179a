using Castellan.Platform.Cel.Evaluation;

namespace Castellan.Platform.Cel.Library;

/// <summary>Sizes, items and keys.</summary>
internal static class Collections
{
    public static CelValue Size(ref Run run, in CelValue value)
    {
        switch (value.Kind)
        {
            case CelKind.String:
                run.PayText(value.AsString.Length);
                return CelValue.Of((long)CelText.Length(value.AsString));
            case CelKind.Bytes:
                return CelValue.Of((long)value.AsBytes.Length);
            case CelKind.List:
                return CelValue.Of((long)value.AsList.Count);
            case CelKind.Map:
                return CelValue.Of((long)value.AsMap.Count);
            default:
                return Mismatch.Value("size", value);
        }
    }

    public static CelValue In(ref Run run, in CelValue item, in CelValue container)
    {
        switch (container.Kind)
        {
            case CelKind.Map:
                return CelValue.Of(IsKey(item) && container.AsMap.TryGet(item, out _));
            case CelKind.List:
                var list = container.AsList;
                for (var i = 0; i < list.Count; i++)
                {
                    if (!run.Pay(1)) return run.Exhausted();
                    if (Equality.AreEqual(ref run, item, list[i])) return CelValue.True;
                }
                return CelValue.False;
            default:
                return Mismatch.Value("_in_", item, container);
        }
    }

    public static CelValue Index(ref Run run, in CelValue container, in CelValue index)
    {
        switch (container.Kind)
        {
            case CelKind.Map when IsKey(index):
                return container.AsMap.TryGet(index, out var found) ? found : CelValue.Fail($"No such key: {index}.");
            case CelKind.List when Numbers.IsNumber(index):
                var list = container.AsList;
                if (index.Kind == CelKind.Double && index.AsDouble != Math.Floor(index.AsDouble)) break;
                var isInside = Numbers.Compare(index, CelValue.Of(0L)) is 0 or 1
                    && Numbers.Compare(index, CelValue.Of((long)list.Count)) == -1;
                if (!isInside) return CelValue.Fail($"Index out of bounds: {index}.");
                return list[index.Kind == CelKind.Double ? (int)index.AsDouble : (int)index.AsInt];
        }
        return Mismatch.Value("_[_]", container, index);
    }

    /// <summary>Also a double: it finds the integer that equals it.</summary>
    private static bool IsKey(in CelValue value) => value.Kind is CelKind.Bool or CelKind.String
        || Numbers.IsNumber(value);
}
