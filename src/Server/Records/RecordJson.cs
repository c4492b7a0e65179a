using System.Text;
using System.Text.Json;
using Castellan.Contracts;
using Castellan.Contracts.Tables;
using Castellan.Platform.Json;
using Castellan.Platform.Storage;

namespace Castellan.Records;

/// <summary>Drafts as the JSON that a read of them would give, and back.</summary>
internal static class RecordJson
{
    public static Record Of(RecordDraft draft)
    {
        var columns = RecordColumns.All(draft.Collection);
        var output = columns.Output(1);
        foreach (ref readonly var column in columns.Columns)
        {
            output.Raw(column.Key);
            Write(output, column.Type, Value(draft, column.Name));
        }
        output.Raw("}"u8);
        return new Record(draft.Collection.Name, draft.Id, draft.Version, new RawJson(output.Written));
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

    private static void Write(JsonBytes output, FieldType type, SqlParameter value)
    {
        if (value.IsNull)
        {
            output.Raw("null"u8);
            return;
        }
        switch (type)
        {
            case FieldType.String:
                output.Text((string)value.Object!);
                break;
            case FieldType.Integer:
                output.Number(value.Number);
                break;
            case FieldType.Number:
                output.Number(BitConverter.Int64BitsToDouble(value.Number));
                break;
            case FieldType.Boolean:
                output.Boolean(value.Number != 0);
                break;
            case FieldType.Timestamp:
                output.Time(DateTimeOffset.FromUnixTimeMilliseconds(value.Number));
                break;
            default:
                output.Raw(Encoding.UTF8.GetBytes((string)value.Object!));
                break;
        }
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static DateTimeOffset Time(JsonElement json, string name) =>
        ColumnValues.Time(json.GetProperty(name).GetString()!)!.Value;
}
