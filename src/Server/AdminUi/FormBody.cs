using System.Globalization;
using System.Text.Json.Nodes;

namespace Castellan.AdminUi;

/// <summary>Makes an operation's body from the fields of a form.</summary>
internal static class FormBody
{
    /// <summary>Text fields as they were typed; an empty one is null.</summary>
    public static JsonObject Body(this AdminCall call, params string[] fields)
    {
        var body = new JsonObject();
        foreach (var field in fields) body[field] = call.Field(field) is { Length: > 0 } text ? text : null;
        return body;
    }

    /// <summary>Adds a list that was typed one entry per line.</summary>
    public static JsonObject Lines(this JsonObject body, AdminCall call, string field)
    {
        var lines =
            call.Field(field).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        body[field] = new JsonArray([.. lines.Select(line => JsonValue.Create(line))]);
        return body;
    }

    /// <summary>Adds the ticked ones of several boxes.</summary>
    public static JsonObject Ticked(this JsonObject body, AdminCall call, string field)
    {
        body[field] = new JsonArray([.. call.Form![field].Select(value => JsonValue.Create(value))]);
        return body;
    }

    public static JsonObject Flag(this JsonObject body, AdminCall call, string field)
    {
        body[field] = call.Field(field) == "on";
        return body;
    }

    /// <summary>Adds a number; what is none goes as it was typed, and the operation says so.</summary>
    public static JsonObject Number(this JsonObject body, AdminCall call, string field)
    {
        if (call.Field(field) is { Length: > 0 } text)
        {
            var isNumber =
                long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
            body[field] = isNumber ? JsonValue.Create(number) : JsonValue.Create(text);
        }
        return body;
    }

    /// <summary>Adds a secret as it was typed, white space and all.</summary>
    public static JsonObject Secret(this JsonObject body, AdminCall call, string field)
    {
        body[field] = call.Form![field].ToString();
        return body;
    }
}
