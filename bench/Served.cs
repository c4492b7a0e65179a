using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Castellan.Bench;

/// <summary>
/// A server process of ours, set up over its ordinary operations: an app, keys, and users with a tenant each.
/// </summary>
internal sealed class Served : IAsyncDisposable
{
    private readonly Process process;
    private readonly HttpClient http;

    private Served(Process process, Uri address) => (this.process, Address, http) =
        (process, address, new HttpClient { BaseAddress = address });

    public Uri Address { get; }

    public int ProcessId => process.Id;

    public List<string> UserTokens { get; } = [];

    public List<string> WorkspacePaths { get; } = [];

    public List<string> WorkspacesPaths { get; } = [];

    public List<string> SecretKeys { get; } = [];

    public string PublishableKey { get; private set; } = "";

    public double StartMs { get; private set; }

    public double IdleMiB { get; private set; }

    /// <summary>Starts the executable and waits for its first answer.</summary>
    public static async Task<Served> Start(string executable, int port, params string[] settings)
    {
        var address = new Uri($"http://127.0.0.1:{port}");
        var start = new ProcessStartInfo(executable) { UseShellExecute = false, RedirectStandardOutput = true };
        foreach (
            var argument in (string[])["serve", "--Listen", address.GetLeftPart(UriPartial.Authority), .. settings])
            start.ArgumentList.Add(argument);
        var clock = Stopwatch.StartNew();
        var served = new Served(Process.Start(start)!, address);
        var link = served.FindLink();
        await served.FirstAnswer();
        served.StartMs = clock.Elapsed.TotalMilliseconds;
        served.claim = link;
        return served;
    }

    private Task<string?>? claim;
    private string session = "";
    private string app = "";

    /// <summary>The owner's token.</summary>
    public string Owner => session;

    public string App => app;

    /// <summary>
    /// Makes <paramref name="users"/> users, each owner of a tenant with one workspace, and secret keys.
    /// </summary>
    public async Task Prepare(int users, int keys)
    {
        await Task.Delay(TimeSpan.FromSeconds(3));
        IdleMiB = ResidentMiB();
        var token = await claim! ?? throw new InvalidOperationException("The server printed no setup link.");
        var owner = await Send(HttpMethod.Post, "/v1/operators/claim", token, new JsonObject
        {
            ["name"] = "Bench", ["email"] = "bench@example.com", ["password"] = "a long enough password",
        });
        session = owner["token"]!.ToString();
        await AddApp("bench", keys);
        await AddUsers(users);
    }

    /// <summary>An app; who is added from then on, is its.</summary>
    public async Task AddApp(string name, int keys = 0)
    {
        var made = await Send(HttpMethod.Post, "/v1/apps", session,
            new JsonObject { ["name"] = name, ["owner"] = "bench" });
        app = made["id"]!.ToString();
        var settings = $"/v1/apps/{app}/environments/sandbox";
        PublishableKey = (await Send(HttpMethod.Get, settings, session))["publishable_key"]!.ToString();
        for (var i = 0; i < keys; i++)
        {
            var key = await Send(HttpMethod.Post, settings + "/keys", session, new JsonObject { ["name"] = $"k{i}" });
            SecretKeys.Add(key["secret"]!.ToString());
        }
    }

    /// <summary>Users, each owner of a tenant with one workspace.</summary>
    public async Task AddUsers(int users)
    {
        var first = UserTokens.Count;
        await Parallel.ForAsync(0, users, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, _) =>
        {
            var (access, path) = await OneUser(first + i);
            lock (UserTokens)
            {
                UserTokens.Add(access);
                WorkspacePaths.Add(path);
                WorkspacesPaths.Add(path[..path.LastIndexOf('/')]);
            }
        });
    }

    /// <summary>Puts a contract in force in sandbox; `native`, because wrk has no origin.</summary>
    public async Task Apply(JsonObject contract)
    {
        var settings = $"/v1/apps/{app}/environments/sandbox";
        await Send(HttpMethod.Patch, settings, session, new JsonObject { ["native"] = true });
        await Send(HttpMethod.Post, $"/v1/apps/{app}/contract", session,
            new JsonObject { ["contract"] = contract }, environment: "sandbox");
    }

    /// <summary>The tenant of a user, by the user's number.</summary>
    public string TenantOf(int user) => WorkspacesPaths[user].Split('/')[3];

    /// <summary>Ends the process as a person would, so that nothing has to be recovered.</summary>
    public async Task Stop()
    {
        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"])) await kill.WaitForExitAsync();
        await process.WaitForExitAsync();
    }

    /// <summary>Takes over the users of the server that ran on the same data before.</summary>
    public void Resume(Served before)
    {
        UserTokens.AddRange(before.UserTokens);
        WorkspacePaths.AddRange(before.WorkspacePaths);
        WorkspacesPaths.AddRange(before.WorkspacesPaths);
        (PublishableKey, session, app) = (before.PublishableKey, before.session, before.app);
    }

    public double ResidentMiB() => File.ReadLines($"/proc/{process.Id}/status")
        .First(line => line.StartsWith("VmRSS", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        is var fields ? double.Parse(fields[1]) / 1024 : 0;

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<(string Access, string WorkspacePath)> OneUser(int number)
    {
        var signedUp = await Send(HttpMethod.Post, "/v1/auth/sign-up", null, new JsonObject
        {
            ["email"] = $"user{number}@example.com", ["password"] = "correct horse battery",
        });
        var access = signedUp["access_token"]!.ToString();
        var tenant =
            await Send(HttpMethod.Post, "/v1/tenants", access, new JsonObject { ["name"] = $"Tenant {number}" });
        var workspaces = $"/v1/tenants/{tenant["id"]}/workspaces";
        var workspace = await Send(HttpMethod.Post, workspaces, access, new JsonObject { ["name"] = "First" });
        return (access, $"{workspaces}/{workspace["id"]}");
    }

    /// <summary>A call that must succeed.</summary>
    public async Task<JsonNode> Send(
        HttpMethod method, string path, string? bearer, JsonObject? body = null, string? environment = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (bearer is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        if (PublishableKey.Length > 0 && bearer is null) request.Headers.Add("Castellan-Key", PublishableKey);
        if (environment is not null) request.Headers.Add("Castellan-Environment", environment);
        if (body is not null) request.Content = JsonContent.Create(body);
        using var response = await http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode
            ? JsonNode.Parse(text)!
            : throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {text}");
    }

    private async Task FirstAnswer()
    {
        for (var i = 0; i < 3000; i++)
        {
            try
            {
                using var response = await http.GetAsync("/v1/installation");
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(5);
            }
        }
        throw new InvalidOperationException("The server did not answer.");
    }

    /// <summary>The one-time link that a new installation prints.</summary>
    private Task<string?> FindLink()
    {
        var found = new TaskCompletionSource<string?>();
        process.OutputDataReceived += (_, line) =>
        {
            var at = line.Data?.IndexOf("token=cas_ol_", StringComparison.Ordinal) ?? -1;
            if (at >= 0) found.TrySetResult(line.Data![(at + 6)..].Trim());
            if (line.Data is null) found.TrySetResult(null);
        };
        process.BeginOutputReadLine();
        return found.Task;
    }
}
