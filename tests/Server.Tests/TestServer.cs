using System.Net.Http.Headers;
using Castellan.Installation;
using Castellan.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace Castellan.Tests;

/// <summary>
/// The real server on a real port with its own database: a SQLite file, or a PostgreSQL database of its own when
/// <c>CASTELLAN_TEST_ENGINE</c> is <c>postgres</c>. Only the clock is ours. The other adapter of the gate is
/// <see cref="InProcess"/>.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly string folder;
    private readonly string? database;

    private TestServer(WebApplication app, FakeTimeProvider clock, string folder, string? database, Uri address)
    {
        (App, Clock, this.folder, this.database, Address) = (app, clock, folder, database, address);
        Http = new HttpClient { BaseAddress = address };
        InProcess = new InProcess(app.Services);
    }

    public static string Engine => Environment.GetEnvironmentVariable("CASTELLAN_TEST_ENGINE") ?? "sqlite";

    public WebApplication App { get; }

    public FakeTimeProvider Clock { get; }

    public Uri Address { get; }

    /// <summary>A client without credentials.</summary>
    public HttpClient Http { get; }

    public InProcess InProcess { get; }

    public IDatabase Database => App.Services.GetRequiredService<IDatabase>();

    /// <summary>Starts a server; <paramref name="settings"/> are as on its command line.</summary>
    public static async Task<TestServer> Start(params string[] settings)
    {
        var data = Path.Combine(Path.GetTempPath(), $"castellan-test-{Guid.CreateVersion7():n}");
        var postgres = Engine == "postgres" ? await CreatePostgresDatabase() : null;
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 15, 12, 0, 0, TimeSpan.Zero));
        // Credential limits are per address and every test comes from one; the tests of limits set their own.
        string[] args =
        [
            "--DataFolder", data, "--Listen", "http://127.0.0.1:0", "--PublicUrl", "http://127.0.0.1:7300",
            "--RateLimits:Credential:PerSecond", "1000", "--RateLimits:Credential:Burst", "10000",
            "--RateLimits:Address:Burst", "10000", "--RateLimits:NativeApp:Burst", "10000",
            "--RateLimits:User:Burst", "10000", "--RateLimits:Operator:Burst", "10000",
            .. postgres is null ? [] : new[] { "--Postgres", postgres }, .. settings,
        ];
        var app = Server.Build(args, builder =>
        {
            builder.Services.RemoveAll<TimeProvider>();
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
        });
        await app.Services.GetRequiredService<FirstStart>().Run(TestContext.Current.CancellationToken);
        await app.StartAsync(TestContext.Current.CancellationToken);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new TestServer(app, clock, data, postgres, new Uri(addresses.First()));
    }

    /// <summary>A client that shows a bearer credential, and an app's key beside it where given.</summary>
    public HttpClient With(string? bearer, string? publishableKey = null, string? environment = null)
    {
        var client = new HttpClient { BaseAddress = Address };
        if (bearer is not null)
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (publishableKey is not null) client.DefaultRequestHeaders.Add("Castellan-Key", publishableKey);
        if (environment is not null) client.DefaultRequestHeaders.Add("Castellan-Environment", environment);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await App.StopAsync(CancellationToken.None);
        await App.DisposeAsync();
        Directory.Delete(folder, recursive: true);
        if (database is not null) await DropPostgresDatabase(database);
    }

    private static string Postgres => Environment.GetEnvironmentVariable("CASTELLAN_TEST_POSTGRES")
        ?? throw new InvalidOperationException(
            "CASTELLAN_TEST_POSTGRES is not set: run `dotnet run build.cs -- test`.");

    private static async Task<string> CreatePostgresDatabase()
    {
        var name = $"test_{Guid.CreateVersion7():n}";
        await RunOnServer($"create database {name}");
        return new NpgsqlConnectionStringBuilder(Postgres) { Database = name, MaxPoolSize = 8 }.ConnectionString;
    }

    private static Task DropPostgresDatabase(string connection)
    {
        NpgsqlConnection.ClearAllPools();
        return RunOnServer($"drop database {new NpgsqlConnectionStringBuilder(connection).Database} with (force)");
    }

    private static async Task RunOnServer(string statement)
    {
        await using var connection = new NpgsqlConnection(Postgres);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
