using System.Text.Json;
using Castellan.Kernel;

namespace Castellan.Records;

/// <summary>Events of records. They name the record; whoever may read it reads it there.</summary>
internal static class RecordFacts
{
    public static void Emit(Change change, string collection, string type, Record record)
    {
        using var buffer = new MemoryStream(128);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("collection"u8, collection);
            writer.WriteString("id"u8, record.Id);
            writer.WriteNumber("version"u8, record.Version);
            writer.WriteEndObject();
        }
        change.Emit(type, record.Target, new Snapshot(buffer.ToArray()));
    }
}
