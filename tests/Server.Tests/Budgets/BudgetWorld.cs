using System.Globalization;
using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Tests.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Budgets;

/// <summary>A server with an app, its secret key, and a tenant of Ada's in which Bo is a member.</summary>
internal sealed class BudgetWorld : IAsyncDisposable
{
    private BudgetWorld(TenantWorld tenants) => Tenants = tenants;

    public TenantWorld Tenants { get; }

    public TestServer Server => Tenants.Server;

    public Caller Key => Tenants.Key;

    public Caller Ada { get; private set; } = Caller.Nobody;

    public Caller Bo { get; private set; } = Caller.Nobody;

    public string Tenant { get; private set; } = "";

    public static async Task<BudgetWorld> Start(Action<IServiceCollection>? adjust = null, params string[] settings)
    {
        var world = new BudgetWorld(await TenantWorld.Start(adjust, settings));
        world.Ada = await world.Tenants.User("ada");
        world.Bo = await world.Tenants.User("bo");
        world.Tenant = await world.Tenants.Tenant(world.Ada);
        await world.Tenants.Join(world.Ada, world.Tenant, world.Bo);
        return world;
    }

    /// <summary>Makes a budget as an operator; gives its id.</summary>
    public async Task<string> Budget(object body) =>
        (await Tenants.Call(InProcess.Owner, "budgets.create", body: body))["id"]!.ToString();

    /// <summary>Of tokens in the tenant, for a day.</summary>
    public Task<string> Tokens(long cap, string window = "day") => Budget(
        new { name = "Tokens", subject = "tenant", subject_id = Tenant, unit = "tokens", window, cap });

    public async Task<string> Reserve(
        long amount, Caller? by = null, string? tenant = null, string unit = "tokens", string? currency = null,
        int ttl = 60)
    {
        var body = new { unit, currency, amount, ttl_seconds = ttl };
        var made = await Tenants.Call(by ?? Key, "budgets.reserve", new { tenant = tenant ?? Tenant }, body);
        return made["id"]!.ToString();
    }

    /// <summary>The code of the problem, or null where it was held.</summary>
    public Task<string?> Refusal(long amount, Caller? by = null, string unit = "tokens", string? currency = null) =>
        Tenants.Code(by ?? Key, "budgets.reserve", new { tenant = Tenant }, new { unit, currency, amount });

    public Task<JsonObject> Settle(string reservation, long amount, Caller? by = null) => Tenants.Call(
        by ?? Key, "budgets.settle", new { tenant = Tenant, reservation }, new { amount });

    public Task<string?> SettleRefusal(string reservation, long amount, Caller? by = null) => Tenants.Code(
        by ?? Key, "budgets.settle", new { tenant = Tenant, reservation }, new { amount });

    public Task<JsonObject> Void(string reservation, Caller? by = null) =>
        Tenants.Call(by ?? Key, "budgets.void", new { tenant = Tenant, reservation });

    public Task<string?> VoidRefusal(string reservation, Caller? by = null) =>
        Tenants.Code(by ?? Key, "budgets.void", new { tenant = Tenant, reservation });

    /// <summary>What the current window has settled, holds and has left.</summary>
    public async Task<(long Settled, long Held, long Left)> Use(string budget)
    {
        var use = (await Tenants.Call(InProcess.Owner, "budgets.get", new { budget }))["use"]!;
        return (Number(use["settled"]), Number(use["held"]), Number(use["left"]));
    }

    public ValueTask DisposeAsync() => Tenants.DisposeAsync();

    private static long Number(JsonNode? node) => long.Parse(node!.ToString(), CultureInfo.InvariantCulture);
}
