using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Castellan.Kernel;
using Castellan.Mail;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Castellan.Tests.Identity;

/// <summary>A server with one app in pilot, and the people who use it by their passwords.</summary>
internal sealed partial class IdentityWorld : IAsyncDisposable
{
    public const string Password = "four unrelated words";
    public const string NewPassword = "four other plain words";

    private IdentityWorld(TestServer server, App app) => (Server, App) = (server, app);

    public TestServer Server { get; }

    public App App { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static Task<IdentityWorld> Start(params string[] settings) => Start(adjust: null, settings);

    public static async Task<IdentityWorld> Start(Action<IServiceCollection>? adjust, params string[] settings)
    {
        var server = await TestServer.Start(adjust, settings);
        return new IdentityWorld(server, await Register(server, "Portal"));
    }

    /// <summary>An app in pilot, so that it runs in live too; with password forms there.</summary>
    public static async Task<App> Register(TestServer server, string name)
    {
        var app = await server.InProcess.Call(InProcess.Owner, "apps.create", body: new { name, owner = "ops" });
        var id = app["id"]!.ToString();
        await server.InProcess.Call(
            InProcess.Owner, "apps.transition", new { app = id }, new { state = "pilot", reason = "a test" });
        var sandbox = await server.InProcess.Call(
            InProcess.Owner, "apps.settings.get", path: new { app = id, environment = "sandbox" });
        var live = await server.InProcess.Call(InProcess.Owner, "apps.settings.update",
            path: new { app = id, environment = "live" }, body: new { password_forms = true });
        return new App(id, sandbox["publishable_key"]!.ToString(), live["publishable_key"]!.ToString());
    }

    /// <summary>Signs up and gives the answer's tokens.</summary>
    public async Task<Tokens> SignUp(string email = "ada@example.com", App? app = null)
    {
        var body = new { email, password = Password, name = "Ada" };
        var reply = await Post("/v1/auth/sign-up", body, (app ?? App).Sandbox);
        return Tokens.Of(reply);
    }

    public Task<Reply> SignIn(string email, string password, string? key = null) =>
        Post("/v1/auth/sign-in", new { email, password }, key ?? App.Sandbox);

    public Task<Reply> Refresh(string refreshToken, string? key = null) =>
        Post("/v1/auth/refresh", new { refresh_token = refreshToken }, key ?? App.Sandbox);

    /// <summary>A user of live whose address is proven.</summary>
    public async Task SignUpLive(string email)
    {
        await Post("/v1/auth/sign-up", new { email, password = Password }, App.Live);
        await Post("/v1/auth/verify", new { token = await MailedToken(email, "verify_email", "live") }, App.Live);
    }

    public Task<Reply> Post(string path, object body, string? key = null, string? bearer = null) =>
        Send(HttpMethod.Post, path, key, bearer, body);

    public Task<Reply> Get(string path, string bearer, string? key = null) => Send(HttpMethod.Get, path, key, bearer);

    public async Task<Reply> Send(
        HttpMethod method, string path, string? key, string? bearer, object? body = null, string? ifMatch = null,
        string? idempotencyKey = null)
    {
        using var client = Server.With(bearer, key);
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = new StringContent(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await client.SendAsync(request, Ct);
        var text = await response.Content.ReadAsStringAsync(Ct);
        return new Reply(response.StatusCode, text, response.Headers.RetryAfter?.Delta);
    }

    /// <summary>Texts of the mails to an address, newest first.</summary>
    public async Task<List<string>> Mails(string to, string purpose, string environment = "sandbox")
    {
        var secrets = Server.App.Services.GetRequiredService<Secrets>();
        return await Server.Database.Many(
            $"""
            select id, sealed_text from mail
            where to_address = {to} and purpose = {purpose} and environment_id = {environment} order by id desc
            """,
            row => MailOutbox.Open(secrets, row.Id<MailKind>(), row.Bytes()), Ct);
    }

    public async Task<string> MailedToken(string to, string purpose, string environment = "sandbox") =>
        TokenInLink().Match((await Mails(to, purpose, environment))[0]).Groups["token"].Value;

    /// <summary>Audit entries of an action: outcome, kind of actor, kind of target, reason.</summary>
    public Task<List<string>> Audits(string action) => Texts(Sql.Of($"""
        select outcome || ' ' || actor_kind || ' ' || target_kind || ' ' || coalesce(reason, '') from audit_entry
        where action = {action} order by id
        """));

    /// <summary>Types of all events about users and sessions.</summary>
    public Task<List<string>> Events() => Texts(
        Sql.Of($"select type from outbox_event where subject_kind in ('user', 'session') order by id"));

    public async Task<List<string>> Texts(Sql sql) => await Server.Database.Many(sql, row => row.Text(), Ct);

    /// <summary>The seeded operator, in another role.</summary>
    public static Caller Operator(OperatorRole role, string environment = "sandbox") => Caller.OfOperator(
        InProcess.Owner.Operator!.Value, role, environment, "staff@example.com");

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    [GeneratedRegex(@"token=(?<token>\S+)", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex TokenInLink();
}

/// <summary>A registered app with its publishable keys.</summary>
internal sealed record App(string Id, string Sandbox, string Live);

internal sealed record Reply(HttpStatusCode Status, string Text, TimeSpan? RetryAfter)
{
    public JsonObject Json => JsonNode.Parse(Text)!.AsObject();

    /// <summary>The problem's code, or empty where it is none.</summary>
    public string Code => Text.Length > 0 && Json["code"] is { } code ? code.ToString() : "";

    /// <summary>The body without what differs by nature.</summary>
    public string Comparable
    {
        get
        {
            var json = Json;
            json.Remove("request_id");
            return json.ToJsonString();
        }
    }
}

internal sealed record Tokens(string Access, string Refresh, string UserId)
{
    public static Tokens Of(Reply reply) => reply.Status == HttpStatusCode.OK
        ? new Tokens(
            reply.Json["access_token"]!.ToString(), reply.Json["refresh_token"]!.ToString(),
            reply.Json["user"]!["id"]!.ToString())
        : throw new InvalidOperationException(reply.Text);
}
