using System.Text.Json;
using System.Text.Json.Nodes;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Bench;

/// <summary>
/// The real server inside this process, on SQLite in a folder of its own: what is measured are its parts, and what they
/// work on is made through the ordinary operations.
/// </summary>
internal sealed class InServer : IAsyncDisposable
{
    private readonly string folder;
    private readonly WebApplication app;

    private InServer(string folder, WebApplication app) => (this.folder, this.app) = (folder, app);

    /// <summary>The first owner, who looks at sandbox.</summary>
    public Caller Owner { get; private set; } = Caller.Nobody;

    public IDatabase Database => Service<IDatabase>();

    /// <summary>Starts one in which these policies limit nobody.</summary>
    public static async Task<InServer> Start(params string[] unlimited)
    {
        var data = Directory.CreateTempSubdirectory("castellan-bench-").FullName;
        var server = new InServer(data, Castellan.Server.Build(
        [
            "--DataFolder", data, "--Listen", "http://127.0.0.1:0",
            .. unlimited.SelectMany(policy => (string[])
                [$"--RateLimits:{policy}:PerSecond", "100000", $"--RateLimits:{policy}:Burst", "100000"]),
        ]));
        await server.Service<FirstStart>().Run(CancellationToken.None);
        // The first owner is made by the line that tells its link.
        foreach (var line in server.app.Services.GetServices<IStartLine>()) await line.Line(CancellationToken.None);
        var id = await server.Database.One(
            $"select id from operator where role = 'owner' limit 1", row => row.Text());
        server.Owner = Caller.OfOperator(new OperatorId(id!), OperatorRole.Owner, "sandbox", "bench");
        return server;
    }

    public T Service<T>()
        where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>Registers an app.</summary>
    public async Task<AppId> NewApp()
    {
        var made = await Call(Owner, "apps.create", [], new JsonObject { ["name"] = "bench", ["owner"] = "bench" });
        return new AppId(made["id"]!.ToString());
    }

    /// <summary>Somebody who is signed in to an app, with a verified address at example.com.</summary>
    public async Task<Caller> NewUser(string name, AppId app)
    {
        var (now, email) = (TimeProvider.System.GetUtcNow(), $"{name}@example.com");
        var id = UserId.New(now);
        await Database.Transact(WriteLane.Background, write => write.Run($"""
            insert into user_account (id, environment_id, email, email_key, email_verified_at, name, created_at,
                updated_at, version)
            values ({id}, {"sandbox"}, {email}, {email}, {now}, {name}, {now}, {now}, {1L})
            """));
        return Caller.OfAccountPage("sandbox", id, email) with { App = app };
    }

    /// <summary>Calls an operation through the gate; a refusal is thrown.</summary>
    public async Task<JsonObject> Call(
        Caller by, string operation, Dictionary<string, string> path, JsonObject body)
    {
        var request = Request(path, JsonSerializer.SerializeToUtf8Bytes(body));
        var (answer, _) = await Service<Gate>().Invoke(
            by, Service<OperationTable>().ByName[operation], request, CancellationToken.None);
        return answer.Problem is { } problem
            ? throw new InvalidOperationException(
                $"{operation}: {problem.Type.Code} {problem.Detail} {string.Join("; ", problem.Errors)}")
            : JsonNode.Parse(answer.Body.Span)!.AsObject();
    }

    /// <summary>Calls an operation through the gate.</summary>
    public async ValueTask<Answer> Ask(Caller by, string operation, GateRequest request) =>
        (await Service<Gate>().Invoke(
            by, Service<OperationTable>().ByName[operation], request, CancellationToken.None)).Answer;

    /// <summary>A request that no adapter brought.</summary>
    public static GateRequest Request(Dictionary<string, string> path, byte[] body, string? tenant = null) =>
        new DirectRequest(path, body)
        {
            Id = RequestId.New(TimeProvider.System.GetUtcNow()),
            Tenant = tenant,
        };

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class DirectRequest(Dictionary<string, string> path, byte[] body) : GateRequest
    {
        public override IEnumerable<string> QueryNames => [];

        public override IEnumerable<string> PathNames => path.Keys;

        public override string? Path(string name) => path.GetValueOrDefault(name);

        public override string? Query(string name) => null;

        public override ValueTask<ReadOnlyMemory<byte>?> Body(int maxBytes, CancellationToken ct) =>
            new((ReadOnlyMemory<byte>?)body);
    }
}
