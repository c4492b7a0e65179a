using System.Collections.Concurrent;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AwesomeAssertions;
using Xunit;

namespace Castellan.EndToEnd.Durability;

/// <summary>
/// kill -9 in the middle of a storm of writes: every acknowledged change is there afterwards, and none is half done.
/// <c>CASTELLAN_STORM_ROUNDS</c> says how often; <c>dotnet run build.cs -- storm</c> runs the long form.
/// </summary>
public sealed class StormTests
{
    private const int Writers = 24;

    private sealed record Written(string Name, string Key, string Answer);

    [Fact]
    [Trait("Engine", "sqlite")]
    public Task On_sqlite_kill_9_loses_nothing_acknowledged_and_leaves_nothing_half_done() => Storm("sqlite");

    [Fact]
    [Trait("Engine", "postgres")]
    public Task On_postgres_kill_9_loses_nothing_acknowledged_and_leaves_nothing_half_done() => Storm("postgres");

    private static async Task Storm(string engine)
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("CASTELLAN_STORM_ROUNDS") ?? "10");
        await using var server = await KilledServer.Start(engine);
        var ledger = new Ledger(server);
        var acknowledged = new ConcurrentDictionary<string, Written>();
        var unanswered = 0;
        for (var round = 0; round < rounds; round++)
        {
            // Not a random moment but a spread of moments: early, late, and all between.
            var untilKill = TimeSpan.FromMilliseconds(100 + (round * 137 % 600));
            var cut = await Write(server, round, untilKill, acknowledged);
            unanswered += cut.Count;
            await server.Restart();

            (await ledger.HalfDone()).Should().BeEmpty($"round {round}");
            var apps = await ledger.Apps();
            acknowledged.Values.Where(w => !apps.ContainsKey(w.Name)).Should().BeEmpty($"round {round}");
            await Repeat(server, acknowledged.Values.TakeLast(5), cut);
            (await ledger.HalfDone()).Should().BeEmpty($"round {round}, after the repeats");
        }
        acknowledged.Count.Should().BeGreaterThan(rounds * Writers, "a storm that writes little proves little");
        unanswered.Should().BePositive("the kill must cut calls off");
        Report($"{engine}: {rounds} times kill -9 under {Writers} writers; {acknowledged.Count} changes acknowledged, "
            + $"{unanswered} calls cut off; none lost, none half done, every cut call done once when repeated.");
    }

    /// <summary>Writes until killed. Gives the calls that got no answer.</summary>
    private static async Task<List<(string Name, string Key)>> Write(
        KilledServer server, int round, TimeSpan untilKill, ConcurrentDictionary<string, Written> acknowledged)
    {
        var cut = new ConcurrentBag<(string, string)>();
        var writers = Enumerable.Range(0, Writers).Select(async writer =>
        {
            for (var i = 0; ; i++)
            {
                var name = $"r{round}-w{writer}-{i}";
                try
                {
                    acknowledged[name] = new Written(name, name, await Create(server, name, name));
                }
                catch (Exception gone) when (gone is HttpRequestException or IOException)
                {
                    cut.Add((name, name));
                    return;
                }
            }
        }).ToList();
        await Task.Delay(untilKill);
        await server.Kill();
        await Task.WhenAll(writers);
        return [.. cut];
    }

    /// <summary>A repeat gives the stored answer where the change was made, and makes it where it was not.</summary>
    private static async Task Repeat(
        KilledServer server, IEnumerable<Written> answered, IEnumerable<(string Name, string Key)> cut)
    {
        foreach (var written in answered)
            (await Create(server, written.Name, written.Key)).Should().Be(written.Answer);
        foreach (var (name, key) in cut)
        {
            var first = await Create(server, name, key);
            (await Create(server, name, key)).Should().Be(first);
        }
    }

    private static async Task<string> Create(KilledServer server, string name, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("v1/apps", UriKind.Relative));
        request.Headers.Add("Idempotency-Key", key);
        request.Content = JsonContent.Create(new JsonObject { ["name"] = name, ["owner"] = "storm" });
        using var response = await server.Owner.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        if ((int)response.StatusCode != 201)
            throw new InvalidOperationException($"{name}: {(int)response.StatusCode} {text}");
        return text;
    }

    private static void Report(string line)
    {
        if (Environment.GetEnvironmentVariable("CASTELLAN_STORM_RESULT") is { Length: > 0 } path)
            File.AppendAllText(path, line + "\n");
    }
}
