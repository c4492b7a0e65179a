using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Xunit;

namespace Castellan.EndToEnd;

/// <summary>
/// The published server on a folder and a port of its own, as a newcomer starts it, with its owner signed in. One
/// serves all tests of a class.
/// </summary>
public sealed partial class ServerProcess : IAsyncLifetime
{
    private static readonly TimeSpan StartMax = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("castellan-server-");
    private Process? process;

    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort()}/");

    /// <summary>The owner's session.</summary>
    public HttpClient Owner { get; private set; } = new();

    public async ValueTask InitializeAsync()
    {
        string[] args =
        [
            "serve", "--DataFolder", Path.Combine(folder.FullName, "data"), "--Listen", Address.OriginalString,
        ];
        process = Process.Start(new ProcessStartInfo(Published.Server, args)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var link = await FirstLink(process.StandardOutput).WaitAsync(StartMax);
        // What it says later is of no interest, but nobody reading it would make it wait.
        _ = process.StandardOutput.ReadToEndAsync();
        using var bearer = With(link);
        using var claimed = await bearer.PostAsJsonAsync("v1/operators/claim", new
        {
            name = "Ada",
            email = "ada@example.org",
            password = "correct horse battery staple",
        });
        claimed.EnsureSuccessStatusCode();
        Owner = With((await claimed.Content.ReadFromJsonAsync<JsonObject>())!["token"]!.ToString());
    }

    /// <summary>A token with which a command line signs in as the owner, once.</summary>
    public async Task<string> OneTimeToken()
    {
        using var made = await Owner.PostAsync(new Uri("v1/operators/tokens", UriKind.Relative), content: null);
        made.EnsureSuccessStatusCode();
        return (await made.Content.ReadFromJsonAsync<JsonObject>())!["token"]!.ToString();
    }

    public HttpClient With(string bearer)
    {
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Owner.Dispose();
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
        folder.Delete(recursive: true);
    }

    private static async Task<string> FirstLink(StreamReader output)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            if (SetupLink().Match(line) is { Success: true } match) return match.Groups["token"].Value;
        }
        throw new InvalidOperationException("The server ended without a link for its owner.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, port: 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"setup\?token=(?<token>\S+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SetupLink();
}
