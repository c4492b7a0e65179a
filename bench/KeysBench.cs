using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Keys;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Bench;

/// <summary>
/// What it costs to judge a key inside the process: each call is timed by itself, over a thousand keys in turn, so that
/// the last percent is seen and no processor's cache holds all of them. On SQLite, whose memory is exact; on PostgreSQL
/// a key is read again after a second.
/// </summary>
internal static class KeysBench
{
    private const int Keys = 1_000;
    private const int Calls = 200_000;
    private const int ColdCalls = 2_000;

    public static async Task<string> Run()
    {
        var folder = Directory.CreateTempSubdirectory("castellan-keys-").FullName;
        try
        {
            await using var app = Castellan.Server.Build(
            [
                "--DataFolder", folder, "--Listen", "http://127.0.0.1:0",
                "--RateLimits:Operator:PerSecond", "100000", "--RateLimits:Operator:Burst", "100000",
            ]);
            await app.Services.GetRequiredService<FirstStart>().Run(CancellationToken.None);
            return await Measure(app);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<string> Measure(WebApplication app)
    {
        var world = await World.Make(app);
        var verifier = app.Services.GetRequiredService<KeyVerifier>();
        var list = app.Services.GetRequiredService<OperationTable>().ByName["tenants.list"];
        var use = new KeyUse("sandbox", IPAddress.Parse("203.0.113.7"), null, null, list.Name, list);
        var (secret, bound) = (await world.Tokens(new JsonObject()), await world.Tokens(new JsonObject
        {
            ["kind"] = "restricted",
            ["permissions"] = new JsonArray("users.list", "users.get", "tenants.get", "tenants.list"),
            ["ip_ranges"] = new JsonArray([.. Enumerable.Range(0, 9).Select(n => JsonValue.Create($"10.{n}.0.0/16")),
                JsonValue.Create("203.0.113.0/24")]),
            ["rate_per_minute"] = 1_000_000,
        }));
        var unknown = Enumerable.Range(0, Keys).Select(_ => OpaqueToken.New("cas_sk_sandbox_")).ToArray();
        var text = new StringBuilder("| case | p50 us | p99 us | p99.9 us | bytes a call |\n|---|---|---|---|---|\n");
        text.Append(await Line("secret key, warm", secret, KeyOutcome.Valid, Calls));
        text.Append(await Line(
            "restricted key of 4 operations, 10 ranges and a rate, warm", bound, KeyOutcome.Valid, Calls));
        text.Append(await Line(
            "no key by its checksum", [.. unknown.Select(t => t[..^1] + "!")], KeyOutcome.Malformed, Calls));
        text.Append(await Line("secret key, read from the database", secret, KeyOutcome.Valid, ColdCalls, cold: true));
        text.Append(await Line("unknown key, read from the database", unknown, KeyOutcome.NotFound, ColdCalls));
        return text.ToString();

        async Task<string> Line(string name, string[] tokens, KeyOutcome expected, int calls, bool cold = false)
        {
            var ticks = new long[calls];
            long bytes = 0;
            // The first round is for the runtime to compile, and for memory to know every key.
            for (var round = 0; round < 2; round++)
            {
                var before = GC.GetTotalAllocatedBytes(precise: true);
                for (var i = 0; i < calls; i++)
                {
                    if (cold) verifier.ForgetAll();
                    var start = Stopwatch.GetTimestamp();
                    var (outcome, _, _) = await verifier.Verify(tokens[i % tokens.Length], world.App, use);
                    ticks[i] = Stopwatch.GetTimestamp() - start;
                    if (outcome != expected) throw new InvalidOperationException($"{name}: {outcome}.");
                }
                bytes = (GC.GetTotalAllocatedBytes(precise: true) - before) / calls;
            }
            Array.Sort(ticks);
            return string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {At(0.5):N1} | {At(0.99):N1} | {At(0.999):N1} | {bytes:N0} |\n");

            double At(double share) => ticks[(int)(share * (calls - 1))] * 1e6 / Stopwatch.Frequency;
        }
    }

    /// <summary>An app, whose keys are made through the ordinary operations.</summary>
    private sealed class World(IServiceProvider services, Caller owner)
    {
        public AppId App { get; private set; }

        public static async Task<World> Make(WebApplication app)
        {
            // The first owner is made by the line that tells its link.
            foreach (var line in app.Services.GetServices<IStartLine>()) await line.Line(CancellationToken.None);
            var id = await app.Services.GetRequiredService<IDatabase>().One(
                $"select id from operator where role = 'owner' limit 1", row => row.Text());
            var world = new World(app.Services, Caller.OfOperator(
                new OperatorId(id!), OperatorRole.Owner, "sandbox", "bench"));
            var made = await world.Call("apps.create", [], new JsonObject { ["name"] = "bench", ["owner"] = "bench" });
            world.App = new AppId(made["id"]!.ToString());
            return world;
        }

        public async Task<string[]> Tokens(JsonObject terms)
        {
            var tokens = new string[Keys];
            for (var i = 0; i < Keys; i++)
            {
                var body = terms.DeepClone().AsObject();
                body["name"] = $"key {i}";
                var path = new Dictionary<string, string> { ["app"] = App.Value, ["environment"] = "sandbox" };
                tokens[i] = (await Call("keys.create", path, body))["secret"]!.ToString();
            }
            return tokens;
        }

        private async Task<JsonObject> Call(string operation, Dictionary<string, string> path, JsonObject body)
        {
            var request = new DirectRequest(path, JsonSerializer.SerializeToUtf8Bytes(body))
            {
                Id = RequestId.New(TimeProvider.System.GetUtcNow()),
            };
            var (answer, _) = await services.GetRequiredService<Gate>().Invoke(
                owner, services.GetRequiredService<OperationTable>().ByName[operation], request,
                CancellationToken.None);
            return answer.Problem is { } problem
                ? throw new InvalidOperationException($"{operation}: {problem.Type.Code} {problem.Detail}")
                : JsonNode.Parse(answer.Body.Span)!.AsObject();
        }
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
