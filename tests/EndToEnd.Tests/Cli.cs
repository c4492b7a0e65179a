using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;

namespace Castellan.EndToEnd;

/// <summary>The command line as one person uses it: with a configuration folder of its own.</summary>
internal sealed class Cli : IDisposable
{
    /// <summary>The variables that it reads, which a test sets by itself.</summary>
    private static readonly string[] Read =
    [
        "CASTELLAN_URL", "CASTELLAN_TOKEN", "CASTELLAN_KEY", "CASTELLAN_APP", "CASTELLAN_PROFILE", "NO_COLOR",
    ];

    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("castellan-cli-");

    public string ProfilesPath => Path.Combine(home.FullName, "castellan", "profiles.json");

    /// <summary>Variables for every run, on top of this process's.</summary>
    public Dictionary<string, string> Variables { get; } = [];

    public Task<Result> Run(params string[] args) => RunWith(input: "", args);

    /// <summary>Runs with a standard input that is no terminal.</summary>
    public Task<Result> RunWith(string input, params string[] args) => RunWatched(input, _ => Task.CompletedTask, args);

    /// <summary>Runs, and lets somebody read each line of standard error as it comes.</summary>
    public async Task<Result> RunWatched(string input, Func<string, Task> reads, params string[] args)
    {
        var start = new ProcessStartInfo(Published.CommandLine, args)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var inherited in Read) start.Environment.Remove(inherited);
        start.Environment["XDG_CONFIG_HOME"] = home.FullName;
        foreach (var (name, value) in Variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var ct = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(ct);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var errors = new System.Text.StringBuilder();
        while (await process.StandardError.ReadLineAsync(ct) is { } line)
        {
            errors.Append(line).Append('\n');
            await reads(line);
        }
        await process.WaitForExitAsync(ct);
        return new Result(process.ExitCode, await output, errors.ToString());
    }

    /// <summary>Runs what must succeed and gives its output, without the line's end.</summary>
    public async Task<string> Must(params string[] args)
    {
        var result = await Run(args);
        Assert.True(result.ExitCode == 0, $"castellan {string.Join(' ', args)}: {result}");
        return result.Output.TrimEnd('\n');
    }

    public async Task<JsonNode> Json(params string[] args) =>
        JsonNode.Parse(await Must([.. args, "--output", "json"]))!;

    public void Dispose() => home.Delete(recursive: true);
}

internal sealed record Result(int ExitCode, string Output, string Errors);
