using System.Globalization;
using System.Text.Json.Nodes;
using Castellan.Platform.Cel;
using Castellan.Platform.Cel.Library;

namespace Castellan.Tests.Platform.Cel;

/// <summary>Types and values of the specification's tests, which are protocol buffers written as JSON.</summary>
internal static class ConformanceValues
{
    private const string TypePrefix = "type.googleapis.com/";

    public static CelType Type(JsonNode node)
    {
        var (kind, value) = Only(node);
        return kind switch
        {
            "primitive" => Named(value!.ToString()),
            "wrapper" => CelType.Nullable(Named(value!.ToString())),
            "wellKnown" or "messageType" => Named(value!.ToString()),
            "listType" => CelType.List(Part(value!, "elemType")),
            "mapType" => CelType.Map(Part(value!, "keyType"), Part(value!, "valueType")),
            "typeParam" => CelType.Parameter(value!.ToString()),
            "type" => CelType.TypeOf(value is JsonObject { Count: > 0 } ? Type(value) : CelType.Dyn),
            "null" => CelType.Null,
            "dyn" => CelType.Dyn,
            _ => throw new NotSupportedException(kind),
        };
    }

    public static CelValue Value(JsonNode node)
    {
        var (kind, value) = Only(node);
        return kind switch
        {
            "nullValue" => CelValue.Null,
            "boolValue" => CelValue.Of(value!.GetValue<bool>()),
            "int64Value" => CelValue.Of(long.Parse(value!.ToString(), CultureInfo.InvariantCulture)),
            "uint64Value" => CelValue.Of(ulong.Parse(value!.ToString(), CultureInfo.InvariantCulture)),
            "doubleValue" => CelValue.Of(Double(value!.ToString())),
            "stringValue" => CelValue.Of(value!.ToString()),
            "bytesValue" => CelValue.Of(Convert.FromBase64String(value!.ToString())),
            "listValue" => CelValue.Of([.. (value!["values"]?.AsArray() ?? []).Select(item => Value(item!))]),
            "mapValue" => CelValue.Of(new CelEntries(
                [.. (value!["entries"]?.AsArray() ?? []).Select(e =>
                    KeyValuePair.Create(Value(e!["key"]!), Value(e["value"]!)))])),
            "typeValue" => CelValue.Of(TypeOfName(value!.ToString())),
            "objectValue" => Object(value!),
            _ => throw new NotSupportedException(kind),
        };
    }

    /// <summary>The same value of the same type; a NaN is the same as a NaN.</summary>
    public static bool AreSame(CelValue x, CelValue y)
    {
        if (x.Kind != y.Kind) return false;
        return x.Kind switch
        {
            CelKind.Double => x.AsDouble.Equals(y.AsDouble),
            CelKind.String => x.AsString == y.AsString,
            CelKind.Bytes => x.AsBytes.AsSpan().SequenceEqual(y.AsBytes),
            CelKind.Type => x.AsType.Kind == y.AsType.Kind,
            CelKind.List => x.AsList.Count == y.AsList.Count
                && Enumerable.Range(0, x.AsList.Count).All(i => AreSame(x.AsList[i], y.AsList[i])),
            CelKind.Map => x.AsMap.Count == y.AsMap.Count && x.AsMap.Keys.All(key =>
                y.AsMap.TryGet(key, out var right) && x.AsMap.TryGet(key, out var left) && AreSame(left, right)
                && y.AsMap.Keys.Any(other => AreSame(key, other))),
            CelKind.Timestamp => x.Seconds == y.Seconds && x.Nanos == y.Nanos,
            _ => x.AsInt == y.AsInt,
        };
    }

    private static CelType Part(JsonNode type, string name) => type[name] is { } part ? Type(part) : CelType.Dyn;

    private static (string Kind, JsonNode? Value) Only(JsonNode node)
    {
        var (kind, value) = node.AsObject().Single();
        return (kind, value);
    }

    private static CelType Named(string name) => name switch
    {
        "BOOL" => CelType.Bool,
        "INT64" => CelType.Int,
        "UINT64" => CelType.Uint,
        "DOUBLE" => CelType.Double,
        "STRING" => CelType.String,
        "BYTES" => CelType.Bytes,
        "TIMESTAMP" or "google.protobuf.Timestamp" => CelType.Timestamp,
        "DURATION" or "google.protobuf.Duration" => CelType.Duration,
        _ => throw new NotSupportedException(name),
    };

    private static CelType TypeOfName(string name) => name switch
    {
        "list" => CelType.List(CelType.Dyn),
        "map" => CelType.Map(CelType.Dyn, CelType.Dyn),
        "type" => CelType.TypeOf(CelType.Dyn),
        "null_type" => CelType.Null,
        "google.protobuf.Timestamp" or "google.protobuf.Duration" => Named(name),
        _ => Named(name.ToUpperInvariant() + (name.EndsWith("int", StringComparison.Ordinal) ? "64" : "")),
    };

    private static CelValue Object(JsonNode value) => (value["@type"]!.ToString()[TypePrefix.Length..]) switch
    {
        "google.protobuf.Timestamp" => Times.Parse(value["value"]!.ToString()),
        "google.protobuf.Duration" => Durations.Parse(value["value"]!.ToString()),
        var other => throw new NotSupportedException(other),
    };

    private static double Double(string text) => text switch
    {
        "Infinity" => double.PositiveInfinity,
        "-Infinity" => double.NegativeInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
