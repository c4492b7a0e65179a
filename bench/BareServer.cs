using System.Text;
using Castellan.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Castellan.Bench;

/// <summary>
/// What the platform does without a product on it, in the same run: an answer, a durable group-committed insert of one
/// row on SQLite, a single-row insert on PostgreSQL, and nothing else. No identity, rules or audit.
/// </summary>
internal static class BareServer
{
    public static async Task Run(string folder, int port, string? postgres)
    {
        Directory.CreateDirectory(folder);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        await using var app = builder.Build();
        app.MapGet("/hello", () => "hello");
        await MapSqlite(app, Path.Combine(folder, "bare.db"));
        if (postgres is not null) await MapPostgres(app, postgres);
        await app.RunAsync();
    }

    private static async Task MapSqlite(WebApplication app, string path)
    {
        var database = new SqliteDatabase(path);
        await database.RunScript(
            "create table if not exists item (id integer primary key, title text not null, owner integer not null);",
            CancellationToken.None);
        var lane = new WriteLane("bare");
        app.MapPost("/sqlite-insert", async (HttpRequest request) =>
        {
            var body = await Body(request);
            await database.Transact(lane, transaction =>
                transaction.Run($"insert into item (title, owner) values ({body}, {7L})"));
            return "ok";
        });
    }

    private static async Task MapPostgres(WebApplication app, string connection)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection) { MaxAutoPrepare = 20, MaxPoolSize = 16 };
        var source = NpgsqlDataSource.Create(settings.ConnectionString);
        await using (var make = source.CreateCommand(
            """
            create table if not exists bare_item
                (id bigint generated always as identity primary key, title text, owner bigint)
            """))
        {
            await make.ExecuteNonQueryAsync();
        }
        app.MapPost("/postgres-insert", async (HttpRequest request) =>
        {
            var body = await Body(request);
            await using var insert = source.CreateCommand("insert into bare_item (title, owner) values ($1, $2)");
            insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = body });
            insert.Parameters.Add(new NpgsqlParameter<long> { TypedValue = 7 });
            await insert.ExecuteNonQueryAsync();
            return "ok";
        });
    }

    private static async Task<string> Body(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body, Encoding.UTF8);
        return await reader.ReadToEndAsync();
    }
}
