using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Npgsql;

namespace Castellan.EndToEnd.Durability;

/// <summary>The published server as a process that is killed and started again on the same data.</summary>
internal sealed partial class KilledServer : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("castellan-killed-");
    private readonly string[] tracer;
    private Process? process;

    private KilledServer(string? postgres, string[] tracer) => (Postgres, this.tracer) = (postgres, tracer);

    /// <summary>Connection string of a database of its own, or null on SQLite.</summary>
    public string? Postgres { get; }

    public string SqliteFile => Path.Combine(folder.FullName, "data", "castellan.db");

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort()}/");

    /// <summary>The owner's session; it outlives the process.</summary>
    public HttpClient Owner { get; private set; } = new();

    /// <param name="engine"><c>sqlite</c> or <c>postgres</c>.</param>
    /// <param name="tracer">A program and its arguments that start the server under observation.</param>
    public static async Task<KilledServer> Start(string engine, params string[] tracer)
    {
        var postgres = engine == "postgres" ? await CreateDatabase() : null;
        var server = new KilledServer(postgres, tracer);
        var link = await server.Run();
        using var bearer = server.With(link ?? throw new InvalidOperationException("No link for the owner."));
        using var claimed = await bearer.PostAsJsonAsync("v1/operators/claim", new
        {
            name = "Ada", email = "ada@example.org", password = "correct horse battery staple",
        });
        claimed.EnsureSuccessStatusCode();
        server.Owner = server.With((await claimed.Content.ReadFromJsonAsync<JsonObject>())!["token"]!.ToString());
        return server;
    }

    /// <summary>SIGKILL: nothing is flushed, nothing is said.</summary>
    public async Task Kill()
    {
        process!.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public async Task Restart()
    {
        await Run();
        var end = Environment.TickCount64 + (long)StartMax.TotalMilliseconds;
        while (true)
        {
            try
            {
                using var answer = await Owner.GetAsync(new Uri("v1/operators/me", UriKind.Relative));
                answer.EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (Environment.TickCount64 < end)
            {
                await Task.Delay(20);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        if (process is not null)
        {
            try
            {
                await Kill();
            }
            catch (InvalidOperationException)
            {
                // It was killed already.
            }
        }
        folder.Delete(recursive: true);
        if (Postgres is null) return;
        NpgsqlConnection.ClearAllPools();
        await OnCluster($"drop database {new NpgsqlConnectionStringBuilder(Postgres).Database} with (force)");
    }

    /// <summary>Starts the process; gives the owner's link where it prints one.</summary>
    private async Task<string?> Run()
    {
        string[] command =
        [
            .. tracer, Published.Server, "serve", "--DataFolder", Path.Combine(folder.FullName, "data"),
            "--Listen", Address.OriginalString,
            "--RateLimits:Operator:PerSecond", "1000000", "--RateLimits:Operator:Burst", "1000000",
            .. Postgres is null ? [] : new[] { "--Postgres", Postgres },
        ];
        process = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var link = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null) link.TrySetResult(null);
            else if (SetupLink().Match(line.Data) is { Success: true } match)
                link.TrySetResult(match.Groups["token"].Value);
        };
        process.BeginOutputReadLine();
        return Owner.DefaultRequestHeaders.Authorization is null ? await link.Task.WaitAsync(StartMax) : null;
    }

    private HttpClient With(string bearer)
    {
        // A client of its own for each storm would leave sockets; one pool with room for all its writers is enough.
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 }) { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    private static async Task<string> CreateDatabase()
    {
        var name = $"killed_{Guid.CreateVersion7():n}";
        await OnCluster($"create database {name}");
        return new NpgsqlConnectionStringBuilder(Published.Postgres) { Database = name }.ConnectionString;
    }

    private static async Task OnCluster(string statement)
    {
        await using var source = NpgsqlDataSource.Create(Published.Postgres);
        await using var command = source.CreateCommand(statement);
        await command.ExecuteNonQueryAsync();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"setup\?token=(?<token>\S+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SetupLink();
}
