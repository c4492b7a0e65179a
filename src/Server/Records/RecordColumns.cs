using System.Runtime.CompilerServices;
using System.Text.Json;
using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Platform.Json;
using Castellan.Platform.Storage;

namespace Castellan.Records;

/// <summary>
/// The columns that a statement selects, in order, and how each is written as JSON. Made once per contract for whole
/// records, and per call where it selects fields.
/// </summary>
internal sealed class RecordColumns
{
    private static readonly ConditionalWeakTable<CompiledCollection, RecordColumns> Whole = [];

    /// <summary>Bytes of an output to begin with, at most.</summary>
    private const int OutputMax = 65_536;

    /// <summary>Bytes that a value takes, where it is no long text.</summary>
    private const int ValueLength = 24;

    private readonly RecordColumn[] columns;
    private readonly int length;

    private RecordColumns(IEnumerable<(string Name, FieldType Type)> selected)
    {
        columns = [.. selected.Select((c, i) => new RecordColumn(c.Name, c.Type, Key(c.Name, first: i == 0)))];
        length = columns.Sum(c => c.Key.Length + ValueLength);
        Sql list = $"r.{new Identifier(columns[0].Name)}";
        foreach (var column in columns[1..]) list = $"{list}, r.{new Identifier(column.Name)}";
        Selected = list;
        SelectedByKey = $"r.\"id\", r.\"version\", {list}";
    }

    /// <summary>The select list of what <see cref="Write"/> reads, of a table named <c>r</c>.</summary>
    public Sql Selected { get; }

    /// <summary>The same behind id and version.</summary>
    public Sql SelectedByKey { get; }

    public ReadOnlySpan<RecordColumn> Columns => columns;

    /// <summary>Whole records; kept as long as the collection is in use.</summary>
    public static RecordColumns All(CompiledCollection collection) =>
        Whole.GetValue(collection, static known => new RecordColumns(Of(known.Collection)));

    /// <summary>The id, and these fields in the order of the collection.</summary>
    public static RecordColumns Only(Collection collection, IReadOnlyCollection<string> fields) =>
        new(Of(collection).Where(c => c.Name is SystemColumns.Id || fields.Contains(c.Name)));

    /// <summary>Everything of a record that anybody may be shown.</summary>
    public static IEnumerable<(string Name, FieldType Type)> Of(Collection collection)
    {
        yield return (SystemColumns.Id, FieldType.String);
        yield return (SystemColumns.TenantId, FieldType.String);
        if (collection.Workspaces is not WorkspaceUse.None) yield return (SystemColumns.WorkspaceId, FieldType.String);
        yield return (SystemColumns.OwnerId, FieldType.String);
        yield return (SystemColumns.Version, FieldType.Integer);
        yield return (SystemColumns.CreatedAt, FieldType.Timestamp);
        yield return (SystemColumns.UpdatedAt, FieldType.Timestamp);
        foreach (var field in collection.Fields.Where(f => !f.Secret)) yield return (field.Name, field.Type);
    }

    /// <summary>An output with room for so many records.</summary>
    public JsonBytes Output(int records) => new(Wire.Encoder, Math.Min(OutputMax, (records * length) + ValueLength));

    /// <summary>Writes the next columns of the row as an object.</summary>
    public void Write(Row row, JsonBytes output)
    {
        foreach (ref readonly var column in columns.AsSpan())
        {
            output.Raw(column.Key);
            if (!WriteValue(row, column.Type, output)) output.Raw("null"u8);
        }
        output.Raw("}"u8);
    }

    private static bool WriteValue(Row row, FieldType type, JsonBytes output)
    {
        switch (type)
        {
            case FieldType.String:
                return row.WriteText(output);
            case FieldType.Json:
                return row.WriteJson(output);
            case FieldType.Integer when row.Int64OrNull() is { } whole:
                output.Number(whole);
                return true;
            case FieldType.Number when row.DoubleOrNull() is { } number:
                output.Number(number);
                return true;
            case FieldType.Boolean when row.BoolOrNull() is { } truth:
                output.Boolean(truth);
                return true;
            case FieldType.Timestamp when row.TimeOrNull() is { } time:
                output.Time(time);
                return true;
            default:
                return false;
        }
    }

    private static byte[] Key(string name, bool first)
    {
        var text = JsonEncodedText.Encode(name, Wire.Encoder).EncodedUtf8Bytes;
        return [first ? (byte)'{' : (byte)',', (byte)'"', .. text, (byte)'"', (byte)':'];
    }
}

/// <summary>
/// A column of records as it is written. <paramref name="Key"/> is what stands before its value, <c>{"id":</c> or
/// <c>,"title":</c>.
/// </summary>
internal sealed record RecordColumn(string Name, FieldType Type, byte[] Key);
