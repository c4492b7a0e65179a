using System.Text.Json;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Tables;

/// <summary>A property's JSON value as the typed value of its column. The schema has found it good.</summary>
internal static class ColumnValues
{
    public static SqlParameter Of(Field field, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined) return SqlParameter.Null(TypeOf(field));
        return field.Type switch
        {
            FieldType.String => SqlParameter.Of(value.GetString()!),
            FieldType.Integer => SqlParameter.Of(Whole(value)),
            FieldType.Number => SqlParameter.Of(value.GetDouble()),
            FieldType.Boolean => SqlParameter.Of(value.GetBoolean()),
            FieldType.Timestamp => SqlParameter.Of(Time(value.GetString()!)!.Value.ToUnixTimeMilliseconds()),
            _ => SqlParameter.Of(new Json(value.GetRawText())),
        };
    }

    /// <summary>Null where the value is of another type: an earlier version or a question may have one.</summary>
    public static SqlParameter OrNull(Field field, JsonElement value)
    {
        var fits = (field.Type, value.ValueKind) switch
        {
            (FieldType.Json, _) => true,
            (FieldType.String, JsonValueKind.String) => true,
            (FieldType.Integer, JsonValueKind.Number) => value.TryGetInt64(out _),
            (FieldType.Number, JsonValueKind.Number) => double.IsFinite(value.GetDouble()),
            (FieldType.Boolean, JsonValueKind.True or JsonValueKind.False) => true,
            (FieldType.Timestamp, JsonValueKind.String) => Time(value.GetString()!) is not null,
            _ => false,
        };
        return fits ? Of(field, value) : SqlParameter.Null(TypeOf(field));
    }

    public static SqlType TypeOf(Field field) => field.Type switch
    {
        _ when field.Secret => SqlType.Bytes,
        FieldType.String => SqlType.Text,
        FieldType.Integer or FieldType.Timestamp => SqlType.Int64,
        FieldType.Number => SqlType.Double,
        FieldType.Boolean => SqlType.Bool,
        _ => SqlType.Json,
    };

    /// <summary>Null where it is no RFC 3339 time, or finer than the milliseconds that are stored.</summary>
    public static DateTimeOffset? Time(string text) =>
        Rfc3339.TryParse(text, out var time) && time.Ticks % TimeSpan.TicksPerMillisecond == 0 ? time : null;

    /// <summary>1.0 and 1e2 are integers too (JSON Schema validation, section 6.1.1).</summary>
    private static long Whole(JsonElement value) =>
        value.TryGetInt64(out var whole) ? whole : checked((long)value.GetDecimal());
}
