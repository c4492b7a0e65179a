using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Castellan.Bench;

/// <summary>
/// What another app's bulk load of 20,000 records costs the users of an app, as they see it: over HTTP, with rules,
/// audit, history and events. Client and server share the machine's cores, so this is more than the queue's part.
/// </summary>
/// <param name="server">The executable of the server.</param>
/// <param name="postgres">A database that may be emptied; null for SQLite.</param>
/// <param name="rounds">How often each case is measured, after one round that is not.</param>
internal sealed class FairServedBench(string server, string? postgres, int rounds)
{
    private const int Records = 20_000;
    private const int Loaders = 4;
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(5);

    private static JsonObject Contract => JsonNode.Parse("""
        {
          "castellan": 1,
          "collections": {
            "items": {
              "schema": { "properties": { "title": { "type": "string" }, "rank": { "type": "integer" } } },
              "indexes": [["rank"]],
              "rules": { "list": "tenant_member", "read": "tenant_member", "create": "tenant_member" }
            }
          }
        }
        """)!.AsObject();

    public async Task<string> Run()
    {
        var folder = Directory.CreateTempSubdirectory("castellan-fair-").FullName;
        try
        {
            await using var served = await Served.Start(server, 7601,
            [
                "--DataFolder", folder,
                .. ((string[])["User", "Tenant", "Credential", "NativeApp"]).SelectMany(policy => (string[])
                    [$"--RateLimits:{policy}:PerSecond", "1000000", $"--RateLimits:{policy}:Burst", "1000000"]),
                .. postgres is null ? (string[])[] : ["--Postgres", postgres],
            ]);
            await served.Prepare(users: 1, keys: 0);
            await served.Apply(Contract);
            await served.AddApp("flood");
            await served.Apply(Contract);
            await served.AddUsers(1);
            return await Measure(served);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> Measure(Served served)
    {
        using var light = Client(served, 0);
        using var flood = Client(served, 1);
        (string Name, int Chunk, bool Atomic)[] loads =
        [
            ("1,000 records a call, each by itself", 1_000, false),
            ("100 records a call, all or none", 100, true),
            ("1,000 records a call, all or none", 1_000, true),
        ];
        var quiet = new List<Beside>();
        var loaded = loads.ToDictionary(load => load, _ => new List<Beside>());
        for (var round = 0; round <= rounds; round++)
        {
            var still = await Beside.Measure(Every, Write, () => Task.Delay(Quiet));
            if (round > 0) quiet.Add(still);
            foreach (var load in loads)
            {
                var times = await Beside.Measure(Every, Write, () => Pour(flood, load.Chunk, load.Atomic));
                if (round > 0) loaded[load].Add(times);
            }
        }
        var text = new StringBuilder("| load | p50 ms | p99 ms | p99 of quiet | records/s |\n|---|---|---|---|---|\n");
        Line("none", quiet);
        foreach (var load in loads) Line(load.Name, loaded[load]);
        return text.ToString();

        Task Write() => Send(light, "/v1/records/items", """{"title":"A title","rank":7}""");

        void Line(string name, List<Beside> own)
        {
            var (p50, p99) = (LoadBench.Median(own.Select(t => t.P50)), LoadBench.Median(own.Select(t => t.P99)));
            var ratio = LoadBench.Median(own.Zip(quiet, (with, without) => with.P99 / without.P99));
            var rate = LoadBench.Median(own.Select(t => Records / t.Seconds));
            text.AppendLine(name == "none"
                ? string.Create(CultureInfo.InvariantCulture, $"| {name} | {p50:n1} | {p99:n1} | | |")
                : string.Create(
                    CultureInfo.InvariantCulture, $"| {name} | {p50:n1} | {p99:n1} | {ratio:n1} | {rate:n0} |"));
        }
    }

    private static HttpClient Client(Served served, int user)
    {
        var http = new HttpClient { BaseAddress = served.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", served.UserTokens[user]);
        http.DefaultRequestHeaders.Add("Castellan-Tenant", served.TenantOf(user));
        return http;
    }

    private static async Task Pour(HttpClient http, int chunk, bool atomic)
    {
        var items = string.Join(',', Enumerable.Range(0, chunk)
            .Select(i => $$$"""{"op":"create","record":{"title":"Item {{{i}}}","rank":{{{i * 7919 % 100003}}}}}"""));
        var body = $$"""{"items":[{{items}}],"atomic":{{(atomic ? "true" : "false")}}}""";
        var left = Records / chunk;
        await Task.WhenAll(Enumerable.Range(0, Loaders).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0) await Send(http, "/v1/records/items/bulk", body);
        })));
    }

    private static async Task Send(HttpClient http, string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(path, content);
        if (!response.IsSuccessStatusCode)
        {
            var said = await response.Content.ReadAsStringAsync();
            throw new InvalidOperationException($"{path}: {(int)response.StatusCode} {said}");
        }
    }
}
