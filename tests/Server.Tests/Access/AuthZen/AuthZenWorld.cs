using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Tests.Kernel;

namespace Castellan.Tests.Access.AuthZen;

/// <summary>
/// A tenant world whose app asks from outside: over HTTP, with a restricted key that is for the one tenant.
/// </summary>
internal sealed class AuthZenWorld : IAsyncDisposable
{
    private readonly HttpClient http;

    private AuthZenWorld(AccessWorld access, HttpClient http, string secret) =>
        (Access, this.http, Secret) = (access, http, secret);

    public AccessWorld Access { get; }

    public TestServer Server => Access.Tenants.Server;

    public string Secret { get; }

    public static async Task<AuthZenWorld> Start(string[] permissions, params string[] settings)
    {
        var access = await AccessWorld.Start(settings);
        var contract = new JsonObject
        {
            ["castellan"] = 1,
            ["collections"] = new JsonObject(),
            ["permissions"] = new JsonObject(permissions.Select(
                name => KeyValuePair.Create<string, JsonNode?>(name, "A permission."))),
        };
        await access.Tenants.Call(
            InProcess.Owner, "contracts.apply", new { app = access.Tenants.App.Value }, new { contract });
        var secret = await Key(access, access.Tenant);
        return new AuthZenWorld(access, access.Tenants.Server.With(secret), secret);
    }

    /// <summary>A key that asks, for one tenant or for all that the app sees.</summary>
    public static async Task<string> Key(AccessWorld access, string? tenant)
    {
        string[] operations = ["evaluation", "evaluations", "search_subject", "search_resource", "search_action"];
        var made = await access.Tenants.Call(
            InProcess.Owner, "keys.create", new { app = access.Tenants.App.Value, environment = "sandbox" },
            new
            {
                kind = "restricted", name = "asks", tenant_id = tenant,
                permissions = operations.Select(name => $"access.authzen.{name}"),
            });
        return made["secret"]!.ToString();
    }

    /// <summary>A member whom the app calls so.</summary>
    public async Task<Caller> Member(string name, string type = "user", string? called = null)
    {
        var user = await Access.Tenants.User(name);
        await Access.Tenants.Join(Access.Owner, Access.Tenant, user, "viewer");
        await Call(user, called ?? name, type);
        return user;
    }

    /// <summary>Says what the app calls a member.</summary>
    public Task<JsonObject> Call(Caller user, string name, string type = "user") => Access.Call(
        Access.Tenants.Key, "access.names.create",
        body: new { of = "subject", type, name, user_id = user.User!.Value.Value });

    /// <summary>Says that there is a thing.</summary>
    public Task<JsonObject> Thing(string type, string name) => Access.Call(
        Access.Tenants.Key, "access.names.create", body: new { of = "resource", type, name });

    public Task<HttpAnswer> Send(string path, object? body, params (string Name, string Value)[] headers) =>
        HttpAnswer.Send(http, "POST", $"/access/v1/{path}", body, headers);

    public async Task<JsonObject> Post(string path, object body)
    {
        var answer = await Send(path, body);
        Assert.True(answer.Status == 200, $"{path}: {answer.Status} {answer.Text}");
        return answer.Json;
    }

    public async Task<bool> Asks(object body) => (await Post("evaluation", body))["decision"]!.GetValue<bool>();

    public Task<bool> Asks(string subject, string action, string type, string id) => Asks(new
    {
        subject = new { type = "user", id = subject }, action = new { name = action }, resource = new { type, id },
    });

    public async Task<List<bool>> AsksAll(object body) =>
    [
        .. (await Post("evaluations", body))["evaluations"]!.AsArray().Select(e => e!["decision"]!.GetValue<bool>()),
    ];

    public async Task<List<string>> Finds(string what, object body, string field = "id") =>
        [.. (await Post($"search/{what}", body))["results"]!.AsArray().Select(found => found![field]!.ToString())];

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Access.DisposeAsync();
    }
}
