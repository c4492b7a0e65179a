using System.Text.Json.Nodes;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.Access;

/// <summary>
/// A tenant with an owner, an admin, a member and a viewer, and short words for giving them something.
/// </summary>
internal sealed class AccessWorld : IAsyncDisposable
{
    private AccessWorld(TenantWorld tenants) => Tenants = tenants;

    public TenantWorld Tenants { get; }

    public string Tenant { get; private set; } = "";

    public Caller Owner { get; private set; } = null!;

    public Caller Admin { get; private set; } = null!;

    public Caller Ben { get; private set; } = null!;

    /// <summary>A viewer.</summary>
    public Caller Vera { get; private set; } = null!;

    public Dictionary<Caller, string> Members { get; } = [];

    public static async Task<AccessWorld> Start(params string[] settings)
    {
        var tenants = await TenantWorld.Start(settings);
        var world = new AccessWorld(tenants)
        {
            Owner = await tenants.User("owner"),
            Admin = await tenants.User("admin"),
            Ben = await tenants.User("ben"),
            Vera = await tenants.User("vera"),
        };
        world.Tenant = await tenants.Tenant(world.Owner);
        foreach (var (who, role) in new[] { (world.Admin, "admin"), (world.Ben, "member"), (world.Vera, "viewer") })
            world.Members[who] = await tenants.Join(world.Owner, world.Tenant, who, role);
        return world;
    }

    /// <summary>Calls an operation of the tenant; the path's other names come from <paramref name="path"/>.</summary>
    public Task<JsonObject> Call(
        Caller caller, string operation, object? path = null, object? body = null, object? query = null) =>
        Tenants.Call(caller, operation, Path(path), body, query);

    public Task<string?> Code(
        Caller caller, string operation, object? path = null, object? body = null, string? ifMatch = null) =>
        Tenants.Code(caller, operation, Path(path), body, ifMatch);

    public async Task<Problem?> Problem(Caller caller, string operation, object? path = null, object? body = null) =>
        (await Tenants.Server.InProcess.Invoke(caller, operation, Path(path), body)).Problem;

    /// <summary>Grants an operation to a user; more of the body comes from <paramref name="more"/>.</summary>
    public Task<string> Grant(Caller to, string permission, object? more = null, Caller? by = null) =>
        Grant(new { user_id = to.User!.Value.Value, permission }, more, by);

    public async Task<string> Grant(object body, object? more = null, Caller? by = null)
    {
        var whole = JsonObject(body);
        if (more is not null)
        {
            foreach (var (name, value) in JsonObject(more)) whole[name] = value?.DeepClone();
        }
        return (await Call(by ?? Admin, "grants.create", body: whole))["id"]!.ToString();
    }

    public async Task<string> Role(string name, params string[] permissions) =>
        (await Call(Admin, "roles.create", body: new { name, permissions }))["id"]!.ToString();

    public async Task<string> Group(string name, params Caller[] members)
    {
        var group = (await Call(Admin, "groups.create", body: new { name }))["id"]!.ToString();
        foreach (var member in members) await Join(group, member);
        return group;
    }

    public Task<JsonObject> Join(string group, Caller member, Caller? by = null) =>
        Call(by ?? Admin, "groups.members.add", new { group }, new { user_id = member.User!.Value.Value });

    public Task<string> Workspace(string name = "Berlin") => Tenants.Workspace(Owner, Tenant, name);

    /// <summary>Whether the viewer gets what a role of a viewer does not give.</summary>
    public Task<string?> Tries(Caller caller, string operation = "invitations.list", object? path = null) =>
        Code(caller, operation, path);

    public Task<List<string>> Texts(Sql sql) => Tenants.Texts(sql);

    public ValueTask DisposeAsync() => Tenants.DisposeAsync();

    private static JsonObject JsonObject(object value) =>
        System.Text.Json.JsonSerializer.SerializeToNode(value)!.AsObject();

    private Dictionary<string, string> Path(object? more)
    {
        var path = new Dictionary<string, string> { ["tenant"] = Tenant };
        if (more is null) return path;
        foreach (var (name, value) in JsonObject(more)) path[name] = value!.ToString();
        return path;
    }
}
