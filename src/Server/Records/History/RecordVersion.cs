using Castellan.Kernel;
using Castellan.Platform.Json;

namespace Castellan.Records.History;

/// <summary>
/// An earlier version of a record: <paramref name="Data"/> as a read gave it, who wrote it, in which run, and which
/// operation ended it when. Secrets are not among it.
/// </summary>
internal sealed record RecordVersion(
    long Version, RawJson Data, string Actor, string? Run, string EndedBy, DateTimeOffset EndedAt);

internal sealed record ListVersions(string Collection, RecordId Record, Page Page)
{
    public static ListVersions Bind(Input input) => new(
        input.PathWord("collection"), input.Path<RecordKind>("record"), input.Page());
}
