using System.Text;
using System.Text.Json;
using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Platform.Json;
using Castellan.Platform.Storage;

namespace Castellan.Records.Queries;

/// <summary>
/// The order of a list: keys such as <c>-due_on</c>, and the id last, so that it is total. Upwards nulls come first,
/// downwards last, on both engines, as their indexes are made.
/// </summary>
internal sealed class SortKeys
{
    private const int KeysMax = 4;
    private readonly IReadOnlyList<SortKey> keys;

    private SortKeys(IReadOnlyList<SortKey> keys) => this.keys = keys;

    /// <summary>The columns, for the select list: a cursor is made of the last row's.</summary>
    public Sql Columns
    {
        get
        {
            Sql columns = $"";
            foreach (var key in keys) columns = $"{columns}, r.{key.Column}";
            return columns;
        }
    }

    public Sql OrderBy
    {
        get
        {
            Sql order = $"";
            foreach (var key in keys) order = $"{order}r.{key.Column} {key.Direction}, ";
            return $"order by {order}r.\"id\"{(IdDescends ? new Raw(" desc") : Raw.None)}";
        }
    }

    /// <summary>The id follows the last key's direction, as indexes have it.</summary>
    private bool IdDescends => keys.Count > 0 && keys[^1].Descending;

    /// <summary>Reads <c>status,-due_on</c>.</summary>
    public static SortKeys Read(string? text, Collection collection)
    {
        if (string.IsNullOrWhiteSpace(text)) return new SortKeys([]);
        var names = text.Split(',', StringSplitOptions.TrimEntries);
        if (names.Length > KeysMax)
            throw QueryProblems.Refuse("sort", "too_many", $"'sort' has more than {KeysMax} keys.", "Sort by fewer.");
        var read = names.Select(name => Key(name, collection)).ToList();
        // The id makes every order total; what comes behind it decides nothing.
        var end = read.FindIndex(k => k.Name is SystemColumns.Id);
        return new SortKeys(end >= 0 ? read[..end] : read);
    }

    private static SortKey Key(string text, Collection collection)
    {
        var descending = text.StartsWith('-');
        var name = descending ? text[1..] : text;
        var type = QueryFields.Sortable(collection, name)
            ?? throw QueryProblems.Refuse("sort", "not_sortable", $"'{name}' is no field that can be sorted by.",
                $"Use one of: {string.Join(", ", QueryFields.SortableNames(collection))}.");
        return new SortKey(name, type, descending,
            IsNullable: !SystemColumns.Readable.ContainsKey(name) || SystemColumns.MayBeNull(name));
    }

    /// <summary>
    /// The values of the row's next columns, these keys' and the id, as the cursor keeps them: one JSON list.
    /// </summary>
    public string Position(Row row)
    {
        var output = new JsonBytes(Wire.Encoder, 128);
        foreach (var key in keys)
        {
            output.Raw(output.Length == 0 ? "["u8 : ","u8);
            if (!key.Write(row, output)) output.Raw("null"u8);
        }
        output.Raw(output.Length == 0 ? "["u8 : ","u8);
        row.WriteText(output);
        output.Raw("]"u8);
        return Encoding.UTF8.GetString(output.Written.Span);
    }

    /// <summary>The rows behind a position.</summary>
    public Sql After(string position)
    {
        var values = JsonElement.Parse(position);
        var parameters = keys.Select((key, i) => key.Value(values[i])).ToList();
        var id = values[keys.Count].GetString()!;
        if (IsRowComparison(parameters)) return Compared(parameters, id);
        Sql behind = IdDescends ? Sql.Of($"r.\"id\" < {id}") : Sql.Of($"r.\"id\" > {id}");
        for (var i = keys.Count - 1; i >= 0; i--)
            behind = $"({keys[i].Behind(parameters[i])} or ({keys[i].Equal(parameters[i])} and {behind}))";
        return behind;
    }

    /// <summary>One range of an index, where all keys run one way and no null is in the way.</summary>
    private bool IsRowComparison(List<SqlParameter> values) =>
        keys.All(k => k.Descending == IdDescends) && !values.Any(v => v.IsNull)
        && !keys.Any(k => k.Descending && k.IsNullable);

    private Sql Compared(List<SqlParameter> values, string id)
    {
        Sql left = $"";
        Sql right = $"";
        for (var i = 0; i < keys.Count; i++)
        {
            left = $"{left}r.{keys[i].Column}, ";
            right = $"{right}{values[i]}, ";
        }
        var than = IdDescends ? new Raw("<") : new Raw(">");
        return $"({left}r.\"id\") {than} ({right}{id})";
    }
}

/// <summary>One key of an order.</summary>
internal sealed record SortKey(string Name, FieldType Type, bool Descending, bool IsNullable)
{
    public Identifier Column => new(Name);

    public Raw Direction => new(Descending ? "desc nulls last" : "nulls first");

    public Sql Behind(SqlParameter value) => (value.IsNull, Descending) switch
    {
        (true, false) => $"r.{Column} is not null",
        (true, true) => Sql.Of($"false"),
        (false, false) => $"r.{Column} > {value}",
        (false, true) => $"(r.{Column} < {value} or r.{Column} is null)",
    };

    public Sql Equal(SqlParameter value) =>
        value.IsNull ? Sql.Of($"r.{Column} is null") : Sql.Of($"r.{Column} = {value}");

    /// <summary>False, and nothing, where it is null. Times as milliseconds.</summary>
    public bool Write(Row row, JsonBytes output)
    {
        switch (Type)
        {
            case FieldType.String:
                return row.WriteText(output);
            case FieldType.Integer or FieldType.Timestamp when row.Int64OrNull() is { } whole:
                output.Number(whole);
                return true;
            case FieldType.Number when row.DoubleOrNull() is { } number:
                output.Number(number);
                return true;
            case FieldType.Boolean when row.BoolOrNull() is { } truth:
                output.Boolean(truth);
                return true;
            default:
                return false;
        }
    }

    public SqlParameter Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => SqlParameter.Null(SqlType.Text),
        JsonValueKind.True or JsonValueKind.False => SqlParameter.Of(value.GetBoolean()),
        JsonValueKind.String => SqlParameter.Of(value.GetString()!),
        _ when Type is FieldType.Number => SqlParameter.Of(value.GetDouble()),
        _ => SqlParameter.Of(value.GetInt64()),
    };
}
