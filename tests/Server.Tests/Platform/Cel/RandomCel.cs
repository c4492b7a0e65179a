using Castellan.Platform.Cel;
using static Castellan.Platform.Cel.CelOperators;

namespace Castellan.Tests.Platform.Cel;

/// <summary>
/// Expressions that the checker accepts, of a wanted type, over the variables of <see cref="RandomBindings"/>: all
/// operators, macros and functions, with a taste for the edges of numbers. What the second implementation is known to
/// do differently (<see cref="Disagreements"/>) is left out.
/// </summary>
internal sealed class RandomCel(SeededNumbers numbers)
{
    private const int DepthMax = 4;

    private static readonly CelPosition At = new(1, 1);
    private static readonly CelType Ints = CelType.List(CelType.Int);
    private static readonly CelType Texts = CelType.List(CelType.String);
    private static readonly CelType Counts = CelType.Map(CelType.String, CelType.Int);
    private static readonly CelType[] Scalars =
        [CelType.Bool, CelType.Int, CelType.Uint, CelType.Double, CelType.String, CelType.Bytes, CelType.Timestamp,
            CelType.Duration];
    private static readonly CelType[] All = [.. Scalars, Ints, Texts, Counts];
    private static readonly CelType[] Printed =
        [CelType.Bool, CelType.Int, CelType.Uint, CelType.String, CelType.Bytes];
    private static readonly string[] Patterns = ["a", "^a.*b$", "[a-c]+", "\\d{2,3}", "(x|y)*z", "^$", "."];
    private static readonly string[] Zones = ["+00:00", "02:00", "+05:30", "-11:00"];

