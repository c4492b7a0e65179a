using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Castellan.Platform.Storage;
using Npgsql;

namespace Castellan.Bench;

/// <summary>A Parse Server that was started beside, with the same rows in its class Item.</summary>
/// <param name="Address">Where it listens.</param>
/// <param name="Process">Its process.</param>
/// <param name="Session">The session of the user that owns its rows.</param>
internal sealed record ParsePeer(Uri Address, int Process, string Session);

/// <summary>
/// Records of apps on both engines, beside the bare endpoint and Parse Server: reading, listing and creating with
/// 100,000 rows in one tenant, and what 1,000,000 rows in 1,000 tenants cost more than 10,000 rows in 10.
/// </summary>
/// <param name="server">The executable of the server.</param>
/// <param name="bench">That of this program, for the bare endpoint.</param>
/// <param name="postgres">Where databases are made; null to leave PostgreSQL out.</param>
/// <param name="parse">Null to leave it out.</param>
/// <param name="wideOnly">Whether the tables of 1,000,000 rows are left out.</param>
internal sealed class RecordsBench(string server, string bench, string? postgres, ParsePeer? parse, bool wideOnly)
{
    private const int Users = 100;
    private const int Rows = 100_000;
    private const int WarmUpSeconds = 6;
    private const string Body =
        """{"title":"Item {n}","owner":7,"rank":4711,"done":false,"note":"lorem ipsum dolor sit amet consectetur"}""";

    private readonly string folder = Directory.CreateTempSubdirectory("castellan-records-").FullName;
    private readonly List<Process> started = [];

    private static JsonObject Contract => JsonNode.Parse($$"""
        {
          "castellan": 1,
          "collections": {
            "items": { "indexes": [["owner_id", "-rank"]], {{Declared}} },
            "drafts": { {{Declared}} }
          }
        }
        """)!.AsObject();

    private const string Declared = """
        "schema": {
          "properties": {
            "title": { "type": "string", "maxLength": 200 }, "owner": { "type": "integer" },
            "rank": { "type": "integer" }, "done": { "type": "boolean" },
            "note": { "type": "string", "maxLength": 2000 }
          },
          "required": ["title"]
        },
        "rules": { "list": "owner", "read": "owner", "create": "tenant_member", "update": "owner" }
        """;

