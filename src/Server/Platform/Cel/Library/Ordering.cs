using Castellan.Platform.Cel.Evaluation;

namespace Castellan.Platform.Cel.Library;

/// <summary>Less and greater: among numbers of any type, else among values of one type. A NaN is neither.</summary>
internal static class Ordering
{
    public static CelValue Less(ref Run run, in CelValue x, in CelValue y) =>
        TryCompare(ref run, x, y, out var order) ? CelValue.Of(order == -1) : Mismatch.Value("_<_", x, y);

    public static CelValue LessOrEqual(ref Run run, in CelValue x, in CelValue y) =>
        TryCompare(ref run, x, y, out var order) ? CelValue.Of(order is -1 or 0) : Mismatch.Value("_<=_", x, y);

    public static CelValue Greater(ref Run run, in CelValue x, in CelValue y) =>
        TryCompare(ref run, x, y, out var order) ? CelValue.Of(order == 1) : Mismatch.Value("_>_", x, y);

    public static CelValue GreaterOrEqual(ref Run run, in CelValue x, in CelValue y) =>
        TryCompare(ref run, x, y, out var order) ? CelValue.Of(order is 0 or 1) : Mismatch.Value("_>=_", x, y);

    /// <param name="run">Pays for text.</param>
    /// <param name="x">The left one.</param>
    /// <param name="y">The right one.</param>
    /// <param name="order">-1, 0, 1, or <see cref="Numbers.Unordered"/>.</param>
    private static bool TryCompare(ref Run run, in CelValue x, in CelValue y, out int order)
    {
        order = 0;
        if (Numbers.IsNumber(x) && Numbers.IsNumber(y))
        {
            order = Numbers.Order(x, y);
            order = order == Numbers.Unordered ? order : Math.Sign(order);
            return true;
        }
        if (x.Kind != y.Kind) return false;
        switch (x.Kind)
        {
            case CelKind.Bool or CelKind.Duration:
                order = x.AsInt.CompareTo(y.AsInt);
                break;
            case CelKind.Timestamp:
                order = Times.Compare(x, y);
                break;
            case CelKind.String:
                run.PayText(Math.Min(x.AsString.Length, y.AsString.Length));
                order = Math.Sign(CelText.Compare(x.AsString, y.AsString));
                break;
            case CelKind.Bytes:
                run.PayText(Math.Min(x.AsBytes.Length, y.AsBytes.Length));
                order = Math.Sign(x.AsBytes.AsSpan().SequenceCompareTo(y.AsBytes));
                break;
            default:
                return false;
        }
        return true;
    }
}
