using System.Diagnostics;
using System.Globalization;

namespace Castellan.Bench;

/// <summary>One case: what wrk sends where, and whose CPU it costs.</summary>
internal sealed record Case(string Name, Uri Server, string Method, IReadOnlyList<string> Paths)
{
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>Tenants of the paths, as tokens are of them.</summary>
    public IReadOnlyList<string> Tenants { get; init; } = [];

    /// <summary>"Name: value", sent with every request.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    public string? Body { get; init; }

    public bool Keyed { get; init; }

    /// <summary>An app's key, sent beside or instead of a token.</summary>
    public string? Key { get; init; }

    public int Connections { get; init; } = 32;

    /// <summary>Process whose CPU counts, with its children.</summary>
    public required int Process { get; init; }

    /// <summary>The database's process, counted apart.</summary>
    public int? Database { get; init; }

    /// <summary>The case that this one's rate is a share of.</summary>
    public string? Reference { get; init; }
}

/// <summary>One run of a case. Times in milliseconds, CPU in microseconds per request.</summary>
internal sealed record Run(
    double PerSecond, double P50, double P99, double Cpu, double? DatabaseCpu, long Refused, long Broken);

/// <summary>Runs wrk and reads what the server's processes spent meanwhile from /proc.</summary>
internal static class Wrk
{
    private const double TicksPerSecond = 100;

    public static async Task<Run> Measure(Case measured, int seconds)
    {
        // Two may run at once.
        var own = Directory.CreateTempSubdirectory("case-").FullName;
        var start = new ProcessStartInfo("wrk")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                "-t1", $"-c{measured.Connections}", $"-d{seconds}s", "--timeout", "30s",
                "-s", Path.Combine(AppContext.BaseDirectory, "wrk.lua"), measured.Server.AbsoluteUri,
            },
        };
        start.Environment["METHOD"] = measured.Method;
        start.Environment["PATHS"] = await Lines("paths", measured.Paths);
        start.Environment["TOKENS"] = await Lines("tokens", measured.Tokens);
        start.Environment["TENANTS"] = await Lines("tenants", measured.Tenants);
        start.Environment["HEADERS"] = await Lines("headers", measured.Headers);
        start.Environment["BODY"] = measured.Body ?? "";
        start.Environment["KEY"] = measured.Key ?? "";
        start.Environment["KEYED"] = measured.Keyed ? "1" : "0";
        start.Environment["LABEL"] = $"r{Stopwatch.GetTimestamp():x}";
        var before = (CpuSeconds(measured.Process), measured.Database is { } d0 ? CpuSeconds(d0) : 0);
        using var wrk = Process.Start(start)!;
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        Directory.Delete(own, recursive: true);
        var after = (CpuSeconds(measured.Process), measured.Database is { } d1 ? CpuSeconds(d1) : 0);
        var line = output.Split('\n').FirstOrDefault(l => l.StartsWith("RESULT ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"wrk said: {output}");
        var fields = line.Split(' ').Skip(1).Select(f => double.Parse(f, CultureInfo.InvariantCulture)).ToArray();
        var requests = Math.Max(fields[0], 1);
        return new Run(
            requests / (fields[1] / 1e6), fields[3], fields[4], (after.Item1 - before.Item1) / requests * 1e6,
            measured.Database is null ? null : (after.Item2 - before.Item2) / requests * 1e6,
            (long)fields[2], (long)fields[5]);

        async Task<string> Lines(string name, IReadOnlyList<string> lines)
        {
            var path = Path.Combine(own, name + ".txt");
            await File.WriteAllLinesAsync(path, lines);
            return path;
        }
    }

    /// <summary>User and system seconds of a process and all that it started.</summary>
    private static double CpuSeconds(int root)
    {
        var children = new Dictionary<int, List<int>>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out var id) || Fields(id) is not { } stat) continue;
            var parent = int.Parse(stat[1], CultureInfo.InvariantCulture);
            if (!children.TryGetValue(parent, out var list)) children[parent] = list = [];
            list.Add(id);
        }
        double ticks = 0;
        var todo = new Stack<int>([root]);
        while (todo.TryPop(out var id))
        {
            // utime and stime, and those of children that have ended.
            if (Fields(id) is { } stat) ticks += stat[11..15].Sum(f => double.Parse(f, CultureInfo.InvariantCulture));
            foreach (var child in children.GetValueOrDefault(id, [])) todo.Push(child);
        }
        return ticks / TicksPerSecond;
    }

    // proc(5): the fields after the command's closing bracket; the first is the state.
    private static string[]? Fields(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }
}
