using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Castellan.Bench;

/// <summary>
/// The table of bench/RESULTS.md: every case in turn, several rounds, so that a ratio is taken inside one round; the
/// bare endpoints of <see cref="BareServer"/> are the references.
/// </summary>
internal sealed class LoadBench(string server, string bench, string? postgres, int rounds, int seconds)
{
    private const int Users = 400;
    private const int Keys = 40;
    private const int WarmUpSeconds = 10;
    private readonly string folder = Directory.CreateTempSubdirectory("castellan-bench-").FullName;
    private readonly List<Process> bare = [];

    public async Task<string> Run()
    {
        try
        {
            return await Measure();
        }
        finally
        {
            foreach (var process in bare) process.Kill(entireProcessTree: true);
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task<string> Measure()
    {
        var starts = await ColdStarts();
        var bareServer = StartBare(7401);
        await using var sqlite = await Served.Start(server, 7402, Settings("sqlite"));
        await sqlite.Prepare(Users, Keys);
        await using var silent = await Hosted(7403);
        await silent.Prepare(Users, Keys);
        var cases = SqliteCases(bareServer, sqlite, silent);
        Served? onPostgres = null;
        if (postgres is not null)
        {
            onPostgres = await Served.Start(server, 7404, [.. Settings("postgres"), "--Postgres", postgres]);
            await onPostgres.Prepare(100, Keys);
            cases.AddRange(PostgresCases(bareServer, onPostgres));
        }
        await using var _ = onPostgres;
        var runs = await Rounds(cases, rounds, seconds, WarmUpSeconds);
        var signIns = await new SignInBench(sqlite, Users, rounds, seconds).Run();
        return Report(cases, runs, starts, sqlite, FsyncMs()) + "\n" + signIns;
    }

    private List<Case> SqliteCases(int bareProcess, Served sqlite, Served silent)
    {
        var bareAddress = new Uri("http://127.0.0.1:7401");
        const string Write = """{"name":"Workspace {n}"}""";
        return
        [
            new("bare answer", bareAddress, "GET", ["/hello"]) { Process = bareProcess },
            new("read, user token, SQLite", sqlite.Address, "GET", sqlite.WorkspacePaths)
            {
                Tokens = sqlite.UserTokens, Process = sqlite.ProcessId, Reference = "bare answer",
            },
            new("read, secret key, SQLite", sqlite.Address, "GET", sqlite.WorkspacePaths)
            {
                Tokens = sqlite.SecretKeys, Process = sqlite.ProcessId, Reference = "bare answer",
            },
            new("bare group-commit insert, SQLite", bareAddress, "POST", ["/sqlite-insert"])
            {
                Body = "an item", Process = bareProcess,
            },
            new("governed write, SQLite", sqlite.Address, "POST", sqlite.WorkspacesPaths)
            {
                Tokens = sqlite.UserTokens, Body = Write, Keyed = true, Process = sqlite.ProcessId,
                Reference = "bare group-commit insert, SQLite",
            },
            new("governed write without audit and events, SQLite", silent.Address, "POST", silent.WorkspacesPaths)
            {
                Tokens = silent.UserTokens, Body = Write, Keyed = true, Process = silent.ProcessId,
                Reference = "bare group-commit insert, SQLite",
            },
        ];
    }

    private static List<Case> PostgresCases(int bareProcess, Served served) =>
    [
        new("bare single insert, PostgreSQL", new Uri("http://127.0.0.1:7401"), "POST", ["/postgres-insert"])
        {
            Body = "an item", Process = bareProcess,
        },
        new("governed write, PostgreSQL", served.Address, "POST", served.WorkspacesPaths)
        {
            Tokens = served.UserTokens, Body = """{"name":"Workspace {n}"}""", Keyed = true, Process = served.ProcessId,
            Reference = "bare single insert, PostgreSQL",
        },
        new("read, user token, PostgreSQL", served.Address, "GET", served.WorkspacePaths)
        {
            Tokens = served.UserTokens, Process = served.ProcessId, Reference = "bare answer",
        },
    ];

    private string[] Settings(string name) =>
    [
        "--DataFolder", Path.Combine(folder, name), "--Tenants:WorkspacesMax", "1000000",
        "--RateLimits:User:PerSecond", "1000", "--RateLimits:Credential:PerSecond", "100000",
        "--RateLimits:Credential:Burst", "100000", "--RateLimits:NativeApp:PerSecond", "100000",
        "--RateLimits:NativeApp:Burst", "100000",
    ];

    private int StartBare(int port)
    {
        var start = new ProcessStartInfo(bench) { ArgumentList = { "bare", Path.Combine(folder, "bare"), $"{port}" } };
        if (postgres is not null) start.ArgumentList.Add(postgres);
        bare.Add(Process.Start(start)!);
        return bare[^1].Id;
    }

    /// <summary>The same server, hosted by this program with the records of a Change switched off.</summary>
    private Task<Served> Hosted(int port) => Served.Start(bench, port, [.. Settings("silent"), "--without-records"]);

    private async Task<List<(double Ms, double MiB)>> ColdStarts()
    {
        var starts = new List<(double, double)>();
        for (var i = 0; i < 5; i++)
        {
            await using var served = await Served.Start(server, 7405, Settings("cold"));
            await Task.Delay(TimeSpan.FromSeconds(2));
            starts.Add((served.StartMs, served.ResidentMiB()));
        }
        return starts;
    }

    private double FsyncMs()
    {
        using var file = new FileStream(Path.Combine(folder, "fsync"), FileMode.Create);
        var times = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            file.Write(new byte[4096]);
            var before = Stopwatch.GetTimestamp();
            file.Flush(flushToDisk: true);
            times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
        }
        return Median(times);
    }

    private static string Report(
        List<Case> cases, Dictionary<string, List<Run>> runs, List<(double Ms, double MiB)> starts, Served sqlite,
        double fsync)
    {
        return Table(cases, runs) + string.Create(CultureInfo.InvariantCulture,
            $"""

            Cold start to the first answer: median {Median(starts.Select(s => s.Ms)):n0} ms of {starts.Count}; idle
            memory {Median(starts.Select(s => s.MiB)):n0} MiB; after the load {sqlite.ResidentMiB():n0} MiB. fsync of
            4 KiB: median {fsync:n2} ms.

            """);
    }

    /// <summary>Every case once in every round, so that a ratio is taken inside one.</summary>
    internal static async Task<Dictionary<string, List<Run>>> Rounds(
        List<Case> cases, int rounds, int seconds, int warmUpSeconds)
    {
        // The runtime compiles what is hot, on the same two cores, in the first seconds of each path.
        foreach (var one in cases) await Wrk.Measure(one, warmUpSeconds);
        var runs = cases.ToDictionary(c => c.Name, _ => new List<Run>());
        for (var round = 0; round < rounds; round++)
        {
            foreach (var one in cases)
            {
                var run = await Wrk.Measure(one, seconds);
                runs[one.Name].Add(run);
                Console.WriteLine(
                    $"{round + 1}/{rounds} {one.Name}: {run.PerSecond:n0}/s, {run.Cpu:n0} us "
                    + $"(database {run.DatabaseCpu ?? 0:n0}), p99 {run.P99:n1} ms, refused {run.Refused}");
            }
        }
        return runs;
    }

    /// <summary>Medians of the rounds; a ratio is taken inside its round.</summary>
    internal static string Table(List<Case> cases, Dictionary<string, List<Run>> runs)
    {
        var text = new StringBuilder();
        text.AppendLine("| case | requests/s | of its reference | p50 ms | p99 ms | CPU us per request | refused |");
        text.AppendLine("|---|---|---|---|---|---|---|");
        foreach (var one in cases)
        {
            var own = runs[one.Name];
            var ratio = one.Reference is { } reference
                ? Median(own.Zip(runs[reference], (a, b) => a.PerSecond / b.PerSecond))
                    .ToString("0.00", CultureInfo.InvariantCulture)
                    + $" of {reference}"
                : "";
            text.Append(CultureInfo.InvariantCulture,
                $"| {one.Name} | {Median(own.Select(r => r.PerSecond)):n0} | {ratio} | ");
            text.AppendLine(CultureInfo.InvariantCulture,
                $"{Median(own.Select(r => r.P50)):n2} | {Median(own.Select(r => r.P99)):n1} | {Cpu(own)} | "
                + $"{Lost(own)} |");
        }
        return text.ToString();
    }

    private static string Cpu(List<Run> runs)
    {
        var server = Median(runs.Select(run => run.Cpu)).ToString("n0", CultureInfo.InvariantCulture);
        return runs[0].DatabaseCpu is null
            ? server
            : $"{server} + {Median(runs.Select(run => run.DatabaseCpu!.Value)):n0} in the database";
    }

    private static long Lost(List<Run> runs) => runs.Sum(run => run.Refused + run.Broken);

    internal static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count % 2 == 1 ? sorted[sorted.Count / 2]
            : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }
}
