using System.Text;
using Castellan.Platform.Cel.Evaluation;

namespace Castellan.Platform.Cel.Library;

/// <summary>Parts of texts, found and cut (strings extension). Positions and lengths are code points.</summary>
internal static class TextSearch
{
    public static CelValue OutOfRange(long index) => CelValue.Fail($"Index out of range: {index}.");

    public static CelValue IndexOf(ref Run run, ReadOnlySpan<CelValue> args)
    {
        if (!AreTexts(args[..2]) || !AreInts(args[2..])) return Mismatch.Value("indexOf", args);
        var (text, part) = (args[0].AsString, args[1].AsString);
        if (!run.PayText((long)text.Length + part.Length)) return run.Exhausted();
        var from = args.Length == 3 ? CodePoints.UnitAt(text, args[2].AsInt) : 0;
        if (from < 0) return OutOfRange(args[2].AsInt);
        return Place(text, text.IndexOf(part, from, StringComparison.Ordinal));
    }

    /// <summary>The last one that begins at the given place or before it.</summary>
    public static CelValue LastIndexOf(ref Run run, ReadOnlySpan<CelValue> args)
    {
        if (!AreTexts(args[..2]) || !AreInts(args[2..])) return Mismatch.Value("lastIndexOf", args);
        var (text, part) = (args[0].AsString, args[1].AsString);
        if (!run.PayText((long)text.Length + part.Length)) return run.Exhausted();
        var from = args.Length == 3 ? CodePoints.UnitAt(text, args[2].AsInt) : text.Length;
        if (from < 0) return OutOfRange(args[2].AsInt);
        var end = (int)Math.Min(text.Length, (long)from + part.Length);
        return Place(text, text.AsSpan(0, end).LastIndexOf(part));
    }

    public static CelValue Substring(ref Run run, ReadOnlySpan<CelValue> args)
    {
        if (!AreTexts(args[..1]) || !AreInts(args[1..])) return Mismatch.Value("substring", args);
        var text = args[0].AsString;
        if (!run.PayText(text.Length)) return run.Exhausted();
        var start = CodePoints.UnitAt(text, args[1].AsInt);
        if (start < 0) return OutOfRange(args[1].AsInt);
        var end = args.Length == 3 ? CodePoints.UnitAt(text, args[2].AsInt) : text.Length;
        if (end < 0) return OutOfRange(args[2].AsInt);
        return end < start
            ? CelValue.Fail($"The end of a part lies before its start: {args[1]}, {args[2]}.")
            : CelValue.OfKnown(text[start..end]);
    }

    /// <summary>At most as many parts as the limit says, none for 0, all for less.</summary>
    public static CelValue Split(ref Run run, ReadOnlySpan<CelValue> args)
    {
        if (!AreTexts(args[..2]) || !AreInts(args[2..])) return Mismatch.Value("split", args);
        var (text, separator) = (args[0].AsString, args[1].AsString);
        var limit = args.Length == 3 && args[2].AsInt >= 0 ? args[2].AsInt : long.MaxValue;
        if (!run.PayText((long)text.Length + separator.Length)) return run.Exhausted();
        var parts = new List<CelValue>();
        if (limit == 0) return CelValue.Of(CelArray.Empty);
        var at = 0;
        while (parts.Count < limit - 1 && Next(text, separator, at) is var (end, next))
        {
            parts.Add(CelValue.OfKnown(text[at..end]));
            at = next;
            if (!run.Pay(1)) return run.Exhausted();
            if (parts.Count >= run.Limits.Items) return CelValue.Fail(
                $"A list has more than {run.Limits.Items} items.");
        }
        if (separator.Length > 0 || at < text.Length) parts.Add(CelValue.OfKnown(text[at..]));
        return CelValue.Of([.. parts]);
    }

    /// <summary>As many as the limit says, all for less than 0.</summary>
    public static CelValue Replace(ref Run run, ReadOnlySpan<CelValue> args)
    {
        if (!AreTexts(args[..3]) || !AreInts(args[3..])) return Mismatch.Value("replace", args);
        var (text, old, with) = (args[0].AsString, args[1].AsString, args[2].AsString);
        var limit = args.Length == 4 && args[3].AsInt >= 0 ? args[3].AsInt : long.MaxValue;
        if (!run.PayText((long)text.Length + old.Length)) return run.Exhausted();
        var result = new StringBuilder();
        var at = 0;
        for (; limit > 0 && Found(text, old, at) is >= 0 and var found; limit--)
        {
            result.Append(text, at, found - at).Append(with);
            if (!run.PayText(with.Length)) return run.Exhausted();
            if (result.Length > run.Limits.TextLength) return Concatenation.TooLong(run.Limits);
            at = found + old.Length;
            if (old.Length > 0 || limit == 1) continue;
            // Nothing lies before every code point and at the end.
            if (at == text.Length) break;
            var length = char.IsHighSurrogate(text[at]) ? 2 : 1;
            result.Append(text, at, length);
            at += length;
        }
        result.Append(text, at, text.Length - at);
        return result.Length > run.Limits.TextLength
            ? Concatenation.TooLong(run.Limits) : CelValue.OfKnown(result.ToString());
    }

    private static int Found(string text, string old, int at) =>
        old.Length == 0 ? at : text.IndexOf(old, at, StringComparison.Ordinal);

    /// <summary>Where the next part ends and the one behind it begins; null if there is no separator left.</summary>
    private static (int End, int Next)? Next(string text, string separator, int at)
    {
        if (separator.Length > 0)
        {
            var found = text.IndexOf(separator, at, StringComparison.Ordinal);
            return found < 0 ? null : (found, found + separator.Length);
        }
        if (at == text.Length) return null;
        var end = at + (char.IsHighSurrogate(text[at]) ? 2 : 1);
        return (end, end);
    }

    private static CelValue Place(string text, int unit) =>
        CelValue.Of(unit < 0 ? -1L : CodePoints.Before(text, unit));

    private static bool AreTexts(ReadOnlySpan<CelValue> values) => AreOf(values, CelKind.String);

    private static bool AreInts(ReadOnlySpan<CelValue> values) => AreOf(values, CelKind.Int);

    private static bool AreOf(ReadOnlySpan<CelValue> values, CelKind kind)
    {
        foreach (var value in values)
        {
            if (value.Kind != kind) return false;
        }
        return true;
    }
}