    private static readonly string[] Parts =
        ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours",
            "getMinutes", "getSeconds",
         "getMilliseconds"];
    private static readonly string[] Times =
        ["2030-01-31T12:00:00Z", "1970-01-01T00:00:00.123456789+02:00", "9999-12-31T23:59:59.999999999Z",
            "0001-01-01T00:00:00Z"];

    private readonly List<(string Name, CelType Type)> locals = [];

    public CelExpr Next()
    {
        locals.Clear();
        return Of(Any(All), 0);
    }

    private T Any<T>(IReadOnlyList<T> choices) => choices[numbers.Below(choices.Count)];

    private CelExpr Of(CelType type, int depth)
    {
        var isDeep = depth >= DepthMax || numbers.Below(6) == 0;
        if (isDeep) return numbers.Below(2) == 0 ? Variable(type) : Literal(type, depth);
        if (numbers.Below(12) == 0) return Call(Conditional, Of(CelType.Bool, depth + 1), Of(type, depth + 1),
            Of(type, depth + 1));
        return type.Kind switch
        {
            CelKind.Bool => Bool(depth + 1),
            CelKind.Int => Int(depth + 1),
            CelKind.Uint => Uint(depth + 1),
            CelKind.Double => Double(depth + 1),
            CelKind.String => Text(depth + 1),
            CelKind.Bytes => Bytes(depth + 1),
            CelKind.Timestamp => Timestamp(depth + 1),
            CelKind.Duration => Duration(depth + 1),
            CelKind.List => List(type, depth + 1),
            _ => Literal(type, depth + 1),
        };
    }

    private CelIdent Variable(CelType type)
    {
        var names = RandomBindings.Variables.Where(v => v.Type == type).Select(v => v.Name)
            .Concat(locals.Where(l => l.Type == type).Select(l => l.Name)).ToArray();
        return new CelIdent(At, Any(names));
    }

    private CelExpr Literal(CelType type, int depth)
    {
        CelExpr Plain(CelValue value) => new CelLiteral(At, value);
        switch (type.Kind)
        {
            case CelKind.Timestamp or CelKind.Duration:
                return Variable(type);
            case CelKind.List:
                return new CelListLiteral(At, Several(numbers.Below(4), _ => Of(((CelListType)type).Item, depth + 1)));
            case CelKind.Map:
                return new CelMapLiteral(At, Several(numbers.Below(3), i => new CelMapEntry(
                    Plain(CelValue.Of("abc"[i].ToString())), Of(CelType.Int, depth + 1))));
            default:
                return Plain(RandomBindings.Value(numbers, type));
        }
    }

    private static T[] Several<T>(int count, Func<int, T> make) => [.. Enumerable.Range(0, count).Select(make)];

    private static CelCall Call(string function, params CelExpr[] args) => new CelCall(At, function, null, args);

    private static CelCall Method(CelExpr target, string function, params CelExpr[] args) =>
        new CelCall(At, function, target, args);

    private CelExpr Bool(int depth)
    {
        switch (numbers.Below(14))
        {
            case 0 or 1:
                return Call(Any([And, Or]), Of(CelType.Bool, depth), Of(CelType.Bool, depth));
            case 2:
                return Call(Not, Of(CelType.Bool, depth));
            case 3 or 4:
                var type = Any(All);
                return Call(Any([Equal, NotEqual]), Of(type, depth), Of(type, depth));
            case 5 or 6:
                var ordered = Any(Scalars);
                return Call(Any([Less, LessOrEqual, Greater, GreaterOrEqual]), Of(ordered, depth), Of(ordered, depth));
            case 7:
                var item = Any([CelType.Int, CelType.String]);
                return Call(In, Of(item, depth), Of(CelType.List(item), depth));
            case 8:
                return Call(In, Of(CelType.String, depth), Of(Counts, depth));
            case 9:
                return Method(Of(CelType.String, depth), Any(["contains", "startsWith", "endsWith"]),
                    Of(CelType.String, depth));
            case 10:
                return Method(Of(CelType.String, depth), "matches", new CelLiteral(At, CelValue.Of(Any(Patterns))));
            case 11:
                return Macro(Any([CelMacro.All, CelMacro.Exists, CelMacro.ExistsOne]), depth);
            case 12:
                // What only the evaluation knows.
                return Call(Any([Equal, Less, GreaterOrEqual, And]), Dynamic(depth), Dynamic(depth));
            default:
                return new CelSelect(At, Of(Counts, depth), Any(["a", "b", "z"]), TestOnly: true);
        }
    }

    private CelCall Dynamic(int depth) => Call("dyn", Of(Any(Scalars), depth));

    private CelExpr Int(int depth) => numbers.Below(13) switch
    {
        0 or 1 or 2 => Call(Any([Add, Subtract, Multiply, Divide]), Of(CelType.Int, depth), Of(CelType.Int, depth)),
        3 => numbers.Below(2) == 0
            ? Call(Negate, Call(Add, Of(CelType.Int, depth), Of(CelType.Int, depth)))
            : Call(Modulo, Of(CelType.Int, depth), new CelLiteral(At, CelValue.Of(numbers.Below(5) * 3L))),
        4 => Call("size", Of(Any([CelType.String, CelType.Bytes, Ints, Texts, Counts]), depth)),
        5 => Call("int", Of(Any([CelType.Double, CelType.Uint, CelType.Timestamp, CelType.Int]), depth)),
        6 => Call(CelOperators.Index, Of(Ints, depth), Of(CelType.Int, depth)),
        7 => Call(CelOperators.Index, Of(Counts, depth), Of(CelType.String, depth)),
        8 => new CelSelect(At, Of(Counts, depth), Any(["a", "b", "z"]), TestOnly: false),
        9 => Method(Variable(CelType.Timestamp), Any(Parts)),
        10 => Method(Variable(CelType.Timestamp), Any(Parts), new CelLiteral(At, CelValue.Of(Any(Zones)))),
        11 => Method(Of(CelType.Duration, depth), Any(["getHours", "getMinutes", "getSeconds", "getMilliseconds"])),
        _ => Method(Of(CelType.String, depth), Any(["indexOf", "lastIndexOf"]), Of(CelType.String, depth)),
    };

    private CelCall Uint(int depth) => numbers.Below(4) == 0
        ? Call("uint", Of(Any([CelType.Int, CelType.Double, CelType.Uint]), depth))
        : Call(Any([Add, Subtract, Multiply, Divide, Modulo]), Of(CelType.Uint, depth), Of(CelType.Uint, depth));

    private CelCall Double(int depth) => numbers.Below(5) switch
    {
        0 => Call("double", numbers.Below(4) == 0
            ? new CelLiteral(At, CelValue.Of(Any(["1.5", "-7", "1e300", "0.1"])))
            : Of(Any([CelType.Int, CelType.Uint, CelType.Double]), depth)),
        1 => Call(Negate, Of(CelType.Double, depth)),
        _ => Call(Any([Add, Subtract, Multiply, Divide]), Of(CelType.Double, depth), Of(CelType.Double, depth)),
    };

    private CelCall Text(int depth) => numbers.Below(11) switch
    {
        0 or 1 => Call(Add, Of(CelType.String, depth), Of(CelType.String, depth)),
        2 => Call("string", Of(Any(Printed), depth)),
        3 => Method(Of(CelType.String, depth), Any(["lowerAscii", "upperAscii", "trim"])),
        4 => Method(Of(CelType.String, depth), "charAt", Of(CelType.Int, depth)),
        5 => Method(Of(CelType.String, depth), "substring", Of(CelType.Int, depth), Of(CelType.Int, depth)),
        6 => Method(Of(CelType.String, depth), "replace", new CelLiteral(At, CelValue.Of(Any(["a", "b", "ab",
            "1"]))), Of(CelType.String, depth)),
        7 => Method(Of(Texts, depth), "join", Of(CelType.String, depth)),
        8 => Call(CelOperators.Index, Of(Texts, depth), Of(CelType.Int, depth)),
        9 => Method(new CelIdent(At, "strings"), "quote", new CelLiteral(At, CelValue.Of(Any(["a", "\"", "\\",
            "\n\t", "\u00E9"])))),
        _ => Method(
            new CelLiteral(At, CelValue.Of(Any(["%s|%d", "%d-%s%%", "%x%s", "%s%b"]))), "format",
            new CelListLiteral(At, [Of(Any(Printed), depth), Of(Any(Printed), depth)])),
    };

    private CelCall Bytes(int depth) => numbers.Below(2) == 0
        ? Call(Add, Of(CelType.Bytes, depth), Of(CelType.Bytes, depth))
        : Call("bytes", Of(CelType.String, depth));

    private CelCall Timestamp(int depth) => numbers.Below(4) switch
    {
        0 => Call("timestamp", numbers.Below(2) == 0
            ? new CelLiteral(At, CelValue.Of(Any(Times)))
            : Of(CelType.Timestamp, depth)),
        1 => Call(Subtract, Of(CelType.Timestamp, depth), Of(CelType.Duration, depth)),
        2 => Call(Add, Of(CelType.Duration, depth), Of(CelType.Timestamp, depth)),
        _ => Call(Add, Of(CelType.Timestamp, depth), Of(CelType.Duration, depth)),
    };

    private CelCall Duration(int depth) => numbers.Below(4) switch
    {
        0 => Call("duration", new CelLiteral(At, CelValue.Of(Any(["1h", "1.5s", "-3m", "1ns", "100h30m", "0"])))),
        1 => Call(Subtract, Of(CelType.Timestamp, depth), Of(CelType.Timestamp, depth)),
        _ => Call(Any([Add, Subtract]), Of(CelType.Duration, depth), Of(CelType.Duration, depth)),
    };

    private CelExpr List(CelType type, int depth) => numbers.Below(5) switch
    {
        0 => Call(Add, Of(type, depth), Of(type, depth)),
        1 => Macro(CelMacro.Map, depth, ((CelListType)type).Item),
        2 => Macro(CelMacro.Filter, depth, ((CelListType)type).Item),
        3 when type == Texts => Method(Of(CelType.String, depth), "split", Of(CelType.String, depth)),
        _ => Literal(type, depth),
    };

    private CelComprehension Macro(CelMacro macro, int depth, CelType? result = null)
    {
        var item = macro == CelMacro.Filter ? result! : Any([CelType.Int, CelType.String]);
        var range = item == CelType.String && macro != CelMacro.Filter && numbers.Below(4) == 0
            ? Of(Counts, depth)
            : Of(CelType.List(item), depth);
        var name = $"x{locals.Count}";
        locals.Add((name, item));
        var predicate = macro == CelMacro.Map && numbers.Below(2) == 0 ? null : Of(CelType.Bool, depth);
        var transform = macro == CelMacro.Map ? Of(result!, depth) : null;
        locals.RemoveAt(locals.Count - 1);
        return new CelComprehension(At, macro, range, name, predicate, transform);
    }
}