    public async Task<string> Run(int rounds, int seconds)
    {
        try
        {
            return await Measure(rounds, seconds);
        }
        finally
        {
            foreach (var process in started) process.Kill(entireProcessTree: true);
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> Measure(int rounds, int seconds)
    {
        StartBare(7501);
        var postmaster = postgres is null ? null : await Postmaster();
        var cases = new List<Case>
        {
            new("bare answer", new Uri("http://127.0.0.1:7501"), "GET", ["/hello"]) { Process = started[0].Id },
        };
        var worlds = new List<Served>();
        try
        {
            foreach (var engine in postgres is null ? ["SQLite"] : (string[])["SQLite", "PostgreSQL"])
            {
                var database = engine == "SQLite" ? null : postmaster;
                var wide = await World(engine, "wide", 7502 + worlds.Count, Rows, tenants: 1);
                worlds.Add(wide);
                cases.AddRange(InOneTenant(engine, wide, database));
                if (wideOnly) continue;
                var small = await World(engine, "small", 7502 + worlds.Count, 10_000, tenants: 10);
                worlds.Add(small);
                var large = await World(engine, "large", 7502 + worlds.Count, 1_000_000, tenants: 1_000);
                worlds.Add(large);
                cases.AddRange(InManyTenants(engine, small, large, database));
            }

            if (parse is not null) cases.AddRange(OfParse(parse, postmaster));
            return LoadBench.Table(cases, await LoadBench.Rounds(cases, rounds, seconds, WarmUpSeconds));
        }
        finally
        {
            foreach (var world in worlds) await world.DisposeAsync();
        }
    }

    private static IEnumerable<Case> InOneTenant(string engine, Served served, int? database)
    {
        // The record's owner is the user of the same line.
        var own = Enumerable.Range(0, 20_000)
            .Select(i => $"/v1/records/items/{RecordRows.Id((i * 5 / Users * Users) + (i % Users))}");
        var tenant = served.TenantOf(0);
        Case Of(string name, string method, IEnumerable<string> paths, string? of) =>
            new($"{name}, {engine}", served.Address, method, [.. paths])
            {
                Tokens = served.UserTokens, Headers = [$"Castellan-Tenant: {tenant}"], Process = served.ProcessId,
                Database = database, Reference = of,
            };
        yield return Of("read by id", "GET", own, "bare answer");
        yield return Of(
            "list 20 by index", "GET", served.UserTokens.Select(_ => "/v1/records/items?sort=-rank&limit=20"),
            "bare answer");
        yield return Of("create", "POST", served.UserTokens.Select(_ => "/v1/records/drafts"), "bare answer") with
        {
            Body = Body,
        };
        yield return Of(
            "create, repeatable", "POST", served.UserTokens.Select(_ => "/v1/records/drafts"), "bare answer") with
        {
            Body = Body,
            Keyed = true,
        };
    }

    private static IEnumerable<Case> InManyTenants(
        string engine, Served small, Served large, int? database)
    {
        foreach (var (served, rows) in ((Served, string)[])[(small, "10,000 rows"), (large, "1,000,000 rows")])
        {
            Case Of(string name, string method, string path) => new($"{name}, {rows}, {engine}", served.Address, method,
                [.. Enumerable.Range(0, 10).Select(_ => path)])
            {
                Tokens = [.. served.UserTokens.Take(10)],
                Tenants = [.. Enumerable.Range(0, 10).Select(served.TenantOf)],
                Process = served.ProcessId, Database = database,
                Reference = served == large ? $"{name}, 10,000 rows, {engine}" : null,
            };
            yield return Of("tenant's list by index", "GET", "/v1/records/items?sort=-rank&limit=20");
            yield return Of("create in the same table", "POST", "/v1/records/items") with { Body = Body };
            yield return new(
                $"governed write, {rows}, {engine}", served.Address, "POST", [.. served.WorkspacesPaths.Take(10)])
            {
                Tokens = [.. served.UserTokens.Take(10)], Body = """{"name":"Workspace {n}"}""", Keyed = true,
                Process = served.ProcessId, Database = database,
                Reference = served == large ? $"governed write, 10,000 rows, {engine}" : null,
            };
        }
    }

    private static IEnumerable<Case> OfParse(ParsePeer parse, int? database)
    {
        Case Of(string name, string method, IEnumerable<string> paths) =>
            new($"{name}, Parse Server", parse.Address, method, [.. paths])
            {
                Headers =
                [
                    "X-Parse-Application-Id: app", "X-Parse-REST-API-Key: rest",
                    $"X-Parse-Session-Token: {parse.Session}",
                ],
                Process = parse.Process, Database = database, Reference = "bare answer",
            };
        yield return Of(
            "read by id", "GET", Enumerable.Range(0, 20_000).Select(i => $"/parse/classes/Item/i{i * 5 + 1:d9}"));
        yield return Of(
            "list 20 by index", "GET",
            Enumerable.Range(0, 1000).Select(
                i => $"/parse/classes/Item?where=%7B%22owner%22%3A{i}%7D&order=-rank&limit=20"));
        yield return Of("create", "POST", ["/parse/classes/New"]) with { Body = Body };
    }

    /// <summary>A server with its rows: set up over its operations, stopped, filled by SQL, started again.</summary>
    private async Task<Served> World(string engine, string name, int port, int rows, int tenants)
    {
        var connection = engine == "SQLite" ? null : await FreshDatabase(name);
        string[] settings =
        [
            "--DataFolder", Path.Combine(folder, engine + name), "--Tenants:WorkspacesMax", "1000000",
            .. ((string[])["User", "Tenant", "Credential", "NativeApp"]).SelectMany(policy => (string[])
                [$"--RateLimits:{policy}:PerSecond", "1000000", $"--RateLimits:{policy}:Burst", "1000000"]),
            .. connection is null ? (string[])[] : ["--Postgres", connection],
        ];
        await using var made = await Served.Start(server, port, settings);
        await made.Prepare(tenants == 1 ? Users : 10, keys: 0);
        await made.Apply(Contract);
        await made.Stop();
        await using (IDatabase database = connection is null
            ? new SqliteDatabase(Path.Combine(folder, engine + name, "castellan.db"))
            : new PostgresDatabase(connection))
        {
            await RecordRows.Load(
                database, [.. Enumerable.Range(0, made.UserTokens.Count).Select(made.TenantOf)], rows, tenants);
            if (tenants > 1) await RecordRows.LoadWorkspaces(database, rows, tenants);
        }

        var served = await Served.Start(server, port, settings);
        served.Resume(made);
        return served;
    }

    private async Task<string> FreshDatabase(string name)
    {
        await using var source = NpgsqlDataSource.Create(postgres!);
        foreach (var text in (string[])[$"drop database if exists bench_{name}", $"create database bench_{name}"])
        {
            await using var command = source.CreateCommand(text);
            await command.ExecuteNonQueryAsync();
        }

        return new NpgsqlConnectionStringBuilder(postgres) { Database = $"bench_{name}" }.ConnectionString;
    }

    /// <summary>The database's first process, whose children serve the connections.</summary>
    private async Task<int?> Postmaster()
    {
        await using var source = NpgsqlDataSource.Create(postgres!);
        await using var command = source.CreateCommand("select pg_backend_pid()");
        var backend = (int)(await command.ExecuteScalarAsync())!;
        var stat = await File.ReadAllTextAsync($"/proc/{backend}/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
    }

    private void StartBare(int port)
    {
        var start = new ProcessStartInfo(bench) { ArgumentList = { "bare", Path.Combine(folder, "bare"), $"{port}" } };
        started.Add(Process.Start(start)!);
    }
}
