using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Castellan.Kernel;
using Castellan.Platform.Json;
using Castellan.Records.Bulk;
using Castellan.Records.Explain;
using Castellan.Records.History;
using Castellan.Records.Secrecy;

namespace Castellan.Records;

/// <summary>
/// One row of a collection as JSON: the system columns, then every property, null where it has no value; never a
/// secret.
/// </summary>
[JsonConverter(typeof(RecordConverter))]
internal sealed record Record(string Collection, string Id, long Version, RawJson Json) : IVersioned, IWrittenJson
{
    public Target Target => new("record", $"{Collection}/{Id}");

    public ReadOnlyMemory<byte> Utf8 => Json.Utf8;

    public Snapshot Snapshot() => new(Json.Utf8.ToArray());
}

internal sealed class RecordConverter : JsonConverter<Record>
{
    public override Record Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException();

    public override void Write(Utf8JsonWriter writer, Record value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Json.Utf8.Span, skipInputValidation: true);
}

/// <summary>
/// One page. <paramref name="Count"/> is there when it was asked for, and counts to a bound.
/// <paramref name="Withheld"/> is there in sandbox on the last page: how many of the tenant's first thousand records
/// the list rule keeps back.
/// </summary>
internal sealed record RecordPage(
    RawJson Items, string? NextCursor,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Count,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Withheld)
    : IWrittenJson
{
    [JsonIgnore]
    public ReadOnlyMemory<byte> Utf8
    {
        get
        {
            const int AroundItems = 120;
            var output = new JsonBytes(
                Wire.Encoder, Items.Utf8.Length + Encoding.UTF8.GetMaxByteCount(NextCursor?.Length ?? 0) + AroundItems);
            output.Raw("{\"items\":"u8);
            output.Raw(Items.Utf8.Span);
            output.Raw(",\"next_cursor\":"u8);
            if (NextCursor is null) output.Raw("null"u8);
            else output.Text(NextCursor);
            if (Count is { } count)
            {
                output.Raw(",\"count\":"u8);
                output.Number(count);
            }
            if (Withheld is { } withheld)
            {
                output.Raw(",\"withheld\":"u8);
                output.Number(withheld);
            }
            output.Raw("}"u8);
            return output.Written;
        }
    }
}

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(Record))]
[JsonSerializable(typeof(RecordPage))]
[JsonSerializable(typeof(Revealed))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(BulkResult))]
[JsonSerializable(typeof(ListOf<RecordVersion>))]
[JsonSerializable(typeof(Explanation))]
[JsonSerializable(typeof(Nothing))]
internal sealed partial class RecordsJson : JsonSerializerContext
{
    public static RecordsJson Wire { get; } = new(Kernel.Wire.Options);
}
