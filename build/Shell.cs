using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Castellan.Build;

/// <summary>Runs other programs, and ends those that it started when the build is interrupted.</summary>
internal static class Shell
{
    // A server needs a moment to finish what it has acknowledged; nobody waits longer than this for Ctrl-C.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    // Far above any honest build: one that hangs becomes a failure instead of a silent machine.
    private static readonly TimeSpan StepLimit = TimeSpan.FromMinutes(20);

    private static readonly CancellationTokenSource Interruption = new();

    /// <summary>The folder of build.cs, which the SDK tells a file-based program.</summary>
    public static string Root { get; } = AppContext.GetData("EntryPointFileDirectoryPath") as string
        ?? throw new BuildFailure("Start the build as `dotnet run build.cs -- <verb>`.");

    /// <summary>Cancelled by Ctrl-C, SIGTERM and a closed terminal.</summary>
    public static CancellationToken Interrupted => Interruption.Token;

    public static bool OnCi => Environment.GetEnvironmentVariable("CI") is { Length: > 0 } ci && ci != "false";

    public static string At(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Turns signals into cancellation, so that servers are stopped and folders removed.</summary>
    public static IDisposable StopOnSignals() => new Signals(
        [.. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal =>
            PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Interruption.Cancel();
            }))]);

    /// <summary>
    /// Runs a program to its end with our own output; its input is empty. Returns its exit code, which is that of a
    /// killed program where it ran longer than `limit`.
    /// </summary>
    public static async Task<int> Run(
        string file,
        IEnumerable<string> args,
        string? folder = null,
        IReadOnlyDictionary<string, string>? env = null,
        TimeSpan? limit = null)
    {
        using var process = Start(file, args, folder, env, capture: false);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Interrupted);
        if (limit is { } time) stop.CancelAfter(time);
        try
        {
            await End(process, stop.Token);
        }
        catch (OperationCanceledException) when (!Interrupted.IsCancellationRequested)
        {
            Console.WriteLine($"Ended after {limit}: {file}");
            await process.WaitForExitAsync(Interrupted);
        }

        return process.ExitCode;
    }

    /// <summary>Runs programs side by side until one ends; stops the others and returns its exit code.</summary>
    public static async Task<int> Together(params (string File, string[] Args, string Folder)[] programs)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Interrupted);
        Process[] running = [.. programs.Select(p => Start(p.File, p.Args, p.Folder, env: null, capture: false))];
        Task[] ends = [.. running.Select(process => End(process, stop.Token))];
        var first = await Task.WhenAny(ends);
        await stop.CancelAsync();
        await Task.WhenAll(ends).ContinueWith(_ => { }, TaskScheduler.Default);
        Interrupted.ThrowIfCancellationRequested();
        var code = running[Array.IndexOf(ends, first)].ExitCode;
        Array.ForEach(running, process => process.Dispose());
        return code;
    }

    /// <summary>As <see cref="Run"/>, and a failure of the program is a failure of the build.</summary>
    public static async Task Must(
        string file, IEnumerable<string> args, string? folder = null, IReadOnlyDictionary<string, string>? env = null)
    {
        var list = args.ToArray();
        var code = await Run(file, list, folder, env, StepLimit);
        if (code != 0) throw new BuildFailure($"Exit code {code}: {file} {string.Join(' ', list)}");
    }

    /// <summary>Runs a program to its end, even when interrupted; shows its output only if it fails.</summary>
    public static async Task Quietly(string file, params string[] args)
    {
        using var process = Start(file, args, folder: null, env: null, capture: true);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await End(process, CancellationToken.None);
        var text = await output + await errors;
        if (process.ExitCode != 0)
            throw new BuildFailure($"{text}Exit code {process.ExitCode}: {file} {string.Join(' ', args)}");
    }

    /// <summary>Runs a program to its end and gives what it printed; a failure is a failure of the build.</summary>
    public static async Task<string> Printed(string file, params string[] args)
    {
        using var process = Start(file, args, folder: null, env: null, capture: true);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await End(process, Interrupted);
        return process.ExitCode == 0
            ? (await output).Trim()
            : throw new BuildFailure($"{await errors}Exit code {process.ExitCode}: {file} {string.Join(' ', args)}");
    }

    /// <summary>Where a program is on the search path, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static Process Start(
        string file, IEnumerable<string> args, string? folder, IReadOnlyDictionary<string, string>? env, bool capture)
    {
        var start = new ProcessStartInfo(file, args)
        {
            WorkingDirectory = folder ?? Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = capture,
            RedirectStandardError = capture,
        };
        foreach (var (name, value) in env ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var process = Process.Start(start) ?? throw new BuildFailure($"{file} did not start.");
        process.StandardInput.Close();
        return process;
    }

    private static async Task End(Process process, CancellationToken cancellation)
    {
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        finally
        {
            if (!process.HasExited) await Stop(process);
        }
    }

    /// <summary>Asks a program to end, and ends it with all that it started where it does not.</summary>
    private static async Task Stop(Process process)
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            using var ask = Process.Start("kill", ["-TERM", process.Id.ToString()]);
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private sealed class Signals(PosixSignalRegistration[] registrations) : IDisposable
    {
        public void Dispose() => Array.ForEach(registrations, r => r.Dispose());
    }
}
