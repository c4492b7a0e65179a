using System.Text;
using Castellan.Kernel;
using Castellan.Platform.Json;
using Castellan.Platform.Storage;

namespace Castellan.Records.History;

/// <summary>Every statement about earlier versions of records.</summary>
internal sealed class HistoryStore(IDatabase database)
{
    /// <summary>Keeps the version that an update or delete replaces.</summary>
    public ValueTask Keep(Change change, RecordCall call, Record replaced) => change.Queue($"""
        insert into {call.Collection.History} (tenant_id, id, version, at, operation, actor, run, data)
        select tenant_id, id, version, {change.Now}, {change.Operation}, actor, run,
            {new Json(Encoding.UTF8.GetString(replaced.Json.Utf8.Span))}
        from {call.Collection.Table} where tenant_id = {call.Scope.Tenant} and id = {replaced.Id}
        """);

    /// <summary>Versions below one, newest first.</summary>
    public ValueTask<List<RecordVersion>> List(
        RecordCall call, string id, long before, long limit, CancellationToken ct) => database.Many(
            $"""
            select version, data, actor, run, operation, at from {call.Collection.History}
            where tenant_id = {call.Scope.Tenant} and id = {id} and version < {before}
            order by version desc limit {limit}
            """,
            row => new RecordVersion(
                row.Int64(), new RawJson(Encoding.UTF8.GetBytes(row.Text())), row.Text(), row.TextOrNull(), row.Text(),
                row.Time()),
            ct);
}
