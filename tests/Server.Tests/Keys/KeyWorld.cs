using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Tests.Kernel;
using Castellan.Tests.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Keys;

/// <summary>A key as its maker has it.</summary>
internal sealed record Made(string Id, string Secret, JsonNode Key);

/// <summary>An app with keys, tenants and its first server, which asks about keys that others show it.</summary>
internal sealed class KeyWorld : IAsyncDisposable
{
    private readonly TenantWorld tenants;
    private int made;

    private KeyWorld(TenantWorld tenants) => this.tenants = tenants;

    public TestServer Server => tenants.Server;

    public AppId App => tenants.App;

    public AppId OtherApp => tenants.OtherApp;

    public object Place => new { app = App.Value, environment = "sandbox" };

    public static async Task<KeyWorld> Start(params string[] settings) =>
        new(await TenantWorld.Start(settings));

    public Task<JsonObject> Call(string operation, object? path = null, object? body = null) =>
        tenants.Call(InProcess.Owner, operation, path, body);

    public Task<Answer> Invoke(
        string operation, object? path = null, object? body = null, Caller? by = null, string? ifMatch = null) =>
        Server.InProcess.Invoke(by ?? InProcess.Owner, operation, path, body, ifMatch: ifMatch);

    public async Task<string> Tenant(string name = "Acme") =>
        await tenants.Tenant(await tenants.User($"owner{++made}"), name);

    public Task<Made> Restricted(params string[] permissions) => Key(new { kind = "restricted", permissions });

    /// <summary>A key of the first app in sandbox, with what <paramref name="terms"/> say beside its name.</summary>
    public Task<Made> Key(object? terms = null) => KeyOf(App, "sandbox", terms);

    public async Task<Made> KeyOf(AppId app, string environment, object? terms = null)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(terms ?? new { })!.AsObject();
        body["name"] = $"key {++made}";
        var answer = await Call("keys.create", new { app = app.Value, environment }, body);
        return new Made(answer["key"]!["id"]!.ToString(), answer["secret"]!.ToString(), answer["key"]!);
    }

    public object Path(Made key) => new { app = App.Value, environment = "sandbox", key = key.Id };

    /// <summary>The key as the list tells it.</summary>
    public async Task<JsonNode> Listed(string id) =>
        (await Call("keys.list", Place))["items"]!.AsArray().Single(k => k!["id"]!.ToString() == id)!;

    /// <summary>Over HTTP, with the key as its credential: the code, or "done".</summary>
    public async Task<string> Use(
        Made key, string path = "/v1/users", string method = "GET", object? body = null,
        params (string, string)[] headers) =>
        (await Send(key, path, method, body, headers)) is var answer && answer.Status < 300
            ? "done"
            : answer.Code ?? $"{answer.Status}";

    public async Task<HttpAnswer> Send(
        Made key, string path, string method = "GET", object? body = null, params (string, string)[] headers)
    {
        var isPublishable = key.Key["kind"]!.ToString() == "publishable";
        using var client = Server.With(isPublishable ? null : key.Secret, isPublishable ? key.Secret : null);
        return await HttpAnswer.Send(client, method, path, body, headers);
    }

    /// <summary>What <c>keys.verify</c> answers the app's own server.</summary>
    public async Task<JsonObject> Verify(string secret, object? use = null, Caller? by = null)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(use ?? new { })!.AsObject();
        body["key"] = secret;
        return await tenants.Call(by ?? tenants.Key, "keys.verify", body: body);
    }

    public async Task<string> Outcome(string secret, object? use = null, Caller? by = null) =>
        (await Verify(secret, use, by))["outcome"]!.ToString();

    /// <summary>The codes of the problems with a key that somebody tries to make, with their places.</summary>
    public async Task<IReadOnlyList<string>> Problems(object terms, Caller? by = null)
    {
        var body = System.Text.Json.JsonSerializer.SerializeToNode(terms)!.AsObject();
        body["name"] = "wrong";
        var answer = await Invoke("keys.create", Place, body, by);
        return [.. answer.Problem?.Errors.Select(e => $"{e.Pointer} {e.Code}") ?? []];
    }

    public Task<List<string>> Texts(Castellan.Platform.Storage.Sql sql) => tenants.Texts(sql);

    public T Service<T>()
        where T : notnull => Server.App.Services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => tenants.DisposeAsync();
}
