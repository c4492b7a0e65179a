using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>keys ...</c>: an app's keys in the environment that was named.</summary>
internal static class KeyCommands
{
    public static Command Keys() => new("keys", "An app's keys in one environment.")
    {
        List(), Create(), Rotate(), Disable(), Enable(), Revoke(), Verify(),
    };

    private static Verb List()
    {
        var app = Words.App();
        var list = new ListOptions();
        var verb = new Verb("list", "List keys, also revoked ones, without their secrets.",
            "castellan keys list app_01k...",
            "castellan keys list app_01k... --environment live") { app };
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Keys.List(session.Value(app), session.Environment, list.Page(session), ct),
            key => key.Id,
            ("ID", key => key.Id), ("NAME", key => key.Name), ("KIND", key => key.Kind), ("PREFIX", key => key.Prefix),
            ("STATE", key => State(key, session.Time.GetUtcNow())),
            ("LAST USED", key => key.Kind == "publishable" ? "not recorded" : Terminal.Time(key.LastUsedAt)),
            ("EXPIRES", key => Terminal.Time(key.ExpiresAt)), ("PERMISSIONS", key => Words.List(key.Permissions)),
            ("BOUND TO", key => Words.List(Bounds(key)))));
    }

    private static Verb Create()
    {
        var app = Words.App();
        var name = new Option<string>("--name") { Description = "What it is for.", HelpName = "text", Required = true };
        var expires = Times.Future("--expires", "From when on it is refused. Default: never.");
        var permission = Words.Texts(
            "--permission", "An operation that it may call; repeat. Default: all.", "operation");
        var terms = new Terms();
        var verb = new Verb("create",
            "Make a key. The secret goes to standard output, alone and once; the rest to standard error.",
            "castellan keys create app_01k... --name billing-worker --expires 90d",
            "castellan keys create app_01k... --name export --kind restricted --permission records.list "
            + "--ip 203.0.113.0/24 --rate 60",
            "castellan keys create app_01k... --name ci --environment live --permission users.list > key.txt")
        {
            app, name, expires, permission,
        };
        terms.AddTo(verb);
        return verb.Does(async (session, ct) =>
        {
            var key = terms.Of(
                session, new NewKey(session.Value(name)!, session.Value(expires), session.Values(permission)));
            var answer = await session.Client.Keys.Create(session.Value(app), session.Environment, key, ct);
            Show(session.Terminal, answer.Json, answer.Value.Key, answer.Value.Secret);
        });
    }

    private static Verb Rotate()
    {
        var (app, key) = (Words.App(), Words.Key());
        var overlap = new Option<int?>("--overlap")
        {
            Description = "Minutes for which the old secret stays good. Default: 1440, a day.",
            HelpName = "0-10080",
        };
        var expires = Times.Future("--expires", "The new key's end. Default: a life as long as the old one's.");
        var verb = new Verb("rotate",
            "Make a key with the same bounds; the old one stays good for a while. The secret is shown once.",
            "castellan keys rotate app_01k... key_01k... > key.txt",
            "castellan keys rotate app_01k... key_01k... --overlap 0") { app, key, overlap, expires };
        return verb.Does(async (session, ct) =>
        {
            var answer = await session.Client.Keys.Rotate(
                session.Value(app), session.Environment, session.Value(key),
                new KeyRotation(session.Value(overlap), session.Value(expires)), ct);
            Show(session.Terminal, answer.Json, answer.Value.Key, answer.Value.Secret);
            session.Terminal.Notice(
                $"{answer.Value.Replaced.Id} is refused from {Terminal.Time(answer.Value.Replaced.ExpiresAt)} on.");
        });
    }

    private static void Show(Terminal terminal, ReadOnlyMemory<byte> json, Key key, string secret)
    {
        if (terminal.Json) terminal.Write(json);
        else terminal.Line(secret);
        terminal.Notice(
            $"{key.Id} \"{key.Name}\" in {key.Environment}, expires: {Terminal.Time(key.ExpiresAt) ?? "never"}. "
            + "This secret is not shown again.");
    }

    private static Verb Disable()
    {
        var (app, key) = (Words.App(), Words.Key());
        var reason = new Option<string>("--reason")
        {
            Description = "Why; kept in the audit log.", HelpName = "text", Required = true,
        };
        var verb = new Verb("disable", "Refuse a key from the next request on, until it is enabled again.",
            "castellan keys disable app_01k... key_01k... --reason \"The vendor is away\"") { app, key, reason };
        return verb.Does(async (session, ct) => ShowState(session, await session.Client.Keys.Disable(
            session.Value(app), session.Environment, session.Value(key), session.Value(reason)!, ct)));
    }

    private static Verb Enable()
    {
        var (app, key) = (Words.App(), Words.Key());
        var verb = new Verb(
            "enable", "Take a disabled key again.", "castellan keys enable app_01k... key_01k...") { app, key };
        return verb.Does(async (session, ct) => ShowState(session, await session.Client.Keys.Enable(
            session.Value(app), session.Environment, session.Value(key), ct)));
    }

    private static void ShowState(Session session, Response<Key> answer) => session.Terminal.Show(
        answer, key => key.Id, key =>
        [
            ("id", key.Id), ("name", key.Name), ("environment", key.Environment),
            ("state", State(key, session.Time.GetUtcNow())),
        ]);

    private static Verb Verify()
    {
        var operation = Words.Text("--operation", "What it is shown for.", "operation");
        var address = Words.Text("--address", "Where it came from.", "ip");
        var origin = Words.Text("--origin", "The site that sent it.", "https://...");
        var tenant = Words.Text("--tenant", "Which tenant is meant.", "ten_...");
        var verb = new Verb("verify", "Say whether a key is good, and for what it is not. The key is read, not named.",
            "castellan keys verify < key.txt",
            "castellan keys verify --operation records.list --address 203.0.113.7 < key.txt")
        {
            operation, address, origin, tenant,
        };
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Keys.Verify(new KeyToVerify(
                session.Terminal.Ask("Key: ", secret: true), session.Value(operation), session.Value(address),
                session.Value(origin), session.Value(tenant)), ct),
            verified => verified.Outcome, verified =>
            [
                ("valid", Words.YesNo(verified.Valid)), ("outcome", verified.Outcome), ("detail", verified.Detail),
                ("key", verified.Key?.Id), ("name", verified.Key?.Name),
            ]));
    }

    private static Verb Revoke()
    {
        var app = Words.App();
        var key = Words.Key();
        var reason = Words.Reason();
        var verb = new Verb("revoke", "Revoke a key; it is refused from the next request on, for good.",
            "castellan keys revoke app_01k... key_01k... --reason \"Found in a repository\"") { app, key, reason };
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Keys.Revoke(
                session.Value(app), session.Environment, session.Value(key), session.Value(reason)!, ct),
            revoked => revoked.Id, revoked =>
            [
                ("id", revoked.Id), ("name", revoked.Name), ("environment", revoked.Environment),
                ("revoked", Terminal.Time(revoked.RevokedAt)), ("reason", revoked.Stop?.Reason),
            ]));
    }

    private static string State(Key key, DateTimeOffset now) => key switch
    {
        { RevokedAt: not null } => "revoked",
        { DisabledAt: not null } => "disabled",
        { ExpiresAt: { } end } when end <= now => "expired",
        { ReplacedBy: not null } => "rotated",
        _ => "active",
    };

    private static IReadOnlyList<string> Bounds(Key key) =>
    [
        .. key.TenantId is { } tenant ? [tenant] : Array.Empty<string>(), .. key.Origins, .. key.IpRanges,
        .. key.RatePerMinute is { } calls ? [$"{calls}/min"] : Array.Empty<string>(),
    ];

    /// <summary>What bounds a key that is made.</summary>
    private sealed class Terms
    {
        private readonly Option<string?> kind = Words.Text(
            "--kind", "Default: secret.", "secret|restricted|publishable");

        private readonly Option<string?> description = Words.Text("--description", "More about it.");
        private readonly Option<string?> tenant = Words.Text("--tenant", "The one tenant that it is for.", "ten_...");
        private readonly Option<string?> owner = Words.Text(
            "--owner", "The operator who answers for it. Default: you.", "opr_...");

        private readonly Option<string[]> origin = Words.Texts(
            "--origin", "A site that a publishable key is for; repeat. Default: all of the app's.", "https://...");

        private readonly Option<string[]> ip = Words.Texts(
            "--ip", "An address or network that it may come from; repeat. Default: anywhere.", "cidr");

        private readonly Option<int?> rate = new("--rate")
        {
            Description = "Calls a minute. Default: what the installation allows.",
            HelpName = "1-1000000",
        };

        public void AddTo(Command command)
        {
            foreach (var option in new Option[] { kind, description, tenant, owner, origin, ip, rate })
                command.Add(option);
        }

        public NewKey Of(Session session, NewKey key) => key with
        {
            Kind = session.Value(kind),
            Description = session.Value(description),
            TenantId = session.Value(tenant),
            OwnerId = session.Value(owner),
            Origins = session.Values(origin),
            IpRanges = session.Values(ip),
            RatePerMinute = session.Value(rate),
        };
    }
}
