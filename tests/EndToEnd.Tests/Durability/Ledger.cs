using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Castellan.EndToEnd.Durability;

/// <summary>Reads the database beside the server and says what is half done in it: nothing, ever.</summary>
internal sealed class Ledger(KilledServer server)
{
    /// <summary>What belongs to one registered app, named by a column, and is there exactly so often.</summary>
    private static readonly (string What, string App, string Rows, int Wanted)[] Parts =
    [
        ("audit entry", "target_id", "audit_entry where action = 'apps.create'", 1),
        ("event", "subject_id", "outbox_event where type = 'app.registered'", 1),
        ("settings", "app_id", "app_environment", 2),
        ("publishable keys", "app_id", "app_key", 2),
    ];

    private static readonly (string What, string Query)[] Orphans =
    [
        ("audit entries without an app",
            "select count(*) from audit_entry where action = 'apps.create' and outcome = 'done' "
            + "and not exists (select 1 from app where app.id = target_id)"),
        ("events without an app",
            "select count(*) from outbox_event where type = 'app.registered' "
            + "and not exists (select 1 from app where app.id = subject_id)"),
        ("more or fewer answers than apps",
            "select abs((select count(*) from idempotency where operation = 'apps.create') "
            + "- (select count(*) from app))"),
        ("more or fewer counts than apps",
            "select abs((select count(*) from usage_event where operation = 'apps.create') "
            + "- (select count(*) from app))"),
        ("gaps in audit positions", "select coalesce(max(position), 0) - count(*) from audit_log"),
        ("gaps in event positions", "select coalesce(max(position), 0) - count(*) from event_log"),
        ("entries without position",
            "select (select count(*) from audit_entry) - (select count(*) from audit_log)"),
        ("events without position",
            "select (select count(*) from outbox_event) - (select count(*) from event_log)"),
    ];

    /// <summary>Every registered app: name to id.</summary>
    public async Task<Dictionary<string, string>> Apps()
    {
        await using var connection = await Open();
        await using var command = connection.CreateCommand();
        command.CommandText = "select name, id from app";
        await using var reader = await command.ExecuteReaderAsync();
        var apps = new Dictionary<string, string>();
        while (await reader.ReadAsync()) apps.Add(reader.GetString(0), reader.GetString(1));
        return apps;
    }

    public async Task<List<string>> HalfDone()
    {
        await using var connection = await Open();
        var found = new List<string>();
        foreach (var (what, app, rows, wanted) in Parts)
        {
            // All at once: a look for each app would read everything that often.
            var wrong = await Number(connection, $"""
                select count(*) from app
                left join (select {app} as id, count(*) as found from {rows} group by {app}) part on part.id = app.id
                where coalesce(part.found, 0) <> {wanted}
                """);
            if (wrong != 0) found.Add($"{wrong} apps without their {what}");
        }
        foreach (var (what, query) in Orphans)
        {
            // Positions are given after the commit on PostgreSQL: what is not there yet comes within a moment.
            long wrong = 0;
            for (var attempt = 0; attempt < 100; attempt++)
            {
                wrong = await Number(connection, query);
                if (wrong == 0) break;
                await Task.Delay(50);
            }
            if (wrong != 0) found.Add($"{wrong} {what}");
        }
        return found;
    }

    private static async Task<long> Number(DbConnection connection, string query)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        return Convert.ToInt64(await command.ExecuteScalarAsync());
    }

    private async Task<DbConnection> Open()
    {
        DbConnection connection = server.Postgres is { } postgres
            ? new NpgsqlConnection(postgres)
            : new SqliteConnection($"Data Source={server.SqliteFile};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }
}
