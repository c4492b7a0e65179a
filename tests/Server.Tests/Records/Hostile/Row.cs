using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Castellan.Tests.Records.Hostile;

/// <summary>An earlier version of a record.</summary>
internal sealed record Version(string EndedBy, string Actor, Row Was);

/// <summary>A record as the judge knows it. Values are text, long, double, bool, a time or a JSON object.</summary>
internal sealed record Row(CollectionShape Shape, string Tenant)
{
    public string Id { get; set; } = "";

    /// <summary>True until an answer has brought its id.</summary>
    public bool IsDraft => Id.StartsWith("new ", StringComparison.Ordinal);

    public string? Workspace { get; init; }

    public string? Owner { get; init; }

    public long Number { get; set; } = 1;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public bool IsDeleted { get; set; }

    public Dictionary<string, object?> Values { get; set; } = [];

    /// <summary>Who wrote this version.</summary>
    public string Actor { get; set; } = "";

    /// <summary>Earlier versions: the operation that has ended each, and who wrote it.</summary>
    public SortedDictionary<long, Version> Ended { get; } = [];

    /// <summary>Everything that it ever held: marks, and ids of what it referred to.</summary>
    public HashSet<string> Traces { get; set; } = [];

    public object? this[string field] => field switch
    {
        "id" => Id,
        "tenant_id" => Tenant,
        "workspace_id" => Workspace,
        "owner_id" => Owner,
        "version" => Number,
        "created_at" => CreatedAt,
        "updated_at" => UpdatedAt,
        _ => Values.GetValueOrDefault(field),
    };

    /// <summary>Two rows are the same where they are one object: values change.</summary>
    public bool Equals(Row? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => RuntimeHelpers.GetHashCode(this);

    /// <summary>What an answer shows of it, whole or some fields beside the id.</summary>
    public JsonObject Shown(IReadOnlyList<string>? select = null) => new(Shape.Shown
        .Where(name => select is not { Count: > 0 } || name == "id" || select.Contains(name))
        .Select(name => KeyValuePair.Create(name, Node(this[name]))));

    /// <summary>Takes values, and remembers what they say of the record.</summary>
    public void Hold(Dictionary<string, object?> values)
    {
        Values = values;
        Traces = [.. Traces, .. values.Values.OfType<string>(), .. values.Values.OfType<JsonNode>().SelectMany(Texts)];

        static IEnumerable<string> Texts(JsonNode json) =>
            json.AsObject().Select(member => member.Value?.ToString() ?? "");
    }

    public static int Order(object left, object right) => (left, right) switch
    {
        (string a, string b) => string.CompareOrdinal(a, b),
        (long a, long b) => a.CompareTo(b),
        (double a, double b) => a.CompareTo(b),
        (bool a, bool b) => a.CompareTo(b),
        _ => ((DateTimeOffset)left).CompareTo((DateTimeOffset)right),
    };

    public static string Written(object time) =>
        ((DateTimeOffset)time).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    public static JsonNode? Node(object? value) => value switch
    {
        null => null,
        string text => text,
        long whole => whole,
        double number => number,
        bool truth => truth,
        JsonNode json => json.DeepClone(),
        _ => Written(value),
    };

    /// <summary>What a client has sent for a field, as a value of the judge's.</summary>
    public static object? Value(Kind kind, JsonNode? node) => node is null ? null : kind switch
    {
        Kind.Whole => (object)node.GetValue<long>(),
        Kind.Number => node.GetValue<double>(),
        Kind.Flag => node.GetValue<bool>(),
        Kind.Time => DateTimeOffset.Parse(node.GetValue<string>(), CultureInfo.InvariantCulture),
        Kind.Json => node.DeepClone(),
        _ => node.GetValue<string>(),
    };
}
