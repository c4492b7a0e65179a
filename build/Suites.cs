using System.Text.Json;
using System.Xml.Linq;

namespace Castellan.Build;

/// <summary>
/// How many tests passed and failed, and what the failed ones are called and said. A skipped test counts as failed.
/// </summary>
internal sealed record Tally(int Passed, int Failed, IReadOnlyList<string> Failures)
{
    public static readonly Tally None = new(Passed: 0, Failed: 0, []);

    public static Tally Failure(string what) => new(0, 1, [what]);

    public static Tally operator +(Tally a, Tally b) =>
        new(a.Passed + b.Passed, a.Failed + b.Failed, [.. a.Failures, .. b.Failures]);

    /// <summary>Says at the end of everything what has scrolled by long ago.</summary>
    public void PrintFailures()
    {
        if (Failures.Count == 0) return;
        Console.WriteLine("\nFailed:");
        foreach (var failure in Failures) Console.WriteLine($"  {failure.ReplaceLineEndings("\n    ")}");
    }

    public override string ToString() => $"{Passed} passed, {Failed} failed";
}

/// <summary>
/// Runs test programs and counts from the reports that they write, never from console text. A suite that crashed,
/// wrote no report or ran nothing counts as one failure. No test is tried twice.
/// </summary>
internal static class Suites
{
    // Far above any honest run: a suite that hangs becomes a failure instead of a silent machine.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(30);

    /// <summary>Leaves out the tests of the other engine; `all` has tests of both.</summary>
    public static string[] Only(string engine) => engine switch
    {
        "sqlite" => ["-trait-", "Engine=postgres"],
        "postgres" => ["-trait-", "Engine=sqlite"],
        _ => [],
    };

    /// <summary>Runs one of the .NET test projects; `filter` holds further options of xunit's own runner.</summary>
    public static Task<Tally> DotNet(
        string project, string name, IReadOnlyDictionary<string, string> env, params string[] filter)
    {
        var report = Report($"{name}.json");
        string[] options = ["-result-ctrf", report, "-failSkips", "-noLogo", "-noColor", .. filter];
        return Count(name, report, FromCtrf, () => Shell.Run(Output.Of(project), options, env: env, limit: Limit));
    }

    /// <summary>Runs `npm test` of a folder, which is Node's own test runner (`node --test`).</summary>
    public static async Task<Tally> Npm(string folder, IReadOnlyDictionary<string, string> env)
    {
        await Machine.InstallNpm(folder);
        var name = Path.GetRelativePath(Shell.Root, folder).Replace('/', '-');
        var report = Report($"{name}.xml");
        // The options travel in the environment, so that the script in package.json stays what a person would type.
        // Node pairs reporters and destinations by their order, and reads the environment before the command line.
        var console = TestScript(folder)!.Contains("--test-reporter=") ? "" : "--test-reporter=spec";
        var options = $"--test-reporter=junit {console} "
            + $"--test-reporter-destination=\"{report}\" --test-reporter-destination=stdout";
        return await Count(name, report, FromJunit, () => Shell.Run(
            "npm", ["test", "--silent"], folder,
            new Dictionary<string, string>(env) { ["NODE_OPTIONS"] = options },
            Limit));
    }

    /// <summary>A check that says yes or no by its exit code: one test.</summary>
    public static async Task<Tally> Command(string name, string command, IReadOnlyList<string> arguments)
    {
        Console.WriteLine($"\n== {name}");
        var tally = await Shell.Run(command, arguments, limit: Limit) == 0 ? new Tally(1, 0, []) : Tally.Failure(name);
        Console.WriteLine($"{name}: {tally}");
        return tally;
    }

    /// <summary>The test script of the folder's package.json, or null where it has none.</summary>
    public static string? TestScript(string folder)
    {
        using var package = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "package.json")));
        return package.RootElement.TryGetProperty("scripts", out var scripts)
            && scripts.TryGetProperty("test", out var test)
            ? test.GetString()
            : null;
    }

    /// <summary>The path of a file among the results, where none is left from an earlier run.</summary>
    public static string Report(string file)
    {
        var path = Shell.At("artifacts", "test-results", file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        return path;
    }

    private static async Task<Tally> Count(string name, string report, Func<string, Tally> read, Func<Task<int>> run)
    {
        Console.WriteLine($"\n== {name}");
        var code = await run();
        var tally = File.Exists(report) ? read(await File.ReadAllTextAsync(report)) : Tally.None;
        var trouble = (code, tally) switch
        {
            _ when !File.Exists(report) => $"wrote no report and ended with exit code {code}",
            (_, { Passed: 0, Failed: 0 }) => "ran no test",
            (not 0, { Failed: 0 }) => $"ended with exit code {code} although no test failed",
            _ => null,
        };
        if (trouble is not null)
        {
            tally += Tally.Failure($"{name} {trouble}");
            Console.WriteLine($"{name} {trouble}: counted as one failure.");
        }

        Console.WriteLine($"{name}: {tally}");
        return tally;
    }

    private static Tally FromCtrf(string json)
    {
        using var report = JsonDocument.Parse(json);
        var results = report.RootElement.GetProperty("results");
        var summary = results.GetProperty("summary");
        var passed = summary.GetProperty("passed").GetInt32();
        // Pending are explicit tests that this run did not ask for: another one does.
        var asked = summary.GetProperty("tests").GetInt32() - summary.GetProperty("pending").GetInt32();
        var failures = results.GetProperty("tests").EnumerateArray()
            .Where(test => test.GetProperty("status").GetString() is not ("passed" or "pending"))
            .Select(test => Said(test.GetProperty("name").GetString(), Text(test, "message")));
        return new Tally(passed, asked - passed, [.. failures]);
    }

    private static Tally FromJunit(string xml)
    {
        var cases = XDocument.Parse(xml).Descendants("testcase").ToList();
        var failures = cases
            .Where(c => c.Element("failure") is not null || c.Element("skipped") is not null)
            .Select(c => Said(c.Attribute("name")?.Value, c.Element("failure")?.Attribute("message")?.Value))
            .ToList();
        return new Tally(cases.Count - failures.Count, failures.Count, failures);
    }

    // Enough of a message to know what went wrong; the whole of it stands in the report.
    private static string Said(string? name, string? message) =>
        message is { Length: > 0 } ? $"{name}\n{message[..Math.Min(message.Length, 600)]}" : $"{name}";

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;
}
