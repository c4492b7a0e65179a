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

namespace Castellan.Tests;

/// <summary>
/// The real server on a real port with its own database: a SQLite file, or a PostgreSQL database of its own when
/// <c>CASTELLAN_TEST_ENGINE</c> is <c>postgres</c>. Only the clock is ours. The other adapter of the gate is
/// <see cref="InProcess"/>.
/// </summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly TestDatabase database;
    private readonly bool ownsDatabase;

    private TestServer(WebApplication app, FakeTimeProvider clock, TestDatabase on, bool ownsDatabase)
    {
        (App, Clock, this.database, this.ownsDatabase) = (app, clock, on, ownsDatabase);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Address = new Uri(addresses.First());
        Http = new HttpClient { BaseAddress = Address };
        InProcess = new InProcess(app.Services);
    }

    public static string Engine => TestDatabase.Engine;

    public WebApplication App { get; }

    public FakeTimeProvider Clock { get; }

    public Uri Address { get; }

    /// <summary>A client without credentials.</summary>
    public HttpClient Http { get; }

    public InProcess InProcess { get; }

    /// <summary>Connection string of its database; null on SQLite.</summary>
    public string? Postgres => database.Postgres;

    public IDatabase Database => App.Services.GetRequiredService<IDatabase>();

    /// <summary>Starts a server; <paramref name="settings"/> are as on its command line.</summary>
    public static Task<TestServer> Start(params string[] settings) => Start(adjust: null, settings);

    /// <summary>Starts a server with other services, such as operations that only a test has.</summary>
    public static async Task<TestServer> Start(Action<IServiceCollection>? adjust, params string[] settings)
    {
        var own = await TestDatabase.Create();
        var clock = new FakeTimeProvider(new DateTimeOffset(2030, 1, 15, 12, 0, 0, TimeSpan.Zero));
        try
        {
            return new TestServer(await Run(own, clock, adjust, settings), clock, own, ownsDatabase: true);
        }
        catch
        {
            await own.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another node on the same PostgreSQL database and clock; SQLite has one process and no second.</summary>
    public async Task<TestServer> StartNode(Action<IServiceCollection>? adjust = null, params string[] settings) =>
        new(await Run(database, Clock, adjust, settings), Clock, database, ownsDatabase: false);

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
        if (ownsDatabase) await database.DisposeAsync();
    }

    private static async Task<WebApplication> Run(
        TestDatabase on, FakeTimeProvider clock, Action<IServiceCollection>? adjust, string[] settings)
    {
        // Credential limits are per address and every test comes from one; the tests of limits set their own.
        string[] args =
        [
            "--DataFolder", on.Folder, "--Listen", "http://127.0.0.1:0", "--PublicUrl", "http://127.0.0.1:7300",
            "--Telemetry:Metrics", "false",
            "--RateLimits:Credential:PerSecond", "1000", "--RateLimits:Credential:Burst", "10000",
            "--RateLimits:Address:Burst", "10000", "--RateLimits:NativeApp:Burst", "10000",
            "--RateLimits:User:Burst", "10000", "--RateLimits:Agent:Burst", "10000",
            "--RateLimits:Operator:Burst", "10000",
            .. on.Postgres is null ? [] : new[] { "--Postgres", on.Postgres }, .. settings,
        ];
        var app = Server.Build(args, builder =>
        {
            builder.Services.RemoveAll<TimeProvider>();
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.Logging.SetMinimumLevel(LogLevel.Warning);
            adjust?.Invoke(builder.Services);
        });
        await app.Services.GetRequiredService<FirstStart>().Run(TestContext.Current.CancellationToken);
        await SeedOwner(app.Services.GetRequiredService<IDatabase>(), clock.GetUtcNow());
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }

    /// <summary>
    /// The operator that <see cref="InProcess.Owner"/> is, before the link was used: without a password.
    /// </summary>
    private static ValueTask<int> SeedOwner(IDatabase database, DateTimeOffset now) => database.Transact(write =>
        write.Run($"""
            insert into operator (id, email, email_key, name, role, created_at, updated_at, version)
            values ({InProcess.Owner.Operator}, {InProcess.Owner.Display}, {InProcess.Owner.Display}, {"Owner"},
                {"owner"}, {now}, {now}, {1L})
            on conflict (id) do nothing
            """));
}
