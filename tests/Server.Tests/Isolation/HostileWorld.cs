using System.Text.Json.Nodes;
using Castellan.Identity;
using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Tests.Operators;
using Castellan.Tests.Tenants;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Isolation;

/// <summary>
/// A server with two apps, people, keys and operators of every kind, and ways to make one more object of each kind. All
/// of it is made through the ordinary operations.
/// </summary>
internal sealed class HostileWorld : IAsyncDisposable
{
    /// <summary>What members and keys come to, and what everybody does.</summary>
    public const string Contract = """
        {
          "castellan": 1,
          "collections": {
            "inside": {
              "schema": { "properties": { "slug": { "type": "string", "maxLength": 60 } } },
              "unique": [["slug"]],
              "soft_delete": true,
              "rules": {
                "list": "tenant_member || caller.kind in ['key', 'agent']",
                "read": "tenant_member || caller.kind in ['key', 'agent']",
                "create": "tenant_member || caller.kind in ['key', 'agent']",
                "update": "tenant_member || caller.kind in ['key', 'agent']",
                "delete": "tenant_member || caller.kind in ['key', 'agent']"
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

    /// <summary>What confirms, in live, that it is open.</summary>
    public static IEnumerable<string> Opened =>
        from rule in new[] { "list", "read", "create", "update", "delete" } select $"public open.{rule}";

    private readonly TenantWorld tenants;
    private int made;

    private HostileWorld(TenantWorld tenants) => (this.tenants, Messenger) = (tenants, new Messenger(tenants.Server));

    public TestServer Server => tenants.Server;

    public Messenger Messenger { get; }

    public AppId App => tenants.App;

    public AppId OtherApp => tenants.OtherApp;

    /// <summary>The owner of every tenant that the world makes for a request.</summary>
    public Actor Ada { get; private set; } = null!;

    /// <summary>A viewer in each of them.</summary>
    public Actor Vera { get; private set; } = null!;

    /// <summary>A user without any tenant.</summary>
    public Actor Sam { get; private set; } = null!;

    public Actor Operator { get; private set; } = null!;

    /// <summary>An operator with the least of roles.</summary>
    public Actor Billing { get; private set; } = null!;

    /// <summary>An operator who looks and changes nothing.</summary>
    public Actor Auditor { get; private set; } = null!;

    public Actor Key { get; private set; } = null!;

    public Actor KeyWithout { get; private set; } = null!;

    public Actor OtherKey { get; private set; } = null!;

    public Actor LiveKey { get; private set; } = null!;

    /// <summary>An agent with its own token.</summary>
    public Actor Agent { get; private set; } = null!;

    /// <summary>The agent for Ada, who has lent it the one operation <see cref="OnlyLent"/>.</summary>
    public Actor Lent { get; private set; } = null!;

    /// <summary>The app itself: a publishable key.</summary>
    public Actor Browser { get; private set; } = null!;

    public string OtherPublishable { get; private set; } = "";

    public IReadOnlyList<Operation> Operations => Service<OperationTable>().All;

    public static async Task<HostileWorld> Start(Action<IServiceCollection>? adjust = null, params string[] settings)
    {
        var world = new HostileWorld(await TenantWorld.Start(
            adjust, ["--Tenants:OwnedMax", "10000", .. settings]));
        foreach (var app in new[] { world.App, world.OtherApp })
            await world.Call("apps.transition", new { app = app.Value }, new { state = "pilot", reason = "a test" });
        await world.Call("contracts.apply", new { app = world.App.Value }, new { contract = JsonNode.Parse(Contract) });
        await world.SignEverybodyIn();
        world.Key = await world.NewKey(world.App);
        world.KeyWithout = await world.NewKey(world.App, permissions: ["app.nothing"]);
        world.OtherKey = await world.NewKey(world.OtherApp);
        world.LiveKey = await world.NewKey(world.App, "live");
        var publishable = await world.Publishable(world.App);
        var caller = Caller.OfApp("sandbox", world.App, KeyId.New(world.Server.Clock.GetUtcNow()));
        world.Browser = new Actor("the app", caller, PublishableKey: publishable);
        world.OtherPublishable = await world.Publishable(world.OtherApp);
        return world;
    }

    /// <summary>Also again, when time has made the access tokens stale.</summary>
    public async Task SignEverybodyIn()
    {
        Ada = await SignedIn("ada");
        Vera = await SignedIn("vera");
        Sam = await SignedIn("sam");
        Operator = await NewOperator("owner");
        Billing = await NewOperator("billing");
        Auditor = await NewOperator("auditor");
        Agent ??= await NewAgent();
        Lent = await LentBy(Ada, Agent, OnlyLent);
    }

    public const string OnlyLent = "records.history";

    /// <summary>What agents come to by rules, and one thing beside that is granted.</summary>
    private static readonly string[] Lendable =
    [
        "records.list", "records.query", "records.get", "records.create", "records.update", "records.replace",
        "records.upsert", "records.delete", "records.restore", "records.bulk", OnlyLent, "members.list",
    ];

    public T Service<T>()
        where T : notnull => tenants.Service<T>();

    public string Next(string name) => $"{name}{Interlocked.Increment(ref made)}";

    /// <summary>Calls as the owner of the installation.</summary>
    public Task<JsonObject> Call(string operation, object? path = null, object? body = null, object? query = null) =>
        tenants.Call(InProcess.Owner, operation, path, body, query);

    public Task<JsonObject> CallAs(Actor by, string operation, object? path = null, object? body = null) =>
        tenants.Call(by.Caller, operation, path, body);

    /// <summary>A user with a session in the first app or another, and its access token.</summary>
    public async Task<Actor> SignedIn(string name, AppId? through = null)
    {
        var app = through ?? App;
        var user = await tenants.User(name, app);
        var scope = new EnvironmentScope("sandbox", app);
        var request = new WorkerRequest { Id = RequestId.New(Server.Clock.GetUtcNow()) };
        var session = await Service<Changes>().RunAs(Caller.System("test", "sandbox"), "sessions.open",
            change => Service<Sessions>().Open(change, scope, user.User!.Value, app, request));
        var token = await Service<AccessTokens>().Issue("sandbox", app, user.User!.Value, session.Id);
        return new Actor(
            name, Caller.OfUser("sandbox", app, user.User.Value, session.Id, user.Display), Bearer: token);
    }

    public async Task<Actor> NewOperator(string role = "admin")
    {
        var link = await Server.Invite(role, $"{Next(role)}@example.org");
        var signedIn = await Server.Claim(link, new { password = OperatorActs.Password });
        var who = signedIn["operator"]!;
        var caller = Caller.OfOperator(
            new OperatorId(who["id"]!.ToString()), Wire.Parse<OperatorRole>(role), "sandbox", who["email"]!.ToString());
        return new Actor($"operator {role}", caller, Bearer: signedIn["token"]!.ToString());
    }

    /// <summary>The bearer of a link that was just mailed.</summary>
    public async Task<Actor> NewLink()
    {
        var token = await Server.Invite("admin", $"{Next("invited")}@example.org");
        var presented = new Presented(token, null, null, new WorkerRequest { Id = default });
        var resolved = await Service<Gate>().Resolve(presented, TestContext.Current.CancellationToken);
        return new Actor("a one-time link", resolved.Caller!, Bearer: token);
    }

    public async Task<Actor> NewKey(
        AppId app, string environment = "sandbox", string[]? permissions = null, DateTimeOffset? expiresAt = null)
    {
        var created = await Call("keys.create", new { app = app.Value, environment },
            new { name = Next("key"), permissions = permissions ?? ["*"], expires_at = expiresAt });
        var id = new KeyId(created["key"]!["id"]!.ToString());
        return new Actor(
            $"a {environment} key", Caller.OfKey(environment, app, id, permissions ?? ["*"]),
            Bearer: created["secret"]!.ToString());
    }

    public async Task<Actor> NewAgent(string environment = "sandbox")
    {
        var registered = await CallAs(
            new Actor("owner", InProcess.Owner with { Environment = environment }), "agents.register",
            body: new { name = Next("Agent "), owner = "ops", purpose = "A test.", operations = Lendable });
        var agent = new AgentId(registered["agent"]!["id"]!.ToString());
        var token = registered["token"]!.ToString();
        var caller = Caller.OfAgent(environment, agent, registered["agent"]!["name"]!.ToString()) with
        {
            Credential = Convert.ToHexStringLower(OpaqueToken.Hash(token)),
        };
        return new Actor($"a {environment} agent", caller, Bearer: token);
    }

    /// <summary>A key of Ed25519 that nobody else has.</summary>
    public static string NewPublicKey()
    {
        using var key = new NSec.Cryptography.Key(NSec.Cryptography.SignatureAlgorithm.Ed25519);
        return Convert.ToBase64String(key.PublicKey.Export(NSec.Cryptography.KeyBlobFormat.RawPublicKey));
    }

    /// <summary>What Ada has lent the agent in a tenant of hers.</summary>
    public async Task<string> NewDelegation(Actor agent) => (await CallAs(
        Ada, "delegations.create", new { tenant = await NewTenant() },
        new { agent_id = agent.Caller.Agent!.Value.Value, operations = Lendable }))["id"]!.ToString();

    /// <summary>The agent for a user, through the user's app, in whichever tenant.</summary>
    public async Task<Actor> LentBy(Actor user, Actor agent, string operations)
    {
        var exchanged = await CallAs(agent, "delegations.exchange", body: new
        {
            subject_token = user.Bearer, subject_kind = "access_token", scope = operations,
        });
        var token = exchanged["access_token"]!.ToString();
        var presented = new Presented(token, null, null, new WorkerRequest { Id = default });
        var resolved = await Service<Gate>().Resolve(presented, TestContext.Current.CancellationToken);
        return new Actor($"an agent for {user.Name}", resolved.Caller!, Bearer: token);
    }

    /// <summary>The agent for itself, through the first app, with a grant of a tenant of Ada's.</summary>
    public async Task<Actor> Granted(Actor agent, string tenant)
    {
        await CallAs(Ada, "grants.create", new { tenant },
            new { agent_id = agent.Caller.Agent!.Value.Value, permission = "members.list" });
        var run = await NewRun(agent);
        var caller = agent.Caller with { App = App, Permissions = Lendable, Run = new RunId(run) };
        return agent with
        {
            Name = "an agent with a grant",
            Caller = caller,
            PublishableKey = Browser.PublishableKey,
            Run = run,
        };
    }

    public async Task<string> NewRun(Actor agent) => (await CallAs(agent, "runs.start"))["id"]!.ToString();

    public async Task<string> NewApp() =>
        (await Call("apps.create", body: new { name = Next("App "), owner = "ops" }))["id"]!.ToString();

    /// <summary>A tenant of Ada with Vera as its viewer, or one that somebody else has alone.</summary>
    public async Task<string> NewTenant(Actor? owner = null)
    {
        var tenant = await tenants.Tenant((owner ?? Ada).Caller, Next("Tenant "));
        if (owner is null) await tenants.Join(Ada.Caller, tenant, Vera.Caller, "viewer");
        return tenant;
    }

    /// <summary>A record that anybody may do anything with.</summary>
    public async Task<string> NewRecord(string tenant, string collection, Actor? by = null) =>
        (await CallAs(by ?? Ada, "records.create", new { tenant, collection }, new { slug = Next("slug") }))["id"]!
            .ToString();

    public Task<string> NewWorkspace(string tenant, Actor? by = null) =>
        tenants.Workspace((by ?? Ada).Caller, tenant);

    public async Task<string> NewRole(string tenant, Actor? by = null)
    {
        var body = new { name = Next("Role "), permissions = new[] { "members.list" } };
        return (await CallAs(by ?? Ada, "roles.create", new { tenant }, body))["id"]!.ToString();
    }

    public async Task<string> NewGroup(string tenant, Actor? by = null) => (await CallAs(
        by ?? Ada, "groups.create", new { tenant }, new { name = Next("Group ") }))["id"]!.ToString();

    /// <summary>One that forbids nobody anything, of the app, so that its keys keep it too.</summary>
    public async Task<string> NewPolicy(string tenant, Actor? by = null) => (await CallAs(
        by ?? Ada, "policies.create", new { tenant },
        new
        {
            name = Next("Policy "), app_id = App.Value, permissions = new[] { "members.list" },
            condition = "caller.id == ''",
        }))["id"]!.ToString();

    /// <summary>A grant to a new group.</summary>
    public async Task<string> NewGrant(string tenant, Actor? by = null)
    {
        var body = new { group_id = await NewGroup(tenant, by), permission = "members.list" };
        return (await CallAs(by ?? Ada, "grants.create", new { tenant }, body))["id"]!.ToString();
    }

    /// <summary>What the app's server calls a thing of its own.</summary>
    public async Task<string> NewName(string tenant, Actor? by = null)
    {
        var body = new { of = "resource", type = "route", name = Next("/things/") };
        return (await CallAs(by ?? Key, "access.names.create", new { tenant }, body))["id"]!.ToString();
    }

    /// <summary>A budget of the tenant, or of an app where none is named.</summary>
    public async Task<string> NewBudget(string? tenant, Actor? by = null)
    {
        var budget = tenant is null
            ? await CallAs(by ?? Operator, "budgets.create", body: new
            {
                name = Next("Budget "), subject = "app", subject_id = App.Value, unit = "messages", window = "day",
                cap = 9,
            })
            : await CallAs(by ?? Ada, "tenants.budgets.create", new { tenant },
                new { name = Next("Budget "), unit = "messages", window = "day", cap = 9 });
        return budget["id"]!.ToString();
    }

    /// <summary>What somebody has reserved.</summary>
    public async Task<string> NewReservation(string tenant, Actor? by = null) => (await CallAs(
        by ?? Ada, "budgets.reserve", new { tenant }, new { unit = "tokens", amount = 5 }))["id"]!.ToString();

    /// <summary>A new user who is a member of the tenant.</summary>
    public async Task<(Actor User, string Member)> NewMember(string tenant, string role = "member", Actor? by = null)
    {
        var user = await SignedIn(Next("user"), by?.Caller.App);
        return (user, await tenants.Join((by ?? Ada).Caller, tenant, user.Caller, role));
    }

    public async Task<string> NewInvitation(string tenant, string? email = null, Actor? by = null)
    {
        var body = new { email = email ?? $"{Next("guest")}@example.com", role = "member" };
        return (await CallAs(by ?? Ada, "invitations.create", new { tenant }, body))["id"]!.ToString();
    }

    /// <summary>A person with a password, who signed up through the first app.</summary>
    public async Task<(string Email, JsonObject Tokens, Actor Actor)> SignUp(string password)
    {
        var email = $"{Next("person")}@example.com";
        var tokens = await CallAs(Browser, "users.sign_up", body: new { email, password });
        var user = new UserId(tokens["user"]!["id"]!.ToString());
        var caller = Caller.OfAccountPage("sandbox", user, email) with { App = App };
        return (email, tokens, new Actor(email, caller, Bearer: tokens["access_token"]!.ToString()));
    }

    /// <summary>An operator who looks at the first app as a user does.</summary>
    public async Task<string> NewImpersonation(string user)
    {
        var begun = await Call("users.impersonate", new { user }, new { app_id = App.Value, reason = "a test" });
        return begun["impersonation"]!["id"]!.ToString();
    }

    /// <summary>An environment in which nothing is, so that it can be stopped.</summary>
    public async Task<string> SpareEnvironment()
    {
        await Server.Database.Transact(transaction => transaction.Run($"""
            insert into environment (id, created_at, version) values ({"spare"}, {Server.Clock.GetUtcNow()}, {1L})
            on conflict (id) do nothing
            """));
        return "spare";
    }

    /// <summary>Brings the spare environment into a state, through the ordinary operations.</summary>
    public async Task MoveSpare(string state)
    {
        var list = await Call("environments.list");
        var now = list["items"]!.AsArray().Single(e => e!["id"]!.ToString() == "spare")!["state"]!.ToString();
        if (now == state) return;
        if (now != "active") await Move(now == "frozen" ? "thaw" : "revive");
        if (state != "active") await Move(state == "frozen" ? "freeze" : "kill");

        Task Move(string verb) => Call(
            $"environments.{verb}", new { environment = "spare" }, new { reason = "a test" });
    }

    /// <summary>The token in the newest mail to an address.</summary>
    public async Task<string> Mailed(string to, string purpose)
    {
        var mails = await Call("mail.list", query: new { to, purpose });
        var mail = await Call("mail.get", new { mail = mails["items"]![0]!["id"]!.ToString() });
        return mail["text"]!.ToString().Split("token=")[1].Split()[0];
    }

    public async Task<string> NewestMail() =>
        (await Call("mail.list"))["items"]![0]!["id"]!.ToString();

    /// <summary>Well-formed, and nobody's.</summary>
    public static string UnknownKey() => OpaqueToken.New("cas_sk_sandbox_");

    public async ValueTask DisposeAsync()
    {
        Messenger.Dispose();
        await tenants.DisposeAsync();
    }

    private async Task<string> Publishable(AppId app) =>
        (await Call("apps.settings.get", new { app = app.Value, environment = "sandbox" }))["publishable_key"]!
            .ToString();
}
