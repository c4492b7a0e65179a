using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>keys ...</c>: an app's keys in the environment that was named.</summary>
internal static class KeyCommands
{
    public static Command Keys() => new("keys", "An app's keys in one environment.") { List(), Create(), Revoke() };

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
            ("EXPIRES", key => Terminal.Time(key.ExpiresAt)), ("PERMISSIONS", key => Words.List(key.Permissions))));
    }

    private static Verb Create()
    {
        var app = Words.App();
        var name = new Option<string>("--name") { Description = "What it is for.", HelpName = "text", Required = true };
        var expires = Times.Future("--expires", "From when on it is refused. Default: never.");
        var permission = Words.Texts(
            "--permission", "An operation that it may call; repeat. Default: all.", "operation");
        var verb = new Verb("create",
            "Make a secret key. The secret goes to standard output, alone and once; the rest to standard error.",
            "castellan keys create app_01k... --name billing-worker --expires 90d",
            "castellan keys create app_01k... --name ci --environment live --permission users.list > key.txt")
        {
            app, name, expires, permission,
        };
        return verb.Does(async (session, ct) => Show(session.Terminal, await session.Client.Keys.Create(
            session.Value(app), session.Environment,
            new NewKey(session.Value(name)!, session.Value(expires), session.Values(permission)), ct)));
    }

    private static void Show(Terminal terminal, Response<CreatedKey> answer)
    {
        var (key, secret) = answer.Value;
        if (terminal.Json) terminal.Write(answer.Json);
        else terminal.Line(secret);
        terminal.Notice(
            $"{key.Id} \"{key.Name}\" in {key.Environment}, expires: {Terminal.Time(key.ExpiresAt) ?? "never"}. "
            + "This secret is not shown again.");
    }

    private static Verb Revoke()
    {
        var app = Words.App();
        var key = new Argument<string>("key") { Description = "The key's id: key_..." };
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
        { ExpiresAt: { } end } when end <= now => "expired",
        _ => "active",
    };
}
