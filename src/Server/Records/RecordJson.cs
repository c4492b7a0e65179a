using System.Buffers;
using System.Text.Json;
using Castellan.Contracts;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform.Json;
using Castellan.Platform.Storage;

namespace Castellan.Records;

/// <summary>Drafts as the JSON that a read of them would give, and back.</summary>
internal static class RecordJson
{
    private static readonly JsonWriterOptions Written = new() { Encoder = Wire.Encoder, SkipValidation = true };

    public static Record Of(RecordDraft draft)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using var writer = new Utf8JsonWriter(output, Written);
        writer.WriteStartObject();
        foreach (var (name, type) in RecordColumns.Of(draft.Collection.Collection))
        {
            writer.WritePropertyName(name);
            Write(writer, type, Value(draft, name));
        }
        writer.WriteEndObject();
        writer.Flush();
        return new Record(draft.Collection.Name, draft.Id, draft.Version, new RawJson(output.WrittenMemory));
    }

    /// <summary>The stored record as a draft. Secrets, which it does not show, are null.</summary>
    public static RecordDraft Draft(RecordCall call, Record record, JsonElement document = default)
    {
        var json = document.ValueKind is JsonValueKind.Object ? document : JsonElement.Parse(record.Json.Utf8.Span);
        var fields = call.Collection.Collection.Fields;
        return new RecordDraft(
            call.Collection, call.Scope.Tenant, record.Id, Text(json, SystemColumns.WorkspaceId),
            Text(json, SystemColumns.OwnerId), record.Version, Time(json, SystemColumns.CreatedAt),
            Time(json, SystemColumns.UpdatedAt),
            [
                .. fields.Select(f =>
                    ColumnValues.OrNull(f, json.TryGetProperty(f.Name, out var value) ? value : default)),
            ]);
    }

    private static SqlParameter Value(RecordDraft draft, string name) => name switch
    {
        SystemColumns.Id => SqlParameter.Of(draft.Id),
        SystemColumns.TenantId => SqlParameter.Of(draft.Tenant.Value),
        SystemColumns.WorkspaceId => new SqlParameter(SqlType.Text, 0, draft.Workspace),
        SystemColumns.OwnerId => new SqlParameter(SqlType.Text, 0, draft.Owner),
        SystemColumns.Version => SqlParameter.Of(draft.Version),
        SystemColumns.CreatedAt => SqlParameter.Of(draft.CreatedAt.ToUnixTimeMilliseconds()),
        SystemColumns.UpdatedAt => SqlParameter.Of(draft.UpdatedAt.ToUnixTimeMilliseconds()),
        _ => draft.Values[draft.Collection.IndexOf(name)],
    };

    private static void Write(Utf8JsonWriter writer, FieldType type, SqlParameter value)
    {
        if (value.IsNull)
        {
            writer.WriteNullValue();
            return;
        }
        switch (type)
        {
            case FieldType.String:
                writer.WriteStringValue((string)value.Object!);
                break;
            case FieldType.Integer:
                writer.WriteNumberValue(value.Number);
                break;
            case FieldType.Number:
                writer.WriteNumberValue(BitConverter.Int64BitsToDouble(value.Number));
                break;
            case FieldType.Boolean:
                writer.WriteBooleanValue(value.Number != 0);
                break;
            case FieldType.Timestamp:
                RecordColumns.WriteTime(DateTimeOffset.FromUnixTimeMilliseconds(value.Number), writer);
                break;
            default:
                writer.WriteRawValue((string)value.Object!, skipInputValidation: true);
                break;
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static DateTimeOffset Time(JsonElement json, string name) =>
        ColumnValues.Time(json.GetProperty(name).GetString()!)!.Value;
}
