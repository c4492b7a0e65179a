using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>users ...</c>: the people of the environment that was named.</summary>
internal static class UserCommands
{
    public static Command Users() => new("users", "People in one environment: suspend, sign out, look as one.")
    {
        List(),
        Act("suspend", "Refuse a user's calls and sign-ins, until restored. Nothing is lost.",
            (client, user, reason, ct) => client.Users.Suspend(user, reason, ct)),
        Act("restore", "Let a suspended user in again.",
            (client, user, reason, ct) => client.Users.Restore(user, reason, ct)),
        SignOut(), Impersonate(), Impersonations(), EndImpersonation(),
    };

    private static Argument<string> User() => new("user") { Description = "The user's id: usr_..." };

    private static Verb List()
    {
        var email = Words.Text("--email", "Only the user with this address.", "address");
        var list = new ListOptions();
        var verb = new Verb("list", "List users.", "castellan users list --email ada@example.com") { email };
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Users.List(session.Value(email), list.Page(session), ct), user => user.Id,
            ("ID", user => user.Id), ("EMAIL", user => user.Email), ("NAME", user => user.Name),
            ("STATE", user => user.SuspendedAt is null ? "active" : "suspended")));
    }

    private static Verb Act(
        string name, string purpose,
        Func<CastellanClient, string, string, CancellationToken, Task<Response<User>>> act)
    {
        var (user, reason) = (User(), Words.Reason());
        var verb = new Verb(name, purpose, $"castellan users {name} usr_01k... --reason \"Ticket 4711\"")
        {
            user, reason,
        };
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await act(session.Client, session.Value(user), session.Value(reason)!, ct), one => one.Id, one =>
            [
                ("id", one.Id), ("email", one.Email), ("suspended", Terminal.Time(one.SuspendedAt)),
                ("reason", one.Stop?.Reason),
            ]));
    }

    private static Verb SignOut()
    {
        var (user, reason) = (User(), Words.Reason());
        var verb = new Verb("sign-out", "Sign a user out everywhere.",
            "castellan users sign-out usr_01k... --reason \"Lost laptop\"") { user, reason };
        return verb.Does(async (session, ct) =>
        {
            await session.Client.Users.SignOut(session.Value(user), session.Value(reason)!, ct);
            session.Terminal.Notice($"{session.Value(user)} is signed out everywhere.");
        });
    }

    private static Verb Impersonate()
    {
        var (user, reason) = (User(), Words.Reason());
        var app = new Option<string>("--app")
        {
            Description = "The app through which to look: app_...",
            HelpName = "app",
            Required = true,
        };
        var verb = new Verb("impersonate",
            "Look at one app as a user does, read-only, for 15 minutes. The user is told by mail. The token goes to "
            + "standard output, alone and once; the rest to standard error.",
            "castellan users impersonate usr_01k... --app app_01k... --reason \"Ticket 4711\"")
        {
            user, app, reason,
        };
        return verb.Does(async (session, ct) =>
        {
            var answer = await session.Client.Users.Impersonate(
                session.Value(user), session.Value(app)!, session.Value(reason)!, ct);
            var (begun, token) = answer.Value;
            if (session.Terminal.Json) session.Terminal.Write(answer.Json);
            else session.Terminal.Line(token);
            session.Terminal.Notice(
                $"{begun.Id} until {Terminal.Time(begun.ExpiresAt)}. This token is not shown again.");
        });
    }

    private static Verb Impersonations()
    {
        var (user, list) = (User(), new ListOptions());
        var verb = new Verb("impersonations", "List who looked as this user, and why.",
            "castellan users impersonations usr_01k...") { user };
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Users.Impersonations(session.Value(user), list.Page(session), ct), one => one.Id,
            ("ID", one => one.Id), ("OPERATOR", one => one.OperatorName ?? one.OperatorId), ("APP", one => one.AppId),
            ("STATE", one => Times.State(one.EndedAt, one.ExpiresAt, session.Time.GetUtcNow())),
            ("FROM", one => Terminal.Time(one.CreatedAt)),
            ("UNTIL", one => Terminal.Time(one.EndedAt ?? one.ExpiresAt)), ("REASON", one => one.Reason)));
    }

    private static Verb EndImpersonation()
    {
        var user = User();
        var impersonation = new Argument<string>("impersonation") { Description = "Its id: imp_..." };
        var verb = new Verb("end-impersonation", "End an impersonation before its time.",
            "castellan users end-impersonation usr_01k... imp_01k...") { user, impersonation };
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Users.EndImpersonation(session.Value(user), session.Value(impersonation), ct),
            one => one.Id, one => [("id", one.Id), ("ended", Terminal.Time(one.EndedAt))]));
    }
}
