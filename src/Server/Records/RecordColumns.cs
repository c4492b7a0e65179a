using System.Runtime.CompilerServices;
using System.Text.Json;
using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Records;

/// <summary>
/// The columns that a statement selects, in order, and how each is written as JSON. Made once per contract for whole
/// records, and per call where it selects fields.
/// </summary>
internal sealed class RecordColumns
{
    private static readonly ConditionalWeakTable<CompiledCollection, RecordColumns> Whole = [];

    private readonly Column[] columns;

    private readonly record struct Column(string Name, JsonEncodedText Key, FieldType Type);

    private RecordColumns(IEnumerable<(string Name, FieldType Type)> selected)
    {
        columns = [.. selected.Select(c => new Column(c.Name, JsonEncodedText.Encode(c.Name, Wire.Encoder), c.Type))];
        Sql list = $"r.\"id\", r.\"version\"";
        foreach (var column in columns) list = $"{list}, r.{new Identifier(column.Name)}";
        Selected = list;
    }

    /// <summary>The select list, of a table named <c>r</c>: id and version, then what is written.</summary>
    public Sql Selected { get; }

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

    /// <summary>Reads id and version, and writes the object.</summary>
    public (string Id, long Version) Write(Row row, Utf8JsonWriter writer)
    {
        var key = (row.Text(), row.Int64());
        writer.WriteStartObject();
        foreach (ref readonly var column in columns.AsSpan())
        {
            writer.WritePropertyName(column.Key);
            if (!WriteValue(row, column.Type, writer)) writer.WriteNullValue();
        }
        writer.WriteEndObject();
        return key;
    }

    private static bool WriteValue(Row row, FieldType type, Utf8JsonWriter writer)
    {
        switch (type)
        {
            case FieldType.String:
                return row.WriteText(writer);
            case FieldType.Json:
                return row.WriteJson(writer);
            case FieldType.Integer when row.Int64OrNull() is { } whole:
                writer.WriteNumberValue(whole);
                return true;
            case FieldType.Number when row.DoubleOrNull() is { } number:
                writer.WriteNumberValue(number);
                return true;
            case FieldType.Boolean when row.BoolOrNull() is { } truth:
                writer.WriteBooleanValue(truth);
                return true;
            case FieldType.Timestamp when row.TimeOrNull() is { } time:
                WriteTime(time, writer);
                return true;
            default:
                return false;
        }
    }

    public static void WriteTime(DateTimeOffset time, Utf8JsonWriter writer)
    {
        Span<byte> buffer = stackalloc byte[Rfc3339.BufferLength];
        writer.WriteStringValue(Rfc3339.Format(time, buffer));
    }
}
