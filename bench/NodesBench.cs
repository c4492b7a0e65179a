using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Castellan.Bench;

/// <summary>
/// From taking something away on one node to the last call that another node still accepts, both under load, over one
/// PostgreSQL. The one who loses it calls over two connections without a pause, and for a while after the first
/// refusal: one that was accepted then would count.
/// </summary>
/// <param name="server">The executable of the server.</param>
/// <param name="postgres">An empty database.</param>
/// <param name="trials">How many; two are under way at once.</param>
internal sealed class NodesBench(string server, string postgres, int trials)
{
    private const int AtOnce = 2;
    private const int Callers = 2;
    private const int Readers = 4;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(150);

    /// <summary>Milliseconds from the call that takes away: sent, and answered.</summary>
    private sealed record Trial(string Kind, double FromSent, double FromAnswered, bool Late);

    /// <summary>What somebody does over and over, and how it is ended on the other node.</summary>
    private sealed record Victim(string Kind, HttpMethod Method, string Path, string Bearer, Func<Task> End);

    public async Task<string> Run()
    {
        var folder = Directory.CreateTempSubdirectory("castellan-nodes-").FullName;
        string[] settings =
        [
            // One address for both, as behind a balancer: tokens name it.
            "--DataFolder", folder, "--Postgres", postgres, "--PublicUrl", "http://127.0.0.1:7611",
            .. ((string[])["User", "Tenant", "Credential", "NativeApp", "Agent", "Operator", "Key", "Address"])
                .SelectMany(policy => (string[])
                    [$"--RateLimits:{policy}:PerSecond", "1000000", $"--RateLimits:{policy}:Burst", "1000000"]),
        ];
        try
        {
            await using var here = await Served.Start(server, 7611, settings);
            await here.Prepare(users: Readers, keys: 0);
            await using var there = await Served.Start(server, 7612, settings);
            return await Measure(here, there);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> Measure(Served here, Served there)
    {
        using var stop = new CancellationTokenSource();
        var read = new[] { here, there }.SelectMany(node =>
            Enumerable.Range(0, Readers).Select(reader => Task.Run(() => Load(node, here, reader, stop.Token))))
            .ToList();
        var clock = Stopwatch.StartNew();
        var done = new ConcurrentBag<Trial>();
        await Parallel.ForAsync(-20, trials, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
        {
            var trial = await Once(await NewVictim(here, i), there);
            // The first ones are for the runtime to compile.
            if (i >= 0) done.Add(trial);
        });
        var seconds = clock.Elapsed.TotalSeconds;
        await stop.CancelAsync();
        var answered = await Task.WhenAll(read);
        return Report([.. done], answered.Sum() / seconds);
    }

    private async Task<Victim> NewVictim(Served here, int number) => (Math.Abs(number) % 3) switch
    {
        0 => await NewKey(here, number),
        1 => await NewAgent(here, number),
        _ => await NewUser(here, number),
    };

    private static async Task<Victim> NewKey(Served here, int number)
    {
        var keys = $"/v1/apps/{here.App}/environments/sandbox/keys";
        var made = await here.Send(HttpMethod.Post, keys, here.Owner, new JsonObject { ["name"] = $"trial {number}" });
        var path = $"{keys}/{made["key"]!["id"]}/revoke";
        return new Victim("key revoked", HttpMethod.Get, "/v1/tenants", made["secret"]!.ToString(),
            () => here.Send(HttpMethod.Post, path, here.Owner, Because()));
    }

    private static async Task<Victim> NewAgent(Served here, int number)
    {
        var agent = new JsonObject
        {
            ["name"] = $"trial {number}", ["owner"] = "bench", ["purpose"] = "A trial.",
            ["operations"] = new JsonArray("records.list"),
        };
        var made = await here.Send(HttpMethod.Post, "/v1/agents", here.Owner, agent, "sandbox");
        var path = $"/v1/agents/{made["agent"]!["id"]}/kill";
        return new Victim("agent killed", HttpMethod.Post, "/v1/runs", made["token"]!.ToString(),
            () => here.Send(HttpMethod.Post, path, here.Owner, Because(), "sandbox"));
    }

    private static async Task<Victim> NewUser(Served here, int number)
    {
        var made = await here.Send(HttpMethod.Post, "/v1/auth/sign-up", null, new JsonObject
        {
            ["email"] = $"trial{number}@example.com", ["password"] = "correct horse battery",
        });
        var path = $"/v1/users/{made["user"]!["id"]}/suspend";
        return new Victim("user suspended", HttpMethod.Get, "/v1/me", made["access_token"]!.ToString(),
            () => here.Send(HttpMethod.Post, path, here.Owner, Because(), "sandbox"));
    }

    private static JsonObject Because() => new() { ["reason"] = "a trial" };

    private static async Task<Trial> Once(Victim victim, Served there)
    {
        using var http = Client(there, victim.Bearer);
        var state = new State();
        var callers = Enumerable.Range(0, Callers).Select(_ => Task.Run(() => Call(http, victim, state))).ToList();
        while (Volatile.Read(ref state.Accepted) < 10)
        {
            if (Volatile.Read(ref state.Refused) > 0 || callers.Any(caller => caller.IsFaulted))
                throw new InvalidOperationException($"{victim.Kind}: refused before it was taken away.");
            await Task.Delay(1);
        }
        var sent = Stopwatch.GetTimestamp();
        await victim.End();
        var answered = Stopwatch.GetTimestamp();
        while (Volatile.Read(ref state.Refused) == 0 && Stopwatch.GetElapsedTime(sent) < Longest) await Task.Delay(1);
        await Task.Delay(Rest);
        state.Stop = true;
        await Task.WhenAll(callers);
        var last = Volatile.Read(ref state.LastAccepted);
        return new Trial(victim.Kind, Ms(sent, last), Math.Max(0, Ms(answered, last)),
            state.Refused == 0 || Ms(sent, last) >= 1000);
    }

    private static double Ms(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    private sealed class State
    {
        public long Accepted;
        public long Refused;
        public long LastAccepted;
        public volatile bool Stop;
    }

    private static async Task Call(HttpClient http, Victim victim, State state)
    {
        while (!state.Stop)
        {
            using var request = new HttpRequestMessage(victim.Method, victim.Path);
            if (victim.Method == HttpMethod.Post) request.Content = JsonContent.Create(new JsonObject());
            using var response = await http.SendAsync(request);
            // Read to its end: the call is over when its answer is here.
            var text = await response.Content.ReadAsStringAsync();
            if (response.IsSuccessStatusCode)
            {
                InterlockedMax(ref state.LastAccepted, Stopwatch.GetTimestamp());
                Interlocked.Increment(ref state.Accepted);
            }
            else if ((int)response.StatusCode is 401 or 403)
            {
                Interlocked.Increment(ref state.Refused);
            }
            else
            {
                throw new InvalidOperationException($"{victim.Kind}: {(int)response.StatusCode} {text}");
            }
        }
    }

    private static void InterlockedMax(ref long target, long value)
    {
        while (Volatile.Read(ref target) is var known && known < value)
        {
            if (Interlocked.CompareExchange(ref target, value, known) == known) return;
        }
    }

    private static async Task<long> Load(Served node, Served prepared, int reader, CancellationToken ct)
    {
        using var http = Client(node, prepared.UserTokens[reader]);
        long answered = 0;
        while (!ct.IsCancellationRequested)
        {
            using var response = await http.GetAsync(prepared.WorkspacePaths[reader], CancellationToken.None);
            // An access token lives for ten minutes, and a trial for less than one.
            response.EnsureSuccessStatusCode();
            answered++;
        }
        return answered;
    }

    private static HttpClient Client(Served node, string bearer) => new()
    {
        BaseAddress = node.Address,
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", bearer) },
    };

    private static string Report(IReadOnlyList<Trial> done, double reads)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture,
            $"{done.Count} trials, {reads:n0} other calls a second meanwhile. Milliseconds to the last one accepted.");
        text.AppendLine();
        text.AppendLine("| taken away | trials | from | p50 | p99 | max | a second or more |");
        text.AppendLine("|---|---|---|---|---|---|---|");
        foreach (var group in done.GroupBy(trial => trial.Kind).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Append(done.GroupBy(_ => "all").Single()))
        {
            Line(group.Key, "its call sent", group, trial => trial.FromSent);
            Line(group.Key, "its answer", group, trial => trial.FromAnswered);
        }
        return text.ToString();

        void Line(string name, string from, IEnumerable<Trial> of, Func<Trial, double> value)
        {
            var sorted = of.Select(value).Order().ToList();
            text.AppendLine(CultureInfo.InvariantCulture,
                $"| {name} | {sorted.Count} | {from} | {At(sorted, 0.5):n1} | {At(sorted, 0.99):n1} | "
                + $"{sorted[^1]:n1} | "
                + $"{of.Count(trial => trial.Late)} |");
        }
    }

    private static double At(List<double> sorted, double share) => sorted[(int)(share * (sorted.Count - 1))];
}
