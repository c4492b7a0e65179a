using System.Text.Json;
using System.Text.Json.Serialization;
using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Records.Bulk;

/// <summary>One item of a bulk call, as it was sent.</summary>
internal sealed record BulkItem(BulkVerb Verb, string? Id, IReadOnlyList<string> On, JsonElement Record);

internal enum BulkVerb
{
    Create,
    Update,
    Upsert,
    Delete,
}

internal sealed record BulkRecords(string Collection, IReadOnlyList<BulkItem> Items, bool Atomic)
{
    private static readonly string[] Members = ["op", "id", "on", "record"];

    public static BulkRecords Bind(Input input)
    {
        var collection = input.PathWord("collection");
        var list = input.ArrayOrNone("items", Limits.RecordsPerBulk);
        var atomic = input.BoolOrNull("atomic") ?? true;
        if (list.ValueKind is not JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            input.Refuse("items", "required", "'items' is missing or empty.",
                """Send [{"op": "create", "record": {...}}].""");
            return new BulkRecords(collection, [], atomic);
        }
        var items = list.EnumerateArray().Select((item, i) => Item(input, item, $"items/{i}")).ToList();
        return new BulkRecords(collection, items, atomic);
    }

    private static BulkItem Item(Input input, JsonElement item, string at)
    {
        if (item.ValueKind is not JsonValueKind.Object)
        {
            input.Refuse(at, "wrong_type", "An item is an object.", """Send {"op": "create", "record": {...}}.""");
            return new BulkItem(BulkVerb.Create, null, [], default);
        }
        foreach (var member in item.EnumerateObject().Where(m => !Members.Contains(m.Name)))
        {
            input.Refuse(
                $"{at}/{Platform.Json.Pointer.Escape(member.Name)}", "unknown_field",
                $"'{member.Name}' is no field of an item.", "Leave it out.");
        }
        if (!Wire.TryParse<BulkVerb>(Text(item, "op"), out var verb))
        {
            input.Refuse($"{at}/op", "not_a_choice", "'op' is not one of its values.",
                $"Use one of: {string.Join(", ", Wire.Names<BulkVerb>())}.");
        }
        var record = item.TryGetProperty("record", out var sent) ? sent : default;
        if (verb is not BulkVerb.Delete && record.ValueKind is not JsonValueKind.Object)
            input.Refuse($"{at}/record", "required", "'record' is missing.", "Send the properties as an object.");
        if (verb is BulkVerb.Update or BulkVerb.Delete && !RecordId.TryParse(Text(item, "id"), out _))
        {
            input.Refuse(
                $"{at}/id", "not_an_id", "'id' is not the id of a record.", "Send an id that begins with 'rec_'.");
        }
        return new BulkItem(verb, Text(item, "id"), Names(item), record);
    }

    private static string? Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static List<string> Names(JsonElement item) =>
        item.TryGetProperty("on", out var list) && list.ValueKind is JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(n => n.ValueKind is JsonValueKind.String).Select(n => n.GetString()!)]
            : [];
}

/// <summary>What became of each item, in their order.</summary>
internal sealed record BulkResult(int Done, int Refused, IReadOnlyList<BulkOutcome> Results)
{
    public static BulkResult Of(IReadOnlyList<BulkResult> parts) => new(
        parts.Sum(p => p.Done), parts.Sum(p => p.Refused), [.. parts.SelectMany(p => p.Results)]);
}

/// <summary>One item's outcome: its record's id and version, or why it was refused.</summary>
internal sealed record BulkOutcome(
    BulkStatus Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? Version,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<FieldProblem>? Errors);

[JsonConverter(typeof(NameConverter<BulkStatus>))]
internal enum BulkStatus
{
    Created,
    Updated,
    Deleted,
    Refused,
}
