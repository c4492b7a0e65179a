using System.Buffers;
using System.Text;
using System.Text.Json;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// The one writer gives positions inside the transaction (they are rowids). This follows with whom entries concern, for
/// thousands of entries in one sorted run, so that a page of an index is written once for many of them. The run is cut
/// into small transactions, behind which no change waits long. Each adds what the run decided, and the mark moves last:
/// a run that was broken off is done again with the same outcome.
/// </summary>
internal sealed class SequenceOnSqlite(IDatabase database) : ISequence
{
    private sealed record Entry(
        long Position, string? Tenant, string Actor, string Target, string? For, string? Run);

    private sealed record Noted(string Subject, long Position, long TenantPosition = 0);

    /// <summary>Only lists by tenant, actor and target wait, and those ask for a run.</summary>
    public TimeSpan Pause { get; } = TimeSpan.FromMilliseconds(500);

    public int Most => Limits.NotedPerRun;

    public async ValueTask<int?> Run(bool asked)
    {
        var mark = (await database.Many($"select position from sequence_mark", row => row.Int64()))[0];
        var entries = await database.Many(
            $"""
            select position, tenant_id, actor_id, target_id, for_user_id, run_id from audit_entry
            where position > {mark} order by position limit {(long)Most}
            """,
            row => new Entry(
                row.Int64(), row.TextOrNull(), row.Text(), row.Text(), row.TextOrNull(), row.TextOrNull()));
        if (entries.Count == 0) return 0;
        foreach (var piece in (await InTenants(entries, mark)).Chunk(Limits.NotedPerChange))
        {
            await Write($"""
                insert or ignore into audit_tenant (tenant_id, tenant_position, position)
                select value ->> 0, value ->> 2, value ->> 1 from json_each({Rows(piece)})
                """);
        }
        foreach (var piece in Subjects(entries).Chunk(Limits.NotedPerChange))
        {
            await Write($"""
                insert or ignore into audit_subject (subject_id, position)
                select value ->> 0, value ->> 1 from json_each({Rows(piece)})
                """);
        }
        await Write($"update sequence_mark set position = max(position, {entries[^1].Position})");
        return entries.Count;
    }

    private async ValueTask Write(Sql sql) => await database.Transact(
        WriteLane.Background, transaction => transaction.Run(sql));

    /// <summary>Each tenant's entries go on counting from its last one up to the mark.</summary>
    private async ValueTask<List<Noted>> InTenants(List<Entry> entries, long mark)
    {
        var noted = new List<Noted>();
        foreach (var tenant in entries.Where(e => e.Tenant is not null).GroupBy(e => e.Tenant!)
            .OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            var last = await database.Many(
                $"""
                select tenant_position from audit_tenant where tenant_id = {tenant.Key} and position <= {mark}
                order by tenant_position desc limit 1
                """,
                row => row.Int64());
            var next = last.FirstOrDefault();
            noted.AddRange(tenant.Select(entry => new Noted(tenant.Key, entry.Position, ++next)));
        }
        return noted;
    }

    private static IEnumerable<Noted> Subjects(List<Entry> entries) => entries
        .SelectMany(e => ((string?[])[e.Actor, e.Target, e.Tenant, e.For, e.Run]).OfType<string>().Distinct()
            .Select(subject => new Noted(subject, e.Position)))
        .OrderBy(noted => noted.Subject, StringComparer.Ordinal).ThenBy(noted => noted.Position);

    private static string Rows(IEnumerable<Noted> piece)
    {
        var json = new ArrayBufferWriter<byte>(32 * 1024);
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartArray();
            foreach (var noted in piece)
            {
                writer.WriteStartArray();
                writer.WriteStringValue(noted.Subject);
                writer.WriteNumberValue(noted.Position);
                writer.WriteNumberValue(noted.TenantPosition);
                writer.WriteEndArray();
            }
            writer.WriteEndArray();
        }
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
