using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.Tests.Isolation;

/// <summary>
/// One tenant with one object of each kind in it, and what lies beside the tenant: its owner, an agent, a key. Texts
/// that people wrote bear its mark, so that whoever sees one of them has seen this estate.
/// </summary>
internal sealed record Estate(string Mark, string Environment, AppId App)
{
    /// <summary>By the names of the parameters that take them.</summary>
    public required IReadOnlyDictionary<string, string> Ids { get; init; }

    /// <summary>Of these nobody else may know: what lies in the tenant, and the tenant.</summary>
    public static IReadOnlyList<string> Inside { get; } =
        ["tenant", "workspace", "member", "invitation", "role", "group", "grant", "policy", "record"];

    /// <summary>True where a text shows something of the estate that was not asked with.</summary>
    public bool ShowsIn(string text, ICollection<string> asked) =>
        text.Contains(Mark, StringComparison.OrdinalIgnoreCase)
        || Inside.Any(name => Ids.TryGetValue(name, out var id) && !asked.Contains(id)
            && text.Contains(id, StringComparison.Ordinal));
}

/// <summary>
/// Five tenants: two of Ada, of which the second is to the first as foreign as any, one of somebody else in the same
/// app, one in another app, and one in the other environment. And everybody who could ask, with how far each reaches.
/// </summary>
internal sealed class Estates
{
    private readonly HostileWorld world;
    private readonly Dictionary<Actor, Estate[]> reach = [];

    private Estates(HostileWorld world) => this.world = world;

    public IReadOnlyList<Estate> All { get; private set; } = [];

    /// <summary>Each class of credential, the invalid ones too.</summary>
    public IReadOnlyList<Actor> Actors { get; private set; } = [];

    /// <summary>Those of them that are good for nothing.</summary>
    public IReadOnlyList<Actor> Unknown => [.. Actors.Where(actor => !IsKnown(actor))];

    public static async Task<Estates> Make(HostileWorld world)
    {
        var made = new Estates(world);
        var contract = JsonNode.Parse(HostileWorld.Contract);
        await world.Call("contracts.apply", new { app = world.OtherApp.Value }, new { contract });
        await world.CallAs(
            new Actor("owner in live", InProcess.Owner with { Environment = "live" }), "contracts.apply",
            new { app = world.App.Value }, new { contract, confirm = HostileWorld.Opened.ToArray() });
        var mallory = await world.SignedIn("zqmallory");
        var oscar = await world.SignedIn("zqoscar", world.OtherApp);
        var first = await made.Of("zqfirst", world.Ada, world.Key);
        var second = await made.Of("zqsecond", world.Ada, world.Key);
        var hers = await made.Of("zqmallory", mallory, world.Key);
        var his = await made.Of("zqoscar", oscar, world.OtherKey);
        var live = await made.OfLive("zqlive");
        made.All = [first, second, hers, his, live];
        await made.Credentials(mallory, oscar);
        return made;
    }

    /// <summary>
    /// True where an actor may know of what is inside an estate; what it may do there is another question.
    /// </summary>
    public bool Reaches(Actor actor, Estate estate) =>
        reach.TryGetValue(actor, out var known) && known.Contains(estate);

    /// <summary>False for whoever no credential of whom is good for anything.</summary>
    public bool IsKnown(Actor actor) => reach.ContainsKey(actor);

    private async Task Credentials(Actor mallory, Actor oscar)
    {
        var (first, second, hers, his, live) = (All[0], All[1], All[2], All[3], All[4]);
        foreach (var estate in new[] { first, second })
        {
            var invited = await world.CallAs(world.Ada, "invitations.create", new { tenant = estate.Ids["tenant"] },
                new { email = world.Vera.Caller.Display, role = "viewer" });
            await world.CallAs(
                world.Vera, "invitations.accept", body: new { invitation_id = invited["id"]!.ToString() });
        }
        reach[world.Ada] = reach[world.Vera] = [first, second];
        reach[world.Lent] = reach[await Impersonating()] = [first, second];
        reach[mallory] = [hers];
        reach[oscar] = [his];
        reach[world.Sam] = reach[world.Agent] = reach[world.Browser] = [];
        reach[await world.Granted(await world.NewAgent(), first.Ids["tenant"])] = [first];
        reach[world.Key] = reach[world.KeyWithout] = [first, second, hers];
        reach[world.OtherKey] = [his];
        reach[world.LiveKey] = [live];
        reach[world.Operator] = reach[world.Billing] = [first, second, hers, his];
        var revoked = await world.NewKey(world.App);
        await world.Call("keys.revoke", new
        {
            app = world.App.Value, environment = "sandbox", key = revoked.Caller.Key!.Value.Value,
        }, new { reason = "a test" });
        Actors =
        [
            .. reach.Keys, Actor.Nobody, revoked with { Name = "a revoked key" },
            new Actor("no key", Caller.Nobody, Bearer: HostileWorld.UnknownKey()),
            new Actor("a key of no app", Caller.Nobody, PublishableKey: "cas_pk_sandbox_garbage"),
            new Actor("Ada through another app", Caller.Nobody, world.Ada.Bearer, world.OtherPublishable),
        ];
    }

