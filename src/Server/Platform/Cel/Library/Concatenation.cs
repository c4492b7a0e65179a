using Castellan.Platform.Cel.Evaluation;

namespace Castellan.Platform.Cel.Library;

/// <summary>The one operator that makes larger values, so the one that is bounded by their size.</summary>
internal static class Concatenation
{
    public static CelValue Of(ref Run run, string x, string y)
    {
        if (!run.PayText((long)x.Length + y.Length)) return run.Exhausted();
        return x.Length + (long)y.Length > run.Limits.TextLength ? TooLong(run.Limits) : CelValue.OfKnown(x + y);
    }

    public static CelValue Of(ref Run run, byte[] x, byte[] y)
    {
        if (!run.PayText((long)x.Length + y.Length)) return run.Exhausted();
        return x.Length + (long)y.Length > run.Limits.TextLength
            ? CelValue.Fail($"The bytes are more than {run.Limits.TextLength}.")
            : CelValue.Of([.. x, .. y]);
    }

    public static CelValue Of(ref Run run, CelList x, CelList y)
    {
        if ((long)x.Count + y.Count > run.Limits.Items)
            return CelValue.Fail($"A list has more than {run.Limits.Items} items.");
        if (!run.Pay(x.Count + y.Count)) return run.Exhausted();
        var items = new CelValue[x.Count + y.Count];
        for (var i = 0; i < x.Count; i++) items[i] = x[i];
        for (var i = 0; i < y.Count; i++) items[x.Count + i] = y[i];
        return CelValue.Of(items);
    }

    public static CelValue TooLong(CelLimits limits) => CelValue.Fail($"The text is longer than {limits.TextLength}.");
}
