using static Castellan.Platform.Cel.CelOperators;
using static Castellan.Platform.Cel.CelType;

namespace Castellan.Platform.Cel.Checking;

/// <summary>One overload of a function of the language; a method's first parameter is its receiver.</summary>
internal sealed record Overload(string Name, bool IsMethod, CelType[] Parameters, CelType Result);

/// <summary>
/// The types of what the language itself offers (langdef.md, List of Standard Definitions, and the strings
/// extension). Comparison of numbers of different types is left to dyn, like arithmetic.
/// </summary>
internal static class Declarations
{
    private static readonly CelType A = Parameter("A");
    private static readonly CelType B = Parameter("B");
    private static readonly CelType ListOfA = List(A);
    private static readonly CelType Texts = List(CelType.String);

    private static readonly ILookup<string, Overload> ByName =
        Operators().Concat(Conversions()).Concat(Functions()).Concat(TimeParts()).Concat(TextFunctions())
            .ToLookup(overload => overload.Name, StringComparer.Ordinal);

    /// <summary>The names that are types: <c>type(x) == int</c>.</summary>
    public static IReadOnlyDictionary<string, CelType> TypeNames { get; } =
        new Dictionary<string, CelType>(StringComparer.Ordinal)
        {
            ["bool"] = Bool,
            ["int"] = Int,
            ["uint"] = Uint,
            ["double"] = CelType.Double,
            ["string"] = CelType.String,
            ["bytes"] = Bytes,
            ["list"] = List(Dyn),
            ["map"] = Map(Dyn, Dyn),
            ["null_type"] = Null,
            ["type"] = TypeOf(Dyn),
            ["google.protobuf.Timestamp"] = Timestamp,
            ["google.protobuf.Duration"] = Duration,
        };

    public static IEnumerable<string> Names =>
        ByName.Select(group => group.Key).Where(name => char.IsAsciiLetter(name[0]));

    public static IEnumerable<Overload> Of(string name) => ByName[name];

    private static Overload F(string name, CelType result, params CelType[] parameters) =>
        new(name, false, parameters, result);

    private static Overload M(string name, CelType result, params CelType[] parameters) =>
        new(name, true, parameters, result);

    private static IEnumerable<Overload> Operators()
    {
        yield return F(And, Bool, Bool, Bool);
        yield return F(Or, Bool, Bool, Bool);
        yield return F(Not, Bool, Bool);
        yield return F(Conditional, A, Bool, A, A);
        yield return F(Equal, Bool, A, A);
        yield return F(NotEqual, Bool, A, A);
        yield return F(In, Bool, A, ListOfA);
        yield return F(In, Bool, A, Map(A, B));
        yield return F(CelOperators.Index, A, ListOfA, Int);
        yield return F(CelOperators.Index, B, Map(A, B), A);
        foreach (var name in new[] { Less, LessOrEqual, Greater, GreaterOrEqual })
        {
            foreach (var type in new[] { Bool, Int, Uint, CelType.Double, CelType.String, Bytes, Timestamp, Duration })
                yield return F(name, Bool, type, type);
        }
        foreach (var type in new[] { Int, Uint, CelType.Double })
        {
            foreach (var name in new[] { Add, Subtract, Multiply, Divide }) yield return F(name, type, type, type);
        }
        yield return F(Modulo, Int, Int, Int);
        yield return F(Modulo, Uint, Uint, Uint);
        yield return F(Negate, Int, Int);
        yield return F(Negate, CelType.Double, CelType.Double);
        foreach (var type in new[] { CelType.String, Bytes, ListOfA, Duration }) yield return F(Add, type, type, type);
        yield return F(Add, Timestamp, Timestamp, Duration);
        yield return F(Add, Timestamp, Duration, Timestamp);
        yield return F(Subtract, Duration, Timestamp, Timestamp);
        yield return F(Subtract, Timestamp, Timestamp, Duration);
        yield return F(Subtract, Duration, Duration, Duration);
    }

    private static IEnumerable<Overload> Conversions()
    {
        yield return F("dyn", Dyn, A);
        yield return F("type", TypeOf(A), A);
        foreach (var type in new[] { CelType.Double, CelType.String, Uint, Int, Timestamp })
            yield return F("int", Int, type);
        foreach (var type in new[] { CelType.Double, CelType.String, Uint, Int }) yield return F("uint", Uint, type);
        foreach (var type in new[] { CelType.Double, CelType.String, Uint, Int })
            yield return F("double", CelType.Double, type);
        foreach (var type in new[] { CelType.String, Bool, Int, Uint, CelType.Double, Bytes, Timestamp, Duration })
            yield return F("string", CelType.String, type);
        yield return F("bytes", Bytes, CelType.String);
        yield return F("bytes", Bytes, Bytes);
        yield return F("bool", Bool, CelType.String);
        yield return F("bool", Bool, Bool);
        foreach (var type in new[] { CelType.String, Timestamp, Int }) yield return F("timestamp", Timestamp, type);
        foreach (var type in new[] { CelType.String, Duration }) yield return F("duration", Duration, type);
    }

    private static IEnumerable<Overload> Functions()
    {
        foreach (var type in new[] { CelType.String, Bytes, ListOfA, Map(A, B) })
        {
            yield return F("size", Int, type);
            yield return M("size", Int, type);
        }
        yield return M("contains", Bool, CelType.String, CelType.String);
        yield return M("startsWith", Bool, CelType.String, CelType.String);
        yield return M("endsWith", Bool, CelType.String, CelType.String);
        yield return M("matches", Bool, CelType.String, CelType.String);
        yield return F("matches", Bool, CelType.String, CelType.String);
    }

    private static IEnumerable<Overload> TimeParts()
    {
        string[] ofTimes =
            ["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear",
             "getHours", "getMinutes", "getSeconds", "getMilliseconds"];
        foreach (var name in ofTimes)
        {
            yield return M(name, Int, Timestamp);
            yield return M(name, Int, Timestamp, CelType.String);
        }
        foreach (var name in ofTimes[6..]) yield return M(name, Int, Duration);
    }

    private static IEnumerable<Overload> TextFunctions()
    {
        yield return M("charAt", CelType.String, CelType.String, Int);
        foreach (var name in new[] { "indexOf", "lastIndexOf" })
        {
            yield return M(name, Int, CelType.String, CelType.String);
            yield return M(name, Int, CelType.String, CelType.String, Int);
        }
        yield return M("join", CelType.String, Texts);
        yield return M("join", CelType.String, Texts, CelType.String);
        foreach (var name in new[] { "lowerAscii", "upperAscii", "trim", "reverse" })
            yield return M(name, CelType.String, CelType.String);
        yield return F("strings.quote", CelType.String, CelType.String);
        yield return M("replace", CelType.String, CelType.String, CelType.String, CelType.String);
        yield return M("replace", CelType.String, CelType.String, CelType.String, CelType.String, Int);
        yield return M("split", Texts, CelType.String, CelType.String);
        yield return M("split", Texts, CelType.String, CelType.String, Int);
        yield return M("substring", CelType.String, CelType.String, Int);
        yield return M("substring", CelType.String, CelType.String, Int, Int);
        yield return M("format", CelType.String, CelType.String, List(Dyn));
    }
}
