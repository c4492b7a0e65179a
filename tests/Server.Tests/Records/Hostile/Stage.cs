using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Tests.Tenants;

namespace Castellan.Tests.Records.Hostile;

/// <summary>
/// One app with a contract in sandbox and in live, its tenants and people, made through the ordinary operations. The
/// stage before is the other app: its people and tenants are foreign here.
/// </summary>
internal sealed class Stage
{
    private readonly TenantWorld world;
    private readonly List<Person> people = [];

    private Stage(TenantWorld world, Place sandbox, Place live) => (this.world, Sandbox, Live) = (world, sandbox, live);

    public Place Sandbox { get; }

    public Place Live { get; }

    public IReadOnlyList<Place> Places => [Sandbox, Live];

    public IReadOnlyList<Person> People => people;

    public static async Task<Stage> Set(TenantWorld world, ContractShape contract, string name)
    {
        var app = await TenantWorld.Register(world.Server, name);
        var (sandbox, live) = (new Place("sandbox", app, contract), new Place("live", app, contract));
        var stage = new Stage(world, sandbox, live);
        await world.Call(InProcess.Owner, "apps.transition",
            new { app = app.Value }, new { state = "pilot", reason = "a test" });
        foreach (var place in stage.Places)
        {
            await world.Call(InProcess.Owner, "apps.settings.update",
                new { app = app.Value, environment = place.Environment }, new { native = true });
        }
        var applied = await world.Call(InProcess.Owner, "contracts.apply", new { app = app.Value },
            new { contract = contract.Document });
        await world.Call(InProcess.Owner with { Environment = "live" }, "contracts.promote", new { app = app.Value },
            new { from = "sandbox", hash = applied["hash"]!.ToString(), reason = "a test", confirm = contract.Opened });
        foreach (var place in stage.Places)
        {
            place.Number = (await world.Service<ContractDirectory>().Find(app, place.Environment))!.Number;
            await stage.Populate(place);
        }
        return stage;
    }

    /// <summary>Two tenants, with a person of each standing in the first.</summary>
    private async Task Populate(Place place)
    {
        var (ann, gus) = (await User(place, "ann"), await User(place, "gus"));
        var (first, second) = (await Tenant(place, ann), await Tenant(place, gus));
        await Join(ann, first, await User(place, "cat"), "member", ["clerk"]);
        if (place.Environment == "sandbox")
        {
            var fay = await User(place, "fay");
            await Join(ann, first, await User(place, "bob"), "admin", []);
            await Join(ann, first, await User(place, "dan"), "viewer", ["judge"]);
            await Join(ann, first, await User(place, "eve"), "member", [], first.Workspaces[0]);
            await Join(ann, first, fay, "member", ["judge", "clerk"]);
            await Add(ann, first, fay, first.Workspaces[1]);
            await Join(gus, second, fay, "member", []);
            await Join(gus, second, await User(place, "hal"), "member", []);
            await User(place, "ivy");
            await Key(place, "key that reads", ["records.list", "records.query", "records.get", "records.history"]);
        }
        await Key(place, "key", ["*"]);
        people.Add(new Person("stranger", Caller.OfApp(
            place.Environment, place.App, KeyId.New(world.Server.Clock.GetUtcNow())), place));
    }

    private async Task<Person> User(Place place, string name)
    {
        var caller = await world.User(name, place.App, environment: place.Environment);
        var person = new Person(name, caller, place);
        people.Add(person);
        return person;
    }

    private async Task<Tenancy> Tenant(Place place, Person owner)
    {
        var tenant = new Tenancy(await world.Tenant(owner.Caller));
        for (var i = 0; i < 2; i++)
            tenant.Workspaces.Add(await world.Workspace(owner.Caller, tenant.Id, $"W{i}"));
        tenant.Members[owner.Caller.User!.Value.Value] = new Membership(TenantRole.Owner, [], []);
        place.Tenants.Add(tenant);
        return tenant;
    }

    private async Task Join(
        Person admin, Tenancy tenant, Person user, string role, string[] roles, string? workspace = null)
    {
        var member = await world.Join(admin.Caller, tenant.Id, user.Caller, role, workspace);
        if (roles.Length > 0)
        {
            await world.Call(admin.Caller, "members.app_roles.set", new { tenant = tenant.Id, member },
                new { roles });
        }
        var id = user.Caller.User!.Value.Value;
        var before = tenant.Members.GetValueOrDefault(id) ?? new Membership(null, [], []);
        tenant.Members[id] = new Membership(
            workspace is null ? Wire.Parse<TenantRole>(role) : before.Role,
            workspace is null ? before.Workspaces : [.. before.Workspaces, workspace],
            [.. before.Roles, .. roles]);
    }

    /// <summary>Gives a member a role in a workspace.</summary>
    private async Task Add(Person admin, Tenancy tenant, Person user, string workspace)
    {
        var user_id = user.Caller.User!.Value.Value;
        await world.Call(admin.Caller, "members.add", new { tenant = tenant.Id, workspace },
            new { user_id, role = "member" });
        var before = tenant.Members[user_id];
        tenant.Members[user_id] = before with { Workspaces = [.. before.Workspaces, workspace] };
    }

    private async Task Key(Place place, string name, string[] permissions)
    {
        var made = await world.Call(InProcess.Owner, "keys.create",
            new { app = place.App.Value, environment = place.Environment }, new { name, permissions });
        var id = new KeyId(made["key"]!["id"]!.ToString());
        people.Add(new Person(name, Caller.OfKey(place.Environment, place.App, id, permissions), place));
    }
}
