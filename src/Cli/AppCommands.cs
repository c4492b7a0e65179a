using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>apps ...</c>.</summary>
internal static class AppCommands
{
    private const string Builders = "lovable|replit|bolt|cursor|claude|codex|v0|agent|hand|other";
    private const string DataClasses = "public|internal|personal|sensitive";
    private const string States = "prototype|pilot|production|frozen|retired";

    public static Command Apps() => new(
        "apps", "The registry: which apps exist, who owns them, in what state they are.")
    {
        List(), Get(), Create(), Update(), Transition(), SettingsCommands.Settings(),
    };

    private static Verb List()
    {
        var state = Words.Text("--state", "Only apps in this state.", States);
        var list = new ListOptions();
        var verb = new Verb("list", "List apps.",
            "castellan apps list",
            "castellan apps list --state production --quiet");
        verb.Add(state);
        list.AddTo(verb);
        return verb.Does(async (session, ct) => session.Terminal.Show(
            await session.Client.Apps.List(session.Value(state), list.Page(session), ct),
            app => app.Id,
            ("ID", app => app.Id), ("NAME", app => app.Name), ("STATE", app => app.State),
            ("BUILDER", app => app.Builder), ("DATA", app => app.DataClass), ("OWNER", app => app.Owner)));
    }

    private static Verb Get()
    {
        var app = Words.App();
        var verb = new Verb("get", "Show an app.", "castellan apps get app_01k...") { app };
        return verb.Does(async (session, ct) => Show(session, await session.Client.Apps.Get(session.Value(app), ct)));
    }

    private static Verb Create()
    {
        var members = new Members(required: true);
        var verb = new Verb("create", "Register an app. It starts as a prototype: sandbox only.",
            "castellan apps create --name \"Customer portal\" --owner ada@example.com --builder lovable",
            "APP=$(castellan apps create --name Intake --owner ada@example.com --quiet)");
        members.AddTo(verb);
        return verb.Does(async (session, ct) => Show(session, await session.Client.Apps.Create(
            new NewApp(session.Value(members.Name)!, session.Value(members.Owner)!)
            {
                Builder = session.Value(members.Builder),
                BuilderUrl = session.Value(members.BuilderUrl),
                Model = session.Value(members.Model),
                Repository = session.Value(members.Repository),
                DataClass = session.Value(members.DataClass),
            },
            ct)));
    }

    private static Verb Update()
    {
        var app = Words.App();
        var members = new Members(required: false);
        var verb = new Verb("update", "Change what the registry says of an app. An empty value clears.",
            "castellan apps update app_01k... --owner grace@example.com",
            "castellan apps update app_01k... --model \"\"") { app };
        members.AddTo(verb);
        return verb.Does(async (session, ct) => Show(session, await session.Client.Apps.Update(
            session.Value(app),
            new AppUpdate
            {
                Name = session.Value(members.Name),
                Owner = session.Value(members.Owner),
                Builder = session.Value(members.Builder),
                BuilderUrl = session.Value(members.BuilderUrl),
                Model = session.Value(members.Model),
                Repository = session.Value(members.Repository),
                DataClass = session.Value(members.DataClass),
            },
            ct)));
    }

    private static Verb Transition()
    {
        var app = Words.App();
        var state = new Argument<string>("state") { Description = States };
        var reason = Words.Reason();
        var yes = new Option<bool>("--yes") { Description = "Do not ask before retiring an app, which is for ever." };
        var verb = new Verb("transition", "Move an app to another state, with a written reason.",
            "castellan apps transition app_01k... pilot --reason \"First customers signed\"",
            "castellan apps transition app_01k... frozen --reason \"Leaked key, see incident 12\"")
        {
            app, state, reason, yes,
        };
        return verb.Does(async (session, ct) =>
        {
            if (session.Value(state) == "retired" && !session.Value(yes)) Confirm(session, session.Value(app));
            Show(session, await session.Client.Apps.Transition(
                session.Value(app), session.Value(state), session.Value(reason)!, ct));
        });
    }

    private static void Confirm(Session session, string app)
    {
        var question = $"Retiring {app} is for ever: all its calls are refused. Type the app's id to go on: ";
        if (Console.IsInputRedirected || session.Terminal.Ask(question, secret: false) != app)
            throw new Complaint("Not retired.", "Type the app's id when asked, or add --yes.");
    }

    private static void Show(Session session, Response<App> answer) => session.Terminal.Show(
        answer, app => app.Id, app =>
        [
            ("id", app.Id), ("name", app.Name), ("owner", app.Owner), ("state", app.State), ("reason", app.StateReason),
            ("data class", app.DataClass), ("builder", app.Builder), ("builder url", app.BuilderUrl),
            ("model", app.Model), ("repository", app.Repository), ("created", Terminal.Time(app.CreatedAt)),
            ("updated", Terminal.Time(app.UpdatedAt)),
        ]);

    /// <summary>What people say of an app, as options.</summary>
    private sealed class Members(bool required)
    {
        public Option<string?> Name { get; } = new("--name")
        {
            Description = "Unique in the installation.",
            HelpName = "text",
            Required = required,
        };

        public Option<string?> Owner { get; } = new("--owner")
        {
            Description = "The person or team that answers for it.",
            HelpName = "text",
            Required = required,
        };

        public Option<string?> Builder { get; } = Words.Text("--builder", "What wrote it.", Builders);

        public Option<string?> BuilderUrl { get; } = Words.Text("--builder-url", "The project at the builder.", "url");

        public Option<string?> Model { get; } = Words.Text("--model", "The model that wrote it.");

        public Option<string?> Repository { get; } = Words.Text("--repository", "Its source.", "url");

        public Option<string?> DataClass { get; } =
            Words.Text("--data-class", "The most sensitive data that it touches.", DataClasses);

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[Name, Owner, Builder, BuilderUrl, Model, Repository, DataClass])
                command.Add(option);
        }
    }
}
