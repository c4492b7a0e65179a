using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Kernel.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Isolation;

/// <summary>
/// Who asks: as a caller of the gate, and by what HTTP shows. What only our own pages call is asked in process.
/// </summary>
internal sealed record Actor(
    string Name, Caller Caller, string? Bearer = null, string? PublishableKey = null, string? Run = null)
{
    public static Actor Nobody { get; } = new("nobody", Caller.Nobody);

    /// <summary>True for whom no header can show, such as our own pages.</summary>
    public bool IsInProcess => this is { Bearer: null, PublishableKey: null, Caller.Kind: not CallerKind.Nobody };
}

/// <summary>One request for an operation, good or spoiled.</summary>
internal sealed record Asked(Operation Operation, Actor By)
{
    public IReadOnlyDictionary<string, string> Path { get; init; } = new Dictionary<string, string>();

    /// <summary>The query string without its question mark.</summary>
    public string Query { get; init; } = "";

    public JsonObject Body { get; init; } = [];

    /// <summary>Goes in the place of <see cref="Body"/>: bytes that need be no JSON.</summary>
    public byte[]? Raw { get; init; }

    public string ContentType { get; init; } = "application/json";

    public IReadOnlyList<(string Name, string Value)> Headers { get; init; } = [];

    public Asked With(string parameter, string value) => this with
    {
        Path = new Dictionary<string, string>(Path) { [parameter] = value },
    };

    public Asked WithField(string field, JsonNode? value)
    {
        var body = (JsonObject)Body.DeepClone();
        body[field] = value;
        return this with { Body = body };
    }

    public Asked Without(string field)
    {
        var body = (JsonObject)Body.DeepClone();
        body.Remove(field);
        return this with { Body = body };
    }

    public Asked WithHeader(string name, string value) => this with { Headers = [.. Headers, (name, value)] };

    public byte[] Bytes => Raw ?? JsonSerializer.SerializeToUtf8Bytes(Body);

    public string? Header(string name) => Headers.FirstOrDefault(h => h.Name == name).Value;
}

/// <summary>What came back, over whichever adapter.</summary>
internal sealed record Answered(int Status, string? ContentType, string Text, bool Replayed, string? RetryAfter)
{
    public string? ETag { get; init; }

    public JsonObject? Problem => ContentType == "application/problem+json" ? Parsed() : null;

    public string Code => Problem?["code"]?.ToString() ?? "";

    public bool IsDone => Status is >= 200 and < 300;

    /// <summary>The text without what differs by nature.</summary>
    public string Comparable
    {
        get
        {
            if (Problem is not { } problem) return Text;
            problem.Remove("request_id");
            problem.Remove("decision_id");
            return problem.ToJsonString();
        }
    }

    private JsonObject? Parsed()
    {
        try
        {
            return JsonNode.Parse(Text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>
/// Sends requests: over HTTP, or in process where only our own pages call the operation, or as the caller.
/// </summary>
internal sealed class Messenger(TestServer server) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = server.Address };

    private static async Task<Answered> Read(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Answered(
            (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, text,
            response.Headers.Contains("Idempotent-Replayed"), response.Headers.RetryAfter?.ToString())
        {
            ETag = response.Headers.ETag?.ToString(),
        };
    }

    public Task<Answered> Send(Asked asked) =>
        asked.Operation.Hosted || asked.By.IsInProcess ? Invoke(asked) : Request(asked);

    public void Dispose() => http.Dispose();

    private async Task<Answered> Request(Asked asked)
    {
        var address = asked.Operation.Route;
        foreach (var (name, value) in asked.Path)
            address = address.Replace($"{{{name}}}", Uri.EscapeDataString(value), StringComparison.Ordinal);
        if (asked.Query.Length > 0) address += "?" + asked.Query;
        using var request = new HttpRequestMessage(new HttpMethod(asked.Operation.Method), address);
        if (asked.Operation.HeaderNamesTenant && asked.Path.TryGetValue("tenant", out var tenant))
            request.Headers.TryAddWithoutValidation("Castellan-Tenant", tenant);
        if (asked.By.Bearer is { } bearer) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {bearer}");
        if (asked.By.PublishableKey is { } key) request.Headers.Add("Castellan-Key", key);
        if (asked.By.Run is { } run) request.Headers.Add("Castellan-Run", run);
        foreach (var (name, value) in asked.Headers) request.Headers.TryAddWithoutValidation(name, value);
        if (asked.By.Caller is { Kind: CallerKind.Operator, Environment: { } environment }
            && asked.Header("Castellan-Environment") is null)
        {
            request.Headers.Add("Castellan-Environment", environment);
        }
        if (asked.Operation.HasBody)
        {
            request.Content = new ByteArrayContent(asked.Bytes);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(asked.ContentType);
        }
        using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
        return await Read(response);
    }

    private async Task<Answered> Invoke(Asked asked)
    {
        var body = JsonNode.Parse(Encoding.UTF8.GetString(asked.Bytes));
        var answer = await server.InProcess.Invoke(
            asked.By.Caller, asked.Operation.Name, asked.Path, body, Parameters(asked.Query),
            asked.Header("Idempotency-Key"), asked.Header("If-Match"));
        if (answer.Problem is not { } problem)
        {
            return new Answered(
                answer.Status, "application/json", Encoding.UTF8.GetString(answer.Body.Span), answer.Replayed, null);
        }
        var written = server.App.Services.GetRequiredService<ProblemWriter>()
            .Serialize(problem, RequestId.New(server.Clock.GetUtcNow()));
        return new Answered(
            answer.Status, "application/problem+json", Encoding.UTF8.GetString(written), Replayed: false,
            problem.RetryAfter?.TotalSeconds.ToString());
    }

    private static Dictionary<string, string> Parameters(string query) => query.Split('&')
        .Where(pair => pair.Length > 0).Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : ""));
}
