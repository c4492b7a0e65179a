using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Tenants;

/// <summary>A server with two apps in sandbox, and people who are signed in to the first one.</summary>
internal sealed partial class TenantWorld : IAsyncDisposable
{
    private readonly Dictionary<(string Name, string Environment), UserId> users = [];
    private readonly KeyId key;

    private TenantWorld(TestServer server, AppId app, AppId other, KeyId key) =>
        (Server, App, OtherApp, this.key) = (server, app, other, key);

    public TestServer Server { get; }

    public AppId App { get; }

    public AppId OtherApp { get; }

    /// <summary>A secret key of the first app that may do everything that keys may.</summary>
    public Caller Key => Caller.OfKey("sandbox", App, key, ["*"]);

    private DateTimeOffset Now => Server.Clock.GetUtcNow();

    public static Task<TenantWorld> Start(params string[] settings) => Start(adjust: null, settings);

    public static async Task<TenantWorld> Start(Action<IServiceCollection>? adjust, params string[] settings)
    {
        var server = await TestServer.Start(adjust, settings);
        var (app, other) = (await Register(server, "Portal"), await Register(server, "Billing"));
        var made = await server.InProcess.Call(InProcess.Owner, "keys.create",
            path: new { app = app.Value, environment = "sandbox" }, body: new { name = "server" });
        return new TenantWorld(server, app, other, new KeyId(made["key"]!["id"]!.ToString()));
    }

    public static async Task<AppId> Register(TestServer server, string name)
    {
        var app = await server.InProcess.Call(InProcess.Owner, "apps.create", body: new { name, owner = "ops" });
        return new AppId(app["id"]!.ToString());
    }

    /// <summary>The user with this address, signed in to the first app or to another.</summary>
    public async Task<Caller> User(
        string name, AppId? app = null, bool verified = true, string environment = "sandbox")
    {
        if (!users.TryGetValue((name, environment), out var id))
        {
            id = users[(name, environment)] = UserId.New(Now);
            var email = $"{name}@example.com";
            await Server.Database.Transact(transaction => transaction.Run($"""
                insert into user_account (id, environment_id, email, email_key, email_verified_at, name, created_at,
                    updated_at, version)
                values ({id}, {environment}, {email}, {EmailAddress.Key(email)}, {(verified ? Now : null)}, {name},
                    {Now}, {Now}, {1L})
                """));
        }
        return Caller.OfAccountPage(environment, id, $"{name}@example.com") with { App = app ?? App };
    }

    public Task<JsonObject> Call(
        Caller caller, string operation, object? path = null, object? body = null, object? query = null)
    {
        Tick();
        return Server.InProcess.Call(caller, operation, path, body, query);
    }

    /// <summary>The code of the problem, or null where the call was answered.</summary>
    public async Task<string?> Code(
        Caller caller, string operation, object? path = null, object? body = null, string? ifMatch = null)
    {
        Tick();
        return (await Server.InProcess.Invoke(caller, operation, path, body, ifMatch: ifMatch)).Problem?.Type.Code;
    }

    public async Task<string> Tenant(Caller owner, string name = "Acme") =>
        (await Call(owner, "tenants.create", body: new { name }))["id"]!.ToString();

    public async Task<string> Workspace(Caller caller, string tenant, string name = "Berlin") =>
        (await Call(caller, "workspaces.create", new { tenant }, new { name }))["id"]!.ToString();

    /// <summary>Invites the user and accepts; gives the membership's id.</summary>
    public async Task<string> Join(
        Caller admin, string tenant, Caller user, string role = "member", string? workspace = null)
    {
        var invited = await Call(admin, "invitations.create", new { tenant },
            new { email = user.Display, role, workspace_id = workspace });
        var member = await Call(user, "invitations.accept", body: new { invitation_id = invited["id"]!.ToString() });
        return member["id"]!.ToString();
    }

    /// <summary>The token of the newest invitation to an address, from the development mailbox.</summary>
    public async Task<string> MailedToken(string to)
    {
        var list = await Call(InProcess.Owner, "mail.list", query: new { to, purpose = "invitation" });
        var mail = await Call(InProcess.Owner, "mail.get", new { mail = list["items"]![0]!["id"]!.ToString() });
        return Token().Match(mail["text"]!.ToString()).Groups["token"].Value;
    }

    public async Task<string> MailedText(string to)
    {
        var list = await Call(InProcess.Owner, "mail.list", query: new { to });
        var mail = await Call(InProcess.Owner, "mail.get", new { mail = list["items"]![0]!["id"]!.ToString() });
        return mail["text"]!.ToString();
    }

    /// <summary>What was done in the tenant, in order: the audit log's actions.</summary>
    public Task<List<string>> Actions(string tenant) => Texts(
        $"select action from audit_entry where tenant_id = {tenant} and outcome = {"done"} order by id");

    public Task<List<string>> Events(string tenant) =>
        Texts($"select type from outbox_event where tenant_id = {tenant} order by id");

    public async Task<List<string>> Texts(Sql sql) =>
        await Server.Database.Many(sql, row => row.Text(), TestContext.Current.CancellationToken);

    public T Service<T>()
        where T : notnull => Server.App.Services.GetRequiredService<T>();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Ids sort by the millisecond in which they were made: each call has one of its own.</summary>
    private void Tick() => Server.Clock.Advance(TimeSpan.FromMilliseconds(1));

    [GeneratedRegex(@"token=(?<token>\S+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Token();
}
