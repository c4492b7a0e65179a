using System.Globalization;
using System.Text.Json.Nodes;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Library;

namespace Castellan.Tests.Platform.Cel;

/// <summary>Values for the variables of random expressions, for us and for another implementation.</summary>
internal sealed class RandomBindings : ICelActivation
{
    private static readonly CelType Ints = CelType.List(CelType.Int);
    private static readonly CelType Texts = CelType.List(CelType.String);
    private static readonly CelType Counts = CelType.Map(CelType.String, CelType.Int);
    private static readonly string[] Words =
        ["", "a", "ab", "abc", "xyz", "12", "-7", "1.5", "true", " a ", "\u00E9\u00FC", "a\nb", "it's \"q\" \\", "z9",
         "2030-01-31T12:00:00Z", "1970-01-01T00:00:00.123456789+02:00", "\0", "Europe/Berlin"];
    private static readonly long[] Edges =
        [0, 1, -1, 2, 3, 7, 60, -100, long.MaxValue, long.MinValue, 1L << 53, int.MaxValue];
    private static readonly double[] Reals =
        [0, -0.0, 1, -1, 1.5, 0.1, -2.75, 1e21, 1e-7, 1e308, 5e-324, 9223372036854775807, 123456.789];

    private readonly CelValue[] values;

    public RandomBindings(SeededNumbers numbers) => values = [.. Variables.Select(v => Value(numbers, v.Type))];

    public static IReadOnlyList<CelVariable> Variables { get; } =
    [
        new("b", CelType.Bool), new("c", CelType.Bool), new("i", CelType.Int), new("j", CelType.Int),
        new("u", CelType.Uint), new("d", CelType.Double), new("e", CelType.Double), new("s", CelType.String),
        new("t", CelType.String), new("y", CelType.Bytes), new("when", CelType.Timestamp),
        new("then", CelType.Timestamp), new("span", CelType.Duration), new("gap", CelType.Duration),
        new("ints", Ints), new("texts", Texts), new("counts", Counts),
    ];

    public static CelEnvironment Environment { get; } = new(Variables);

    public CelValue Variable(int index) => values[index];

    public JsonObject ToJson() => new(Variables.Select((v, i) =>
        KeyValuePair.Create(v.Name, (JsonNode?)Json(values[i]))));

    public static CelValue Value(SeededNumbers numbers, CelType type)
    {
        var pick = numbers.Below(3) == 0;
        return type.Kind switch
        {
            CelKind.Bool => CelValue.Of(numbers.Below(2) == 0),
            CelKind.Int => CelValue.Of(pick ? Edges[numbers.Below(Edges.Length)] : numbers.Below(12) - 3L),
            CelKind.Uint => CelValue.Of(pick
                ? (ulong)(Edges[numbers.Below(Edges.Length)] & long.MaxValue) : (ulong)numbers.Below(12)),
            CelKind.Double => CelValue.Of(Reals[numbers.Below(Reals.Length)]),
            CelKind.String => CelValue.Of(Words[numbers.Below(Words.Length)]),
            CelKind.Bytes => CelValue.Of(System.Text.Encoding.UTF8.GetBytes(Words[numbers.Below(Words.Length)])),
            CelKind.Timestamp => Times.Of(
                pick ? 253_402_300_799 - numbers.Below(3) : (long)(numbers.Bits() % 4_000_000_000) - 1_000_000_000,
                numbers.Below(2) * numbers.Below(1_000) * 1_000_000),
            CelKind.Duration => CelValue.OfDuration((long)numbers.Bits() >> numbers.Below(60)),
            CelKind.List => CelValue.Of([.. Enumerable.Range(0, numbers.Below(5)).Select(_ =>
                Value(numbers, ((CelListType)type).Item))]),
            _ => CelValue.Of(new CelEntries([.. "abc".Take(numbers.Below(4)).Select(
                key => KeyValuePair.Create(CelValue.Of(key.ToString()), Value(numbers, CelType.Int)))])),
        };
    }

    /// <summary>The form in which the judge reads and writes values.</summary>
    public static JsonObject Json(CelValue value)
    {
        static JsonObject Typed(string name, JsonNode? content) => new() { [name] = content };
        static JsonObject Time(long seconds, int nanos) =>
            new() { ["seconds"] = seconds.ToString(CultureInfo.InvariantCulture), ["nanos"] = nanos };
        return value.Kind switch
        {
            CelKind.Null => Typed("nullValue", null),
            CelKind.Bool => Typed("boolValue", value.AsBool),
            CelKind.Int => Typed("int64Value", value.AsInt.ToString(CultureInfo.InvariantCulture)),
            CelKind.Uint => Typed("uint64Value", value.AsUint.ToString(CultureInfo.InvariantCulture)),
            CelKind.Double => Typed("doubleValue", Numbers.Text(value.AsDouble)),
            CelKind.String => Typed("stringValue", value.AsString),
            CelKind.Bytes => Typed("bytesValue", Convert.ToBase64String(value.AsBytes)),
            CelKind.Timestamp => Typed("timestampValue", Time(value.Seconds, value.Nanos)),
            CelKind.Duration =>
                Typed("durationValue", Time(value.AsNanos / 1_000_000_000, (int)(value.AsNanos % 1_000_000_000))),
            CelKind.List => Typed("listValue", new JsonArray(
                [.. Enumerable.Range(0, value.AsList.Count).Select(i => Json(value.AsList[i]))])),
            CelKind.Map => Typed("mapValue", new JsonArray([.. value.AsMap.Keys.Select(key =>
            {
                value.AsMap.TryGet(key, out var content);
                return new JsonArray(Json(key), Json(content));
            })])),
            CelKind.Type => Typed("typeValue", value.AsType.ToString()),
            _ => new() { ["error"] = value.AsError.Message },
        };
    }
}
