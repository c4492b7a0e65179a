using System.Text.Json.Nodes;
using Castellan.Tests.Isolation;

namespace Castellan.Tests.Kernel;

/// <summary>One tenant with records, one caller of each kind that may reach them, and every way of stopping.</summary>
internal sealed class StopStage : IAsyncDisposable
{
    public const string Reason = "seen on a list of leaked passwords";

    private StopStage(HostileWorld world, string tenant, Actor acting) =>
        (World, Tenant, Acting) = (world, tenant, acting);

    public HostileWorld World { get; }

    public string Tenant { get; }

    /// <summary>An operator who looks as Ada does.</summary>
    public Actor Acting { get; }

    /// <summary>A user, an app's server, an app in a browser, and an operator who looks as the user.</summary>
    public IReadOnlyList<Actor> Callers => [World.Ada, World.Key, World.Browser, Acting];

    private string User => World.Ada.Caller.User!.Value.Value;

    public static async Task<StopStage> Start()
    {
        var world = await HostileWorld.Start();
        var tenant = await world.NewTenant();
        var made = await world.Call("users.impersonate", new { user = world.Ada.Caller.User!.Value.Value },
            new { app_id = world.App.Value, reason = "a test" });
        var acting = new Actor("looks as Ada", world.Ada.Caller, Bearer: made["token"]!.ToString());
        return new StopStage(world, tenant, acting);
    }

    public Asked Ask(string operation, Actor by) => new(World.Operations.Single(o => o.Name == operation), by)
    {
        Path = new Dictionary<string, string> { ["tenant"] = Tenant, ["collection"] = "open" },
        Body = new JsonObject { ["slug"] = World.Next("slug") },
    };

    /// <summary>The problem's code, or empty where it was answered.</summary>
    public async Task<string> Read(Actor by) => (await World.Messenger.Send(Ask("records.list", by))).Code;

    public async Task<string> Write(Actor by) => (await World.Messenger.Send(Ask("records.create", by))).Code;

    /// <summary>Another operation, with one field of its own; the problem's code, or empty.</summary>
    public async Task<string> Send(string operation, Actor by, (string Name, string Value)? field = null)
    {
        var asked = Ask(operation, by) with { Body = [] };
        if (field is { } one) asked = asked.WithField(one.Name, one.Value);
        return (await World.Messenger.Send(asked.With("app", World.App.Value))).Code;
    }

    /// <summary>How often a record was created.</summary>
    public async Task<int> Records() => (await World.Server.Database.Many(
        $"select id from audit_entry where action = {"records.create"} and outcome = {"done"}",
        row => row.Text(), TestContext.Current.CancellationToken)).Count;

    public async Task Stop(string how)
    {
        await Do(how switch
        {
            "environment frozen" => ("environments.freeze", new { environment = "sandbox" }),
            "environment killed" => ("environments.kill", new { environment = "sandbox" }),
            "tenant suspended" => ("tenants.suspend", new { tenant = Tenant }),
            "user suspended" => ("users.suspend", new { user = User }),
            "user signed out" => ("users.sign_out", new { user = User }),
            "key revoked" => ("keys.revoke", (object)new
            {
                app = World.App.Value, environment = "sandbox", key = World.Key.Caller.Key!.Value.Value,
            }),
            _ => ("apps.transition", new { app = World.App.Value }),
        }, how.StartsWith("app ", StringComparison.Ordinal) ? how[4..] : null);
    }

    public Task Reverse(string how) => Do(how switch
    {
        "environment frozen" => ("environments.thaw", new { environment = "sandbox" }),
        "environment killed" => ("environments.revive", new { environment = "sandbox" }),
        "tenant suspended" => ("tenants.reinstate", new { tenant = Tenant }),
        "user suspended" => ("users.restore", (object)new { user = User }),
        _ => ("apps.transition", new { app = World.App.Value }),
    }, how == "app frozen" ? "pilot" : null);

    public ValueTask DisposeAsync() => World.DisposeAsync();

    private Task<JsonObject> Do((string Operation, object Path) act, string? state) => state is null
        ? World.Call(act.Operation, act.Path, new { reason = Reason })
        : World.Call(act.Operation, act.Path, new { state, reason = Reason });
}
