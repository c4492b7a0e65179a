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
internal sealed record Record(string Collection, string Id, long Version, RawJson Json) : IVersioned
{
    public Target Target => new("record", $"{Collection}/{Id}");

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
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Withheld);

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
