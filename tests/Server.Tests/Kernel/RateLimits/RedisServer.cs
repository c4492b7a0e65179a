using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Castellan.Tests.Kernel.RateLimits;

/// <summary>A Redis of one test: on a free port of this machine, and in memory only.</summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("castellan-redis-").FullName;
    private readonly int port = FreePort();
    private Process? process;

    private RedisServer()
    {
    }

    public string Address => $"127.0.0.1:{port}";

    public static async Task<RedisServer> Start()
    {
        var server = new RedisServer();
        await server.Run();
        return server;
    }

    /// <summary>Starts it, again where it was killed: at the same address, and empty.</summary>
    public async Task Run()
    {
        process = Process.Start(new ProcessStartInfo("redis-server",
        [
            "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder,
            "--logfile", "log",
        ]))!;
        await Poll.Until(Answers);
    }

    public async Task Kill()
    {
        process!.Kill();
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
        process = null;
    }

    /// <summary>It hangs: connections stay open and nothing is answered.</summary>
    public Task Pause() => Signal("-STOP");

    public Task Resume() => Signal("-CONT");

    /// <summary>The first line of what it answers to a command.</summary>
    public async Task<string?> Send(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"{command}\r\n"));
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        return await reader.ReadLineAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null) await Kill();
        Directory.Delete(folder, recursive: true);
    }

    private async Task Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{process!.Id}"]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    private async Task<bool> Answers()
    {
        try
        {
            return await Send("PING") == "+PONG";
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
