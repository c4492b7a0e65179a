using System.Text.Json.Nodes;

namespace Castellan.Tests.Records.Hostile;

/// <summary>A filter: what the client sends, and of which rows it is true.</summary>
internal sealed record Sieve(JsonObject Json, Func<Row, bool> Holds);

/// <summary>How a list is asked for.</summary>
internal sealed record Listing
{
    public Sieve? Filter { get; init; }

    public Term? Where { get; init; }

    public string? Sort { get; init; }

    public string[] Select { get; init; } = [];

    public int Limit { get; init; } = 200;

    public string? Cursor { get; init; }

    public bool Count { get; init; }

    /// <summary>True where it asks for what no list answers, such as a secret.</summary>
    public bool IsWrong { get; init; }

    /// <summary>True where the cursor may begin anywhere: the answer is a part of what may be seen.</summary>
    public bool IsPart { get; init; }

    /// <summary>Ids of the pages before.</summary>
    public IReadOnlyList<string> Seen { get; init; } = [];

    public Dictionary<string, string> Query
    {
        get
        {
            var query = new Dictionary<string, string> { ["limit"] = $"{Limit}" };
            if (Filter is not null) query["filter"] = Filter.Json.ToJsonString();
            if (Where is not null) query["where"] = Where.Cel("record");
            if (Sort is not null) query["sort"] = Sort;
            if (Select.Length > 0) query["select"] = string.Join(',', Select);
            if (Cursor is not null) query["cursor"] = Cursor;
            if (Count) query["count"] = "exact";
            return query;
        }
    }

    /// <summary>The same as the body of a query.</summary>
    public JsonObject Body
    {
        get
        {
            var body = new JsonObject { ["limit"] = Limit };
            if (Filter is not null) body["filter"] = Filter.Json.DeepClone();
            if (Where is not null) body["where"] = Where.Cel("record");
            if (Sort is not null) body["sort"] = Sort;
            if (Select.Length > 0) body["select"] = new JsonArray([.. Select.Select(s => (JsonNode)s)]);
            if (Cursor is not null) body["cursor"] = Cursor;
            if (Count) body["count"] = "exact";
            return body;
        }
    }

    public bool Admits(Row row, Question asked) =>
        (Filter is null || Filter.Holds(row)) && (Where is null || Where.Of(asked) is true);
}

/// <summary>Filters and expressions by chance, over the fields of a collection.</summary>
internal sealed class RandomListings(SeededNumbers random)
{
    private static readonly string[] System = ["id", "owner_id", "workspace_id", "version", "created_at"];

    public Sieve Filter(CollectionShape shape, IReadOnlyList<Row> rows, int depth = 0)
    {
        switch (depth < 2 ? random.Below(8) : 7)
        {
            case 0:
                var inner = Filter(shape, rows, depth + 1);
                return new Sieve(new JsonObject { ["not"] = inner.Json }, row => !inner.Holds(row));
            case 1:
                var (a, b) = (Filter(shape, rows, depth + 1), Filter(shape, rows, depth + 1));
                return new Sieve(new JsonObject { ["or"] = new JsonArray(a.Json, b.Json) },
                    row => a.Holds(row) || b.Holds(row));
            case 2:
                var (c, d) = (Filter(shape, rows, depth + 1), Filter(shape, rows, depth + 1));
                return new Sieve(new JsonObject { ["and"] = new JsonArray(c.Json, d.Json) },
                    row => c.Holds(row) && d.Holds(row));
            default:
                return Leaf(shape, rows);
        }
    }

    /// <summary>An expression over the record's own fields.</summary>
    public Term Where(CollectionShape shape, IReadOnlyList<Row> rows)
    {
        Term one = Comparison(shape, rows);
        return random.Below(4) switch
        {
            0 => new Not(one),
            1 => new Either(one, Comparison(shape, rows)),
            2 => new Both(one, Comparison(shape, rows)),
            _ => one,
        };
    }

    public string Field(CollectionShape shape)
    {
        var plain = shape.Fields.Where(f => f.IsPlain).Select(f => f.Name).Concat(System).ToList();
        return plain[random.Below(plain.Count)];
    }

    private Compare Comparison(CollectionShape shape, IReadOnlyList<Row> rows)
    {
        var field = Field(shape);
        var value = ValueOf(field, rows);
        // The language refuses to compare what is always there with null.
        if (value is null && field is "id" or "version" or "created_at") field = "f1";
        string[] words = value switch
        {
            null => ["==", "!="],
            bool => ["==", "!="],
            string => ["==", "!=", "<", ">=", "startsWith"],
            _ => ["==", "!=", "<", "<=", ">", ">="],
        };
        var word = words[random.Below(words.Length)];
        return new Compare([], field, word, word is "startsWith" ? Cut((string)value!) : value);
    }

    private Sieve Leaf(CollectionShape shape, IReadOnlyList<Row> rows)
    {
        var json = shape.Fields.Where(f => f.Kind is Kind.Json).ToList();
        if (json.Count > 0 && random.Below(5) == 0) return Inside(json[random.Below(json.Count)].Name, rows);
        var field = Field(shape);
        var value = ValueOf(field, rows);
        if (value is null)
        {
            var isNull = random.Below(2) == 0;
            return Sieve(field, "is_null", isNull, held => held is null == isNull);
        }
        string[] words = value switch
        {
            bool => ["eq", "ne", "in"],
            string => ["eq", "ne", "lt", "gte", "in", "not_in", "prefix", "contains", "iprefix"],
            _ => ["eq", "ne", "lt", "lte", "gt", "gte", "in"],
        };
        var word = words[random.Below(words.Length)];
        if (word is "prefix" or "contains" or "iprefix") value = Cut((string)value);
        return Sieve(field, word, word is "in" or "not_in" ? new JsonArray(Row.Node(value)) : Row.Node(value),
            held => Compared(word, held, value));
    }

    /// <summary>A text inside of a property that is an object.</summary>
    private Sieve Inside(string field, IReadOnlyList<Row> rows)
    {
        if (ValueOf(field, rows) is not JsonObject json) return Sieve(field, "is_null", true, held => held is null);
        var part = Cut(json["note"]!.ToString());
        var word = random.Below(2) == 0 ? "prefix" : "contains";
        return new Sieve(
            new JsonObject { [$"{field}.note"] = new JsonObject { [word] = part } },
            row => row[field] is JsonObject held && Compared(word, held["note"]!.ToString(), part));
    }

    private static Sieve Sieve(string field, string word, JsonNode? value, Func<object?, bool> holds) =>
        new(new JsonObject { [field] = new JsonObject { [word] = value } }, row => holds(row[field]));

    private static bool Compared(string word, object? held, object value) => word switch
    {
        "ne" or "not_in" => !Equals(held, value),
        _ when held is null => false,
        "eq" or "in" => Equals(held, value),
        "lt" => Row.Order(held, value) < 0,
        "lte" => Row.Order(held, value) <= 0,
        "gt" => Row.Order(held, value) > 0,
        "gte" => Row.Order(held, value) >= 0,
        "prefix" => ((string)held).StartsWith((string)value, StringComparison.Ordinal),
        "iprefix" => ((string)held).StartsWith((string)value, StringComparison.OrdinalIgnoreCase),
        _ => ((string)held).Contains((string)value, StringComparison.Ordinal),
    };

    /// <summary>A value that some row has, hidden or not: what a caller would guess at.</summary>
    private object? ValueOf(string field, IReadOnlyList<Row> rows) =>
        rows.Count == 0 ? null : rows[random.Below(rows.Count)][field];

    private string Cut(string text) => text[..(1 + random.Below(text.Length))];
}
