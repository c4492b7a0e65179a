using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Castellan.Tests.Kernel;

namespace Castellan.Tests.Agents;

/// <summary>An agent with a run, and an app whose rules know agents.</summary>
internal sealed class AgentStage : IAsyncDisposable
{
    private const string Contract = """
        {
          "castellan": 1,
          "permissions": { "notes.write": "Write notes." },
          "collections": {
            "inside": {
              "schema": { "properties": { "slug": { "type": "string", "maxLength": 60 } } },
              "unique": [["slug"]],
              "soft_delete": true,
              "rules": {
                "list": "tenant_member || caller.kind == 'agent'", "read": "tenant_member || caller.kind == 'agent'",
                "create": "can('notes.write')", "update": "can('notes.write')", "delete": "tenant_member"
              }
            },
            "open": {
              "schema": { "properties": { "slug": { "type": "string", "maxLength": 60 } } },
              "unique": [["slug"]],
              "soft_delete": true,
              "rules": {
                "list": "public", "read": "public", "create": "public", "update": "public", "delete": "public"
              }
            }
          }
        }
        """;

    private AgentStage(AgentWorld world, string run) => (World, Run) = (world, run);

    public AgentWorld World { get; }

    public string Run { get; }

    public string Agent => World.Agent;

    public static async Task<AgentStage> Start()
    {
        var world = await AgentWorld.Start();
        await world.Hostile.Call("contracts.apply", new { app = world.Hostile.App.Value },
            new { contract = JsonNode.Parse(Contract) });
        return new AgentStage(world, await world.Hostile.NewRun(world.Hostile.Agent));
    }

    public async Task<string> Grant(
        string permission, DateTimeOffset? until = null, string? condition = null, string? collection = null) =>
        (await TryGrant(permission, until, condition, collection))["id"]!.ToString();

    public async Task<JsonObject> TryGrant(
        string permission, DateTimeOffset? until = null, string? condition = null, string? collection = null,
        string? agent = null) => (await World.Send(
        World.Hostile.Ada.Bearer!, "POST", $"/v1/tenants/{World.Tenant}/grants", new
        {
            agent_id = agent ?? Agent, permission, expires_at = until, condition, collection,
        })).Answer;

    public Task<JsonObject> Widen(params string[] operations) =>
        World.Hostile.Call("agents.update", new { agent = Agent }, new { operations });

    public async Task<string?> List(
        string? tenant = null, string? key = null, string? run = null, string? bearer = null,
        string collection = "inside") =>
        (await Send("GET", $"/v1/records/{collection}", null, tenant, key, run, bearer)).Answer["code"]?.ToString();

    public async Task<string?> Members() =>
        (await Send("GET", $"/v1/tenants/{World.Tenant}/members")).Answer["code"]?.ToString();

    public Task<(HttpStatusCode Status, JsonObject Answer)> Create(string? slug = null) =>
        Send("POST", "/v1/records/inside", new { slug = slug ?? World.Hostile.Next("slug") });

    /// <summary>Creates a record by a body that waits.</summary>
    public Task<SlowRequest> Slow(string body, string request = "POST /v1/records/inside") => SlowRequest.Begin(
        World.Hostile.Server.Address, request, World.Hostile.Agent.Bearer!, body,
        ("Castellan-Tenant", World.Tenant), ("Castellan-Key", World.Hostile.Browser.PublishableKey!),
        ("Castellan-Run", Run));

    public async Task<(HttpStatusCode Status, JsonObject Answer)> Send(
        string method, string path, object? body = null, string? tenant = null, string? key = null,
        string? run = null, string? bearer = null, string? idempotency = null)
    {
        World.Hostile.Server.Clock.Advance(TimeSpan.FromMilliseconds(1));
        using var client = World.Hostile.Server.With(bearer ?? World.Hostile.Agent.Bearer!);
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null) request.Content = JsonContent.Create(body);
        request.Headers.Add("Castellan-Tenant", tenant ?? World.Tenant);
        if (key is not "") request.Headers.Add("Castellan-Key", key ?? World.Hostile.Browser.PublishableKey);
        if (run is not "") request.Headers.Add("Castellan-Run", run ?? Run);
        if (idempotency is not null) request.Headers.Add("Idempotency-Key", idempotency);
        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return (response.StatusCode, text.Length == 0 ? [] : JsonNode.Parse(text)!.AsObject());
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
