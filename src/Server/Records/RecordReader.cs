using System.Buffers;
using System.Text.Json;
using Castellan.Contracts;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Records;

/// <summary>
/// What clients send as the typed values of a record. Every problem of it is found at once: unknown and server-set
/// fields, then all that the collection's schema says.
/// </summary>
internal static class RecordReader
{
    /// <summary>Sets what the server would set, where a client sends it back unchanged.</summary>
    public delegate string? SystemValue(string column);

    /// <summary>
    /// A whole record. Null counts as absent, as everywhere; where <paramref name="withDefaults"/>, what is absent gets
    /// its default.
    /// </summary>
    public static IReadOnlyList<SqlParameter> Read(
        CompiledCollection collection, JsonElement body, bool withDefaults, SystemValue system,
        List<FieldProblem> problems)
    {
        var document = Plain(collection, body, withDefaults, system, problems);
        foreach (var failure in collection.Schema.Validate(document))
            problems.Add(new FieldProblem(failure.Pointer, failure.Code, failure.Detail, failure.Fix));
        return problems.Count > 0 ? [] : Values(collection, document, problems);
    }

    /// <summary>
    /// JSON Merge Patch (RFC 7396) of the stored document: null removes, objects merge, anything else replaces.
    /// </summary>
    public static JsonElement Merge(JsonElement target, JsonElement patch)
    {
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output)) WriteMerged(writer, target, patch);
        return JsonElement.Parse(output.WrittenSpan);
    }

    private static void WriteMerged(Utf8JsonWriter writer, JsonElement target, JsonElement patch)
    {
        if (patch.ValueKind is not JsonValueKind.Object)
        {
            patch.WriteTo(writer);
            return;
        }
        writer.WriteStartObject();
        if (target.ValueKind is JsonValueKind.Object)
        {
            foreach (var member in target.EnumerateObject().Where(m => !patch.TryGetProperty(m.Name, out _)))
                member.WriteTo(writer);
        }
        foreach (var member in patch.EnumerateObject().Where(m => m.Value.ValueKind is not JsonValueKind.Null))
        {
            writer.WritePropertyName(member.Name);
            var old = target.ValueKind is JsonValueKind.Object && target.TryGetProperty(member.Name, out var found)
                ? found
                : default;
            WriteMerged(writer, old, member.Value);
        }
        writer.WriteEndObject();
    }

    /// <summary>The properties alone, without nulls; the body itself where it is so already.</summary>
    private static JsonElement Plain(
        CompiledCollection collection, JsonElement body, bool withDefaults, SystemValue system,
        List<FieldProblem> problems)
    {
        var isPlain = true;
        foreach (var member in body.EnumerateObject())
        {
            if (member.Value.ValueKind is JsonValueKind.Null) isPlain = false;
            if (!SystemColumns.Names.Contains(member.Name)) continue;
            isPlain = false;
            CheckSystem(member, system, problems);
        }
        var missing = withDefaults ? collection.Defaults.Where(f => !HasValue(body, f.Name)).ToList() : [];
        if (isPlain && missing.Count == 0) return body;
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output))
        {
            writer.WriteStartObject();
            foreach (var member in body.EnumerateObject().Where(m =>
                m.Value.ValueKind is not JsonValueKind.Null && !SystemColumns.Names.Contains(m.Name)))
            {
                member.WriteTo(writer);
            }
            foreach (var field in missing)
            {
                writer.WritePropertyName(field.Name);
                field.Default.WriteTo(writer);
            }
            writer.WriteEndObject();
        }
        return JsonElement.Parse(output.WrittenSpan);
    }

    /// <summary>
    /// Owner, tenant and the like come from the credential. A client that sends something else was told wrong, by a
    /// person or by a model, and learns it here.
    /// </summary>
    private static void CheckSystem(JsonProperty member, SystemValue system, List<FieldProblem> problems)
    {
        var (sent, real) = (TextOf(member.Value), system(member.Name));
        if (sent == real || (sent is null && real is null)) return;
        problems.Add(new FieldProblem("/" + member.Name, "set_by_server",
            $"'{member.Name}' is set by the server: {real ?? "it has no value yet"}.",
            "Leave it out. Owner, tenant and times come from the credential and the clock."));
    }

    private static SqlParameter[] Values(
        CompiledCollection collection, JsonElement document, List<FieldProblem> problems)
    {
        var fields = collection.Collection.Fields;
        var values = new SqlParameter[fields.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var value = document.TryGetProperty(fields[i].Name, out var found) ? found : default;
            if (Unstorable(fields[i], value) is { } problem) problems.Add(problem);
            else values[i] = ColumnValues.Of(fields[i], value);
        }
        return values;
    }

    /// <summary>What a schema lets through and a column does not hold exactly.</summary>
    private static FieldProblem? Unstorable(Field field, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return null;
        if (field.Type is FieldType.Timestamp && ColumnValues.Time(value.GetString()!) is null)
        {
            return new FieldProblem("/" + field.Name, "not_a_time",
                $"'{field.Name}' is not an RFC 3339 time of at most milliseconds.",
                "Send a time such as 2026-01-31T09:30:00.250Z.");
        }
        if (field.Type is FieldType.Integer
            && (!value.TryGetDecimal(out var whole) || Math.Abs(whole) > Limits.IntegerMax))
        {
            return new FieldProblem("/" + field.Name, "out_of_range",
                $"'{field.Name}' is beyond 2^53 - 1, where JSON programs differ.", "Send it as a string.");
        }
        return field.Type is FieldType.Number && !double.IsFinite(value.GetDouble())
            ? new FieldProblem("/" + field.Name, "out_of_range", $"'{field.Name}' is larger than any double.",
                "Send a smaller number, or a string.")
            : null;
    }

    private static bool HasValue(JsonElement body, string name) =>
        body.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null;

    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => value.GetString(),
        _ => value.GetRawText(),
    };
}
