using Castellan.Platform.Cel.Library;

namespace Castellan.Platform.Cel.Evaluation;

/// <summary>
/// Equality across types: numbers are equal where they are the same number, lists and maps where their parts are,
/// objects where they are one object; values of different types are unequal, and a NaN is equal to nothing.
/// </summary>
internal static class Equality
{
    /// <summary>Says false once the evaluation is exhausted, which makes the whole an error.</summary>
    public static bool AreEqual(ref Run run, in CelValue x, in CelValue y)
    {
        if (x.Kind != y.Kind) return Numbers.IsNumber(x) && Numbers.IsNumber(y) && Numbers.Compare(x, y) == 0;
        switch (x.Kind)
        {
            case CelKind.Null:
                return true;
            case CelKind.Bool or CelKind.Int or CelKind.Uint or CelKind.Duration:
                return x.AsInt == y.AsInt;
            case CelKind.Double:
                return Numbers.Compare(x, y) == 0;
            case CelKind.Timestamp:
                return Times.Compare(x, y) == 0;
            case CelKind.String:
                return run.PayText(Math.Min(x.AsString.Length, y.AsString.Length)) && x.AsString == y.AsString;
            case CelKind.Bytes:
                return run.PayText(Math.Min(x.AsBytes.Length, y.AsBytes.Length))
                    && x.AsBytes.AsSpan().SequenceEqual(y.AsBytes);
            case CelKind.List:
                return AreEqual(ref run, x.AsList, y.AsList);
            case CelKind.Map:
                return AreEqual(ref run, x.AsMap, y.AsMap);
            case CelKind.Type:
                return Types.AreEqual(x.AsType, y.AsType);
            default:
                return ReferenceEquals(x.AsObject, y.AsObject);
        }
    }

    private static bool AreEqual(ref Run run, CelList x, CelList y)
    {
        if (x.Count != y.Count) return false;
        for (var i = 0; i < x.Count; i++)
        {
            if (!run.Pay(1) || !AreEqual(ref run, x[i], y[i])) return false;
        }
        return true;
    }

    private static bool AreEqual(ref Run run, CelMap x, CelMap y)
    {
        if (x.Count != y.Count) return false;
        foreach (var key in x.Keys)
        {
            if (!run.Pay(1) || !x.TryGet(key, out var left) || !y.TryGet(key, out var right)) return false;
            if (!AreEqual(ref run, left, right)) return false;
        }
        return true;
    }
}
