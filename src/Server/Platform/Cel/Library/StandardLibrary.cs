using Castellan.Platform.Cel.Evaluation;

namespace Castellan.Platform.Cel.Library;

/// <summary>
/// What the language's functions do, by name and number of arguments; each looks at its values' types itself. Their
/// types are in <see cref="Checking.Declarations"/>.
/// </summary>
internal static class StandardLibrary
{
    public static Unary? One(string name, bool isMethod) => (name, isMethod) switch
    {
        (CelOperators.Negate, _) => Arithmetic.Negate,
        ("size", _) => Collections.Size,
        ("dyn", false) => (ref run, in value) => value,
        ("type", false) => (ref run, in value) => CelValue.Of(Types.Of(value)),
        ("int", false) => Conversions.ToInt,
        ("uint", false) => Conversions.ToUint,
        ("double", false) => Conversions.ToDouble,
        ("string", false) => Conversions.ToText,
        ("bytes", false) => Conversions.ToBytes,
        ("bool", false) => Conversions.ToBool,
        ("timestamp", false) => Conversions.ToTimestamp,
        ("duration", false) => Conversions.ToDuration,
        ("strings.quote", false) => Texts.Quote,
        ("lowerAscii", true) => Texts.Lower,
        ("upperAscii", true) => Texts.Upper,
        ("trim", true) => Texts.Trim,
        ("reverse", true) => Texts.Reverse,
        ("join", true) => (ref run, in list) => Texts.Join(ref run, list, CelValue.OfKnown("")),
        _ => isMethod && name.StartsWith("get", StringComparison.Ordinal) ? Part(name) : null,
    };

    public static Binary? Two(string name, bool isMethod) => (name, isMethod) switch
    {
        (CelOperators.Add, _) => Arithmetic.Add,
        (CelOperators.Subtract, _) => Arithmetic.Subtract,
        (CelOperators.Multiply, _) => Arithmetic.Multiply,
        (CelOperators.Divide, _) => Arithmetic.Divide,
        (CelOperators.Modulo, _) => Arithmetic.Modulo,
        (CelOperators.Less, _) => Ordering.Less,
        (CelOperators.LessOrEqual, _) => Ordering.LessOrEqual,
        (CelOperators.Greater, _) => Ordering.Greater,
        (CelOperators.GreaterOrEqual, _) => Ordering.GreaterOrEqual,
        (CelOperators.In, _) => Collections.In,
        (CelOperators.Index, _) => Collections.Index,
        ("contains", true) => Texts.Contains,
        ("startsWith", true) => Texts.StartsWith,
        ("endsWith", true) => Texts.EndsWith,
        ("matches", _) => Texts.Matches,
        ("charAt", true) => Texts.CharAt,
        ("join", true) => Texts.Join,
        ("format", true) => TextFormat.Format,
        _ => isMethod && name.StartsWith("get", StringComparison.Ordinal) ? PartInZone(name) : null,
    };

    public static Variadic? More(string name, bool isMethod, int count) => (name, isMethod, count) switch
    {
        ("indexOf", true, 2 or 3) => TextSearch.IndexOf,
        ("lastIndexOf", true, 2 or 3) => TextSearch.LastIndexOf,
        ("substring", true, 2 or 3) => TextSearch.Substring,
        ("split", true, 2 or 3) => TextSearch.Split,
        ("replace", true, 3 or 4) => TextSearch.Replace,
        _ => null,
    };

    private static Unary Part(string name) => (ref run, in value) => value.Kind switch
    {
        CelKind.Timestamp => Times.Part(name, value, zone: null),
        CelKind.Duration => Durations.Part(name, value),
        _ => Mismatch.Value(name, value),
    };

    private static Binary PartInZone(string name) => (ref run, in value, in zone) =>
        value.Kind == CelKind.Timestamp && zone.Kind == CelKind.String
            ? Times.Part(name, value, zone.AsString)
            : Mismatch.Value(name, value, zone);
}
