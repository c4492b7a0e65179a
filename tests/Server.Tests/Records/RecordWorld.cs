using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tests.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Records;

/// <summary>A tenant world whose first app has a contract.</summary>
internal sealed class RecordWorld : IAsyncDisposable
{
    /// <summary>Projects with tasks and comments: references, unique keys, secrets, workspaces, roles.</summary>
    public const string Portal = """
        {
          "castellan": 1,
          "permissions": { "tasks.publish": "Publish a task." },
          "roles": { "editor": { "permissions": ["tasks.publish"] } },
          "collections": {
            "projects": {
              "schema": {
                "type": "object",
                "properties": {
                  "name": { "type": "string", "minLength": 1, "maxLength": 100 },
                  "slug": { "type": "string", "maxLength": 40 },
                  "budget": { "type": "number" },
                  "token": { "type": "string" }
                },
                "required": ["name"]
              },
              "unique": [["slug"]],
              "secret": ["token"],
              "rules": {
                "list": "tenant_member", "read": "tenant_member", "create": "tenant_role('member')",
                "update": "owner || tenant_role('admin')", "delete": "tenant_role('admin')"
              }
            },
            "tasks": {
              "schema": {
                "type": "object",
                "properties": {
                  "title": { "type": "string", "maxLength": 200 },
                  "status": { "enum": ["open", "doing", "done"], "default": "open" },
                  "rank": { "type": "integer" },
                  "due_at": { "type": "string", "format": "date-time" },
                  "urgent": { "type": "boolean" },
                  "labels": { "type": "array", "items": { "type": "string" } },
                  "place": { "type": "object", "properties": { "city": { "type": "string" } } },
                  "project_id": { "type": "string", "maxLength": 40 }
                },
                "required": ["title"]
              },
              "references": { "project_id": { "collection": "projects", "on_delete": "cascade", "back": "tasks" } },
              "indexes": [["status", "-rank"]],
              "rules": {
                "list": "owner || role('editor')", "read": "owner || record.project.owner_id == caller.id",
                "create": "tenant_member", "update": "owner", "delete": "owner"
              }
            },
            "notes": {
              "schema": { "type": "object", "properties": { "text": { "type": "string" } } },
              "workspace": "required",
              "soft_delete": true,
              "rules": {
                "list": "workspace_member", "read": "workspace_member", "create": "workspace_member",
                "update": "workspace_member", "delete": "workspace_member"
              }
            },
            "posts": {
              "schema": { "type": "object", "properties": { "text": { "type": "string" } } },
              "rules": { "list": "public", "read": "public", "create": "tenant_role('admin')" }
            },
            "locked": {
              "schema": { "type": "object", "properties": { "text": { "type": "string" } } }
            }
          }
        }
        """;

    private RecordWorld(TenantWorld tenants) => Tenants = tenants;

    public TenantWorld Tenants { get; }

    public string Tenant { get; private set; } = "";

    /// <summary>The owner of the tenant.</summary>
    public Caller Ada { get; private set; } = null!;

    /// <summary>A member of it.</summary>
    public Caller Ben { get; private set; } = null!;

    /// <summary>A user of the app who is no member.</summary>
    public Caller Eve { get; private set; } = null!;

    /// <summary>The app's publishable key alone.</summary>
    public Caller Browser => Caller.OfApp("sandbox", Tenants.App, KeyId.New(Tenants.Server.Clock.GetUtcNow()));

    public static async Task<RecordWorld> Start(
        string contract = Portal, Action<IServiceCollection>? services = null)
    {
        var tenants = await TenantWorld.Start(services);
        var world = new RecordWorld(tenants)
        {
            Ada = await tenants.User("ada"), Ben = await tenants.User("ben"), Eve = await tenants.User("eve"),
        };
        world.Tenant = await tenants.Tenant(world.Ada);
        await tenants.Join(world.Ada, world.Tenant, world.Ben);
        await world.Apply(contract);
        // Their key is named in a browser, which has no origin here.
        await tenants.Call(InProcess.Owner, "apps.settings.update",
            new { app = tenants.App.Value, environment = "sandbox" }, new { native = true });
        return world;
    }

    public Task<JsonObject> Apply(string contract, params string[] confirm) => Tenants.Call(
        InProcess.Owner, "contracts.apply", new { app = Tenants.App.Value },
        new { contract = JsonNode.Parse(contract), confirm });

    public Task<JsonObject> Plan(string contract) => Tenants.Call(
        InProcess.Owner, "contracts.plan", new { app = Tenants.App.Value },
        new { contract = JsonNode.Parse(contract) });

    public Task<JsonObject> Create(Caller caller, string collection, object record, string? workspace = null) =>
        Tenants.Call(caller, "records.create", At(collection, workspace: workspace), record);

    public async Task<string> Id(Caller caller, string collection, object record, string? workspace = null) =>
        (await Create(caller, collection, record, workspace))["id"]!.ToString();

    public Task<JsonObject> Get(Caller caller, string collection, string record) =>
        Tenants.Call(caller, "records.get", At(collection, record));

    public Task<JsonObject> List(Caller caller, string collection, object? query = null, string? workspace = null) =>
        Tenants.Call(caller, "records.list", At(collection, workspace: workspace), query: query);

    public async Task<List<string>> Values(Caller caller, string collection, string field, object? query = null) =>
        [.. (await List(caller, collection, query))["items"]!.AsArray().Select(i => i![field]?.ToString() ?? "null")];

    public Task<string?> Code(
        Caller caller, string operation, string collection, string? record = null, object? body = null,
        string? ifMatch = null, string? workspace = null) =>
        Tenants.Code(caller, operation, At(collection, record, workspace), body, ifMatch);

    /// <summary>The problem that a call is answered with.</summary>
    public async Task<Problem> Refused(
        Caller caller, string operation, string collection, string? record = null, object? body = null,
        object? query = null) =>
        (await Tenants.Server.InProcess.Invoke(caller, operation, At(collection, record), body, query)).Problem
        ?? throw new InvalidOperationException($"{operation} was not refused.");

    public object At(string collection, string? record = null, string? workspace = null, string? tenant = null) =>
        new { collection, record, workspace, tenant = tenant ?? Tenant };

    /// <summary>Names of tables of apps that contain a word.</summary>
    public async Task<List<string>> TablesLike(string word)
    {
        var all = Tenants.Service<IDatabase>().EngineName == "postgres"
            ? await Texts($"select table_name::text from information_schema.tables where table_schema like 'c%'")
            : await Texts($"select name from sqlite_master where type = 'table' and name like 'c%'");
        return all.FindAll(name => name.Contains(word, StringComparison.Ordinal) && name != "contract_dropped");
    }

    public async Task<List<string>> Texts(Sql sql) => await Tenants.Texts(sql);

    public ValueTask DisposeAsync() => Tenants.DisposeAsync();
}
