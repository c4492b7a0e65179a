using System.Globalization;
using System.Text.Json;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Tables;

/// <summary>
/// How a value is brought to another type, by way of its JSON text. Only what loses nothing is converted: 3.5 becomes
/// no integer, and "abc" no number.
/// </summary>
internal static class ValueConversion
{
    /// <summary>A stored value as JSON text.</summary>
    public static string Read(Row row, Field field) => field.Type switch
    {
        FieldType.String => $"\"{JsonEncodedText.Encode(row.Text())}\"",
        FieldType.Integer => row.Int64().ToString(CultureInfo.InvariantCulture),
        FieldType.Number => row.Double().ToString("R", CultureInfo.InvariantCulture),
        FieldType.Boolean => row.Bool() ? "true" : "false",
        FieldType.Timestamp => $"\"{Rfc3339.Format(row.Time())}\"",
        _ => row.Text(),
    };

    /// <summary>The typed value of the column, or null where it does not fit.</summary>
    public static SqlParameter? To(Field field, string json)
    {
        var value = JsonElement.Parse(json);
        if (field.Type is FieldType.Json) return SqlParameter.Of(new Json(json));
        if (field.Type is FieldType.String) return SqlParameter.Of(TextOf(value));
        var text = TextOf(value);
        return field.Type switch
        {
            FieldType.Boolean => text switch
            {
                "true" => SqlParameter.Of(true),
                "false" => SqlParameter.Of(false),
                _ => null,
            },
            FieldType.Timestamp => ColumnValues.Time(text) is { } time
                ? SqlParameter.Of(time.ToUnixTimeMilliseconds())
                : null,
            FieldType.Integer => Whole(text) is { } whole ? SqlParameter.Of(whole) : null,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number) ? SqlParameter.Of(number) : null,
        };
    }

    private static string TextOf(JsonElement value) =>
        value.ValueKind is JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static long? Whole(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && decimal.IsInteger(number) && Math.Abs(number) <= Limits.IntegerMax ? (long)number : null;
}
