using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Keys;
using Castellan.Platform.Crypto;

namespace Castellan.Bench;

/// <summary>
/// What it costs to judge a key inside the process: each call is timed by itself, over a thousand keys in turn, so that
/// the last percent is seen and no processor's cache holds all of them. On SQLite, where no other node is heard.
/// </summary>
internal static class KeysBench
{
    private const int Keys = 1_000;
    private const int Calls = 200_000;
    private const int ColdCalls = 2_000;

    public static async Task<string> Run()
    {
        await using var server = await InServer.Start("Operator");
        var (app, verifier) = (await server.NewApp(), server.Service<KeyVerifier>());
        var notices = server.Service<Notices>();
        var list = server.Service<OperationTable>().ByName["tenants.list"];
        var use = new KeyUse("sandbox", IPAddress.Parse("203.0.113.7"), null, null, list.Name, list);
        var (secret, bound) = (await Tokens(new JsonObject()), await Tokens(new JsonObject
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

        async Task<string[]> Tokens(JsonObject terms)
        {
            var tokens = new string[Keys];
            for (var i = 0; i < Keys; i++)
            {
                var body = terms.DeepClone().AsObject();
                body["name"] = $"key {i}";
                var path = new Dictionary<string, string> { ["app"] = app.Value, ["environment"] = "sandbox" };
                tokens[i] = (await server.Call(server.Owner, "keys.create", path, body))["secret"]!.ToString();
            }
            return tokens;
        }

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
                    if (cold) notices.Forget(new Notice(KeyVerifier.Topic, ""));
                    var start = Stopwatch.GetTimestamp();
                    var (outcome, _, _) = await verifier.Verify(tokens[i % tokens.Length], app, use);
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
}
