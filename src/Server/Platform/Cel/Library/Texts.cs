using System.Text;
using Castellan.Platform.Cel.Evaluation;

namespace Castellan.Platform.Cel.Library;

/// <summary>Functions of texts as wholes: the standard ones, and those of the strings extension.</summary>
internal static class Texts
{
    public static CelValue Contains(ref Run run, in CelValue text, in CelValue part) =>
        Asked(ref run, "contains", text, part, static (a, b) => a.Contains(b, StringComparison.Ordinal));

    public static CelValue StartsWith(ref Run run, in CelValue text, in CelValue part) =>
        Asked(ref run, "startsWith", text, part, static (a, b) => a.StartsWith(b, StringComparison.Ordinal));

    public static CelValue EndsWith(ref Run run, in CelValue text, in CelValue part) =>
        Asked(ref run, "endsWith", text, part, static (a, b) => a.EndsWith(b, StringComparison.Ordinal));

    /// <summary>With a pattern that only the evaluation knows: to compile it costs as much as many nodes.</summary>
    public static CelValue Matches(ref Run run, in CelValue text, in CelValue pattern)
    {
        const int CompileCost = 5_000;
        if (text.Kind != CelKind.String
            || pattern.Kind != CelKind.String) return Mismatch.Value("matches", text, pattern);
        if (!run.Pay(CompileCost) || !run.PayText(text.AsString.Length)) return run.Exhausted();
        var (regex, error) = Patterns.Compile(pattern.AsString, run.Limits);
        return regex is null ? error : Patterns.IsMatch(regex, text.AsString);
    }

    public static CelValue CharAt(ref Run run, in CelValue text, in CelValue index)
    {
        if (text.Kind != CelKind.String || index.Kind != CelKind.Int) return Mismatch.Value("charAt", text, index);
        if (!run.PayText(text.AsString.Length)) return run.Exhausted();
        var at = CodePoints.UnitAt(text.AsString, index.AsInt);
        if (at < 0) return TextSearch.OutOfRange(index.AsInt);
        if (at == text.AsString.Length) return CelValue.OfKnown("");
        return CelValue.OfKnown(text.AsString.Substring(at, char.IsHighSurrogate(text.AsString[at]) ? 2 : 1));
    }

    public static CelValue Join(ref Run run, in CelValue list, in CelValue separator)
    {
        if (list.Kind != CelKind.List
            || separator.Kind != CelKind.String) return Mismatch.Value("join", list, separator);
        var joined = new StringBuilder();
        for (var i = 0; i < list.AsList.Count; i++)
        {
            var item = list.AsList[i];
            if (item.Kind != CelKind.String) return item.IsError ? item : Mismatch.Value("join", item);
            if (i > 0) joined.Append(separator.AsString);
            joined.Append(item.AsString);
            if (!run.PayText(separator.AsString.Length + (long)item.AsString.Length)) return run.Exhausted();
            if (joined.Length > run.Limits.TextLength) return Concatenation.TooLong(run.Limits);
        }
        return CelValue.OfKnown(joined.ToString());
    }

    public static CelValue Lower(ref Run run, in CelValue text) =>
        Changed(ref run, "lowerAscii", text, static t => string.Create(t.Length, t, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsAsciiLetterUpper(from[i])
                ? (char)(from[i] | 0x20) : from[i];
        }));

    public static CelValue Upper(ref Run run, in CelValue text) =>
        Changed(ref run, "upperAscii", text, static t => string.Create(t.Length, t, static (to, from) =>
        {
            for (var i = 0; i < to.Length; i++) to[i] = char.IsAsciiLetterLower(from[i])
                ? (char)(from[i] & ~0x20) : from[i];
        }));

    /// <summary>White space as Unicode says.</summary>
    public static CelValue Trim(ref Run run, in CelValue text) => Changed(ref run, "trim", text, static t => t.Trim());

    public static CelValue Reverse(ref Run run, in CelValue text) => Changed(ref run, "reverse", text, static t =>
    {
        var reversed = new StringBuilder(t.Length);
        for (var end = t.Length; end > 0;)
        {
            var start = char.IsLowSurrogate(t[end - 1]) ? end - 2 : end - 1;
            reversed.Append(t, start, end - start);
            end = start;
        }
        return reversed.ToString();
    });

    /// <summary>As a literal in double quotes.</summary>
    public static CelValue Quote(ref Run run, in CelValue text) => Changed(ref run, "strings.quote", text, static t =>
    {
        var quoted = new StringBuilder(t.Length + 2).Append('"');
        foreach (var c in t)
        {
            _ = c switch
            {
                '\a' => quoted.Append("\\a"),
                '\b' => quoted.Append("\\b"),
                '\f' => quoted.Append("\\f"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '\v' => quoted.Append("\\v"),
                '\\' or '"' => quoted.Append('\\').Append(c),
                _ => quoted.Append(c),
            };
        }
        return quoted.Append('"').ToString();
    });

    private static CelValue Asked(
        ref Run run, string name, in CelValue text, in CelValue part, Func<string, string, bool> ask)
    {
        if (text.Kind != CelKind.String || part.Kind != CelKind.String) return Mismatch.Value(name, text, part);
        return run.PayText((long)text.AsString.Length + part.AsString.Length)
            ? CelValue.Of(ask(text.AsString, part.AsString))
            : run.Exhausted();
    }

    private static CelValue Changed(ref Run run, string name, in CelValue text, Func<string, string> change)
    {
        if (text.Kind != CelKind.String) return Mismatch.Value(name, text);
        if (!run.PayText(text.AsString.Length)) return run.Exhausted();
        var changed = change(text.AsString);
        return changed.Length > run.Limits.TextLength ? Concatenation.TooLong(run.Limits) : CelValue.OfKnown(changed);
    }
}