    private async Task<Actor> Impersonating()
    {
        var begun = await world.Call("users.impersonate", new { user = world.Ada.Caller.User!.Value.Value },
            new { app_id = world.App.Value, reason = "a test" });
        var token = begun["token"]!.ToString();
        var presented = new Presented(token, null, null, new WorkerRequest { Id = default });
        var resolved = await world.Service<Gate>().Resolve(presented, TestContext.Current.CancellationToken);
        return new Actor("an operator as Ada", resolved.Caller!, Bearer: token);
    }

    /// <summary>Owned by a user, in the user's app.</summary>
    private async Task<Estate> Of(string mark, Actor owner, Actor key)
    {
        var app = owner.Caller.App!.Value;
        var ids = await Inside(mark, owner);
        var agent = await world.NewAgent();
        ids["session"] = (await world.SignedIn(owner.Name, app)).Caller.Session!.Value.Value;
        ids["user"] = owner.Caller.User!.Value.Value;
        ids["agent"] = agent.Caller.Agent!.Value.Value;
        ids["run"] = await world.NewRun(agent);
        ids["key"] = key.Caller.Key!.Value.Value;
        ids["app"] = app.Value;
        ids["environment"] = "sandbox";
        ids["delegation"] = (await world.CallAs(owner, "delegations.create", new { tenant = ids["tenant"] },
            new { agent_id = ids["agent"], operations = new[] { "records.list" } }))["id"]!.ToString();
        return new Estate(mark, "sandbox", app) { Ids = ids };
    }

    /// <summary>Made by a key, because nobody is signed in there.</summary>
    private async Task<Estate> OfLive(string mark)
    {
        var ids = await Inside(mark, world.LiveKey);
        var agent = await world.NewAgent("live");
        ids["agent"] = agent.Caller.Agent!.Value.Value;
        ids["run"] = await world.NewRun(agent);
        ids["user"] = await Strangers.LiveUserOf(world);
        ids["key"] = world.LiveKey.Caller.Key!.Value.Value;
        ids["app"] = world.App.Value;
        ids["environment"] = "live";
        return new Estate(mark, "live", world.App) { Ids = ids };
    }

    private async Task<Dictionary<string, string>> Inside(string mark, Actor by)
    {
        var tenant = await Id("tenants.create", null, new { name = $"{mark} tenant" });
        var at = new { tenant };
        var ids = new Dictionary<string, string>
        {
            ["tenant"] = tenant,
            ["workspace"] = await Id("workspaces.create", at, new { name = $"{mark} workspace" }),
            ["invitation"] = await Id(
                "invitations.create", at, new { email = $"guest-{mark}@example.com", role = "member" }),
            ["role"] = await Id("roles.create", at,
                new { name = $"{mark} role", permissions = new[] { "members.list" } }),
            ["group"] = await Id("groups.create", at, new { name = $"{mark} group" }),
            ["policy"] = await Id("policies.create", at,
                new { name = $"{mark} policy", permissions = new[] { "members.list" }, condition = "caller.id == ''" }),
            ["record"] = await Id("records.create", new { tenant, collection = "inside" }, new { slug = mark }),
            ["collection"] = "inside",
            ["permission"] = "members.list",
        };
        ids["grant"] = await Id("grants.create", at, new { group_id = ids["group"], permission = "members.list" });
        var members = await world.CallAs(by, "members.list", at);
        if (members["items"]!.AsArray() is [{ } member, ..]) ids["member"] = member["id"]!.ToString();
        return ids;

        async Task<string> Id(string operation, object? path, object body) =>
            (await world.CallAs(by, operation, path, body))["id"]!.ToString();
    }
}
