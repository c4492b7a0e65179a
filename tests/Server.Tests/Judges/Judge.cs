using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Castellan.Tests.Tidy;

namespace Castellan.Tests.Judges;

/// <summary>
/// A program of <c>tests/judges</c>: software of others that says whether ours does what a standard asks for. It
/// answers in JSON lines.
/// </summary>
internal sealed class Judge : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(Tree.Root, "tests", "judges");
    private readonly Process process;
    private readonly ConcurrentQueue<JsonNode> lines = new();
    private readonly Task reading;

    private Judge(Process process)
    {
        this.process = process;
        reading = Read();
    }

    /// <summary>Everything that it has said so far.</summary>
    public IReadOnlyList<JsonNode> Lines => [.. lines];

    public static Judge Start(string program, params string[] args)
    {
        if (!Directory.Exists(Path.Combine(Folder, "node_modules")))
            throw new InvalidOperationException("The judges are not installed: run `npm ci` in tests/judges.");
        return new Judge(Process.Start(new ProcessStartInfo("node", [program, .. args])
        {
            WorkingDirectory = Folder,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!);
    }

    /// <summary>Gives it <paramref name="input"/> as a whole and waits for its verdict.</summary>
    public async Task<IReadOnlyList<JsonNode>> Judged(string input)
    {
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await reading;
        return Lines;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited) process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        await reading;
        process.Dispose();
    }

    private async Task Read()
    {
        while (await process.StandardOutput.ReadLineAsync() is { } line) lines.Enqueue(JsonNode.Parse(line)!);
    }
}
