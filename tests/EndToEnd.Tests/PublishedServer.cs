using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Castellan.EndToEnd;

/// <summary>
/// The published server on a folder and a port of its own, as a newcomer starts it. Nobody owns it yet; it ends with
/// its folder.
/// </summary>
internal sealed partial class PublishedServer : IAsyncDisposable
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("castellan-server-");
    private readonly StringBuilder log = new();
    private readonly TaskCompletionSource<string> link = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process process;

    private PublishedServer()
    {
        string[] args =
        [
            "serve", "--DataFolder", Path.Combine(folder.FullName, "data"), "--Listen", Address.OriginalString,
        ];
        process = Process.Start(new ProcessStartInfo(Published.Server, args)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort()}/");

    /// <summary>The one-time link with which the first operator sets a password.</summary>
    public Uri OwnerLink { get; private set; } = new("about:blank");

    /// <summary>Everything that it has said so far.</summary>
    public string Log
    {
        get
        {
            lock (log) return log.ToString();
        }
    }

    public static async Task<PublishedServer> Start()
    {
        var server = new PublishedServer();
        try
        {
            server.OwnerLink = new Uri(await server.link.Task.WaitAsync(StartMax));
            return server;
        }
        catch (TimeoutException late)
        {
            await server.DisposeAsync();
            throw new InvalidOperationException($"The server told no link for its owner. It said:\n{server.Log}", late);
        }
    }

    public HttpClient With(string bearer)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        folder.Delete(recursive: true);
    }

    private void Hear(object sender, DataReceivedEventArgs said)
    {
        if (said.Data is null) return;
        lock (log) log.AppendLine(said.Data);
        if (SetupLink().Match(said.Data) is { Success: true } match) link.TrySetResult(match.Value);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"http://\S+/setup\?token=\S+", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SetupLink();
}
