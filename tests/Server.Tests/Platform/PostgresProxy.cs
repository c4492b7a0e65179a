using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Npgsql;

namespace Castellan.Tests.Platform;

/// <summary>What becomes of the commit that the proxy waits for.</summary>
public enum Loss
{
    /// <summary>It is made, and the connection breaks before the answer.</summary>
    Answer,

    /// <summary>The connection breaks before PostgreSQL sees it.</summary>
    Request,

    /// <summary>It is made, and the answer never comes, over a connection that stays.</summary>
    Silence,
}

/// <summary>
/// Stands between a server and PostgreSQL, and takes one commit away. Which one: that of the transaction in whose
/// statements a marker comes by.
/// </summary>
internal sealed class PostgresProxy : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, port: 0);
    private readonly CancellationTokenSource stop = new();
    private readonly List<Task> pumps = [];
    private readonly string target;
    private readonly Task accepting;
    private volatile Plan? plan;
    private volatile TaskCompletionSource? silence;

    public PostgresProxy(string connectionString)
    {
        target = connectionString;
        listener.Start();
        accepting = Accept();
    }

    private sealed record Plan(byte[] Marker, Loss Loss);

    public string ConnectionString => new NpgsqlConnectionStringBuilder(target)
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)listener.LocalEndpoint).Port,
    }.ConnectionString;

    public void Lose(Loss loss, string marker) => plan = new Plan(Encoding.UTF8.GetBytes(marker), loss);

    /// <summary>From now on nothing passes, over connections that stay open.</summary>
    public void FallSilent() => silence = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void SpeakAgain() => silence?.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        listener.Stop();
        await accepting;
        await Task.WhenAll(pumps);
        listener.Dispose();
        stop.Dispose();
    }

    private async Task Accept()
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(stop.Token);
                pumps.Add(Serve(client));
            }
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task Serve(Socket client)
    {
        using var link = new Link(client, await Connect());
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var asking = Quietly(() => Ask(link, both.Token));
        var answering = Quietly(() => Reply(link, both.Token));
        await Task.WhenAny(asking, answering);
        await both.CancelAsync();
        await Task.WhenAll(asking, answering);
    }

    private async Task<Socket> Connect()
    {
        var settings = new NpgsqlConnectionStringBuilder(target);
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await server.ConnectAsync(settings.Host!, settings.Port, stop.Token);
        return server;
    }

    private async Task Ask(Link link, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        while (await link.Client.ReceiveAsync(buffer, ct) is > 0 and var length)
        {
            var bytes = buffer.AsMemory(0, length);
            if (plan is { } wanted && bytes.Span.IndexOf(wanted.Marker) >= 0)
            {
                plan = null;
                link.Doomed = wanted.Loss;
            }
            else if (link is { Doomed: Loss.Request, InTransaction: true })
            {
                return;
            }
            if (silence is { } until) await until.Task.WaitAsync(ct);
            await link.Server.SendAsync(bytes, ct);
        }
    }

    private static async Task Reply(Link link, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        while (await link.Server.ReceiveAsync(buffer, ct) is > 0 and var length)
        {
            var bytes = buffer.AsMemory(0, length);
            if (link.Doomed is null)
            {
                await link.Client.SendAsync(bytes, ct);
                continue;
            }
            link.Withheld.AddRange(bytes.Span);
            if (Status(link.Withheld) is not { } status) continue;
            if (status == 'I' && link.Doomed is Loss.Answer) return;
            if (status == 'I' && link.Doomed is Loss.Silence) await Task.Delay(Timeout.Infinite, ct);
            link.InTransaction = status != 'I';
            await link.Client.SendAsync(link.Withheld.ToArray(), ct);
            link.Withheld.Clear();
        }
    }

    /// <summary>
    /// The transaction's status where the answer is whole: it ends with ReadyForQuery (type, length, status).
    /// </summary>
    private static char? Status(List<byte> answer)
    {
        var bytes = answer.ToArray().AsSpan();
        while (bytes.Length >= 5)
        {
            var length = 1 + BinaryPrimitives.ReadInt32BigEndian(bytes[1..]);
            if (bytes.Length < length) return null;
            if (bytes[0] == 'Z') return (char)bytes[5];
            bytes = bytes[length..];
        }
        return null;
    }

    private static async Task Quietly(Func<Task> pump)
    {
        try
        {
            await pump();
        }
        catch (Exception end) when (end is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // One side went away, and so does the other.
        }
    }

    private sealed class Link(Socket client, Socket server) : IDisposable
    {
        public Socket Client => client;

        public Socket Server => server;

        public List<byte> Withheld { get; } = [];

        public Loss? Doomed { get; set; }

        public bool InTransaction { get; set; }

        public void Dispose()
        {
            client.Dispose();
            server.Dispose();
        }
    }
}
