using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Castellan.Tests.Isolation;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Agents;

/// <summary>A hostile world seen by agents: everything over HTTP, as they come.</summary>
internal sealed class AgentWorld : IAsyncDisposable
{
    public const string Grant = "urn:ietf:params:oauth:grant-type:token-exchange";
    public const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";
    public const string DelegationType = "urn:castellan:params:oauth:token-type:delegation";

    private AgentWorld(HostileWorld hostile) => Hostile = hostile;

    public HostileWorld Hostile { get; }

    /// <summary>A tenant of Ada's, and another one.</summary>
    public string Tenant { get; private set; } = "";

    public string OtherTenant { get; private set; } = "";

    public string Agent => IdOf(Hostile.Agent);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Task<AgentWorld> Start(params string[] settings) => Start(adjust: null, settings);

    public static async Task<AgentWorld> Start(Action<IServiceCollection>? adjust, params string[] settings)
    {
        var hostile = await HostileWorld.Start(adjust, settings);
        return new AgentWorld(hostile)
        {
            Tenant = await hostile.NewTenant(),
            OtherTenant = await hostile.NewTenant(),
        };
    }

    public static string IdOf(Actor agent) => agent.Caller.Agent!.Value.Value;

    /// <summary>Ada lends; the answer is the delegation.</summary>
    public Task<JsonObject> Lend(Actor agent, params string[] operations) => Hostile.CallAs(
        Hostile.Ada, "delegations.create", new { tenant = Tenant }, new { agent_id = IdOf(agent), operations });

    /// <summary>The token that an agent gets for what Ada has lent.</summary>
    public async Task<Taken> Take(Actor agent, params string[] operations)
    {
        var lent = await Lend(agent, operations);
        return await Exchange(agent, lent["id"]!.ToString(), DelegationType);
    }

    /// <summary>What operators see of something that was lent.</summary>
    public async Task<JsonObject> Lent(string agent, string delegation) =>
        (await Hostile.Call("agents.delegations", new { agent }))["items"]!.AsArray()
            .Single(lent => lent!["id"]!.ToString() == delegation)!.AsObject();

    public async Task<Taken> Exchange(
        Actor agent, string subject, string type, string? scope = null, string? run = null)
    {
        var (status, answer) = await Token(new()
        {
            ["grant_type"] = Grant,
            ["subject_token"] = subject,
            ["subject_token_type"] = type,
            ["actor_token"] = agent.Bearer,
            ["actor_token_type"] = AccessToken,
            ["scope"] = scope,
            ["run_id"] = run,
        });
        if (status is not HttpStatusCode.OK) throw new InvalidOperationException(answer.ToJsonString());
        return new Taken(
            answer["access_token"]!.ToString(), answer["delegation_id"]!.ToString(), answer["run_id"]!.ToString(),
            answer);
    }

    /// <summary>The error of an exchange that is refused.</summary>
    public async Task<string> RefusedExchange(
        Actor agent, string subject, string type, string? scope = null, string? run = null)
    {
        var (status, answer) = await Token(new()
        {
            ["grant_type"] = Grant,
            ["subject_token"] = subject,
            ["subject_token_type"] = type,
            ["actor_token"] = agent.Bearer,
            ["scope"] = scope,
            ["run_id"] = run,
        });
        if (status is HttpStatusCode.OK) throw new InvalidOperationException("It was not refused.");
        return answer["error"]!.ToString();
    }

    public async Task<(HttpStatusCode Status, JsonObject Answer)> Token(Dictionary<string, string?> fields)
    {
        using var content = new FormUrlEncodedContent(
            fields.Where(f => f.Value is not null).Select(f => KeyValuePair.Create(f.Key, f.Value!)));
        using var response = await Hostile.Server.Http.PostAsync("/sandbox/oauth/token", content, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        return (response.StatusCode, JsonNode.Parse(text)!.AsObject());
    }

    /// <summary>The code of the problem, or null where the call was answered.</summary>
    public async Task<string?> Code(string bearer, string method, string path, object? body = null) =>
        (await Send(bearer, method, path, body)).Answer["code"]?.ToString();

    public Task<string?> ListRecords(string bearer, string? tenant = null) =>
        CodeIn(bearer, tenant ?? Tenant, "GET", "/v1/records/inside");

    public Task<string?> CreateRecord(string bearer, string? tenant = null) =>
        CodeIn(bearer, tenant ?? Tenant, "POST", "/v1/records/inside", new { slug = Hostile.Next("slug") });

    public async Task<string?> CodeIn(string bearer, string tenant, string method, string path, object? body = null) =>
        (await Send(bearer, method, path, body, tenant)).Answer["code"]?.ToString();

    public async Task<(HttpStatusCode Status, JsonObject Answer)> Send(
        string bearer, string method, string path, object? body = null, string? tenant = null)
    {
        Hostile.Server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        using var client = Hostile.Server.With(bearer);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = JsonContent.Create(body);
        if (tenant is not null) request.Headers.Add("Castellan-Tenant", tenant);
        using var response = await client.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        return (response.StatusCode, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject());
    }

    /// <summary>What a token says.</summary>
    public static JsonObject Claims(string token)
    {
        var payload = System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]);
        return JsonNode.Parse(Encoding.UTF8.GetString(payload))!.AsObject();
    }

    public ValueTask DisposeAsync() => Hostile.DisposeAsync();
}

/// <summary>What an exchange gave.</summary>
internal sealed record Taken(string Token, string Delegation, string Run, JsonObject Answer);
