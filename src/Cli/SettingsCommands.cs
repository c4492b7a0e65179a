using System.CommandLine;
using Castellan.Client;

namespace Castellan.Cli;

/// <summary>The verbs <c>apps settings ...</c>: an app in the environment that was named.</summary>
internal static class SettingsCommands
{
    public static Command Settings() => new(
        "settings", "An app's origins, redirect addresses and forms in one environment.")
    {
        Get(), Update(),
    };

    private static Verb Get()
    {
        var app = Words.App();
        var verb = new Verb("get", "Show an app's settings, with its publishable key.",
            "castellan apps settings get app_01k...",
            "castellan apps settings get app_01k... --environment live") { app };
        return verb.Does(async (session, ct) =>
            Show(session, await session.Client.Apps.GetSettings(session.Value(app), session.Environment, ct)));
    }

    private static Verb Update()
    {
        var app = Words.App();
        var origin = Words.Texts("--origin", "A browser origin that may use the app's key.", "https://...");
        var preset = Words.Texts(
            "--origin-preset", "Preview domains of a builder; sandbox only.", "lovable|replit|bolt|v0|local");
        var redirect = Words.Texts("--redirect-uri", "Where hosted sign-in may send people back to.", "https://...");
        var forms = new Option<bool?>("--password-forms")
        {
            Description = "The app may have password forms of its own.",
        };
        var native = new Option<bool?>("--native")
        {
            Description = "Calls without an Origin may use the publishable key.",
        };
        var verb = new Verb("update",
            "Change an app's settings. Repeat an option for a list, which replaces the old one; an empty value clears.",
            "castellan apps settings update app_01k... --origin-preset lovable --origin-preset local",
            "castellan apps settings update app_01k... --environment live --origin https://portal.example.com",
            "castellan apps settings update app_01k... --redirect-uri \"\"")
        {
            app, origin, preset, redirect, forms, native,
        };
        verb.Aliases.Add("set");
        return verb.Does(async (session, ct) => Show(session, await session.Client.Apps.UpdateSettings(
            session.Value(app), session.Environment,
            new AppEnvironmentUpdate
            {
                Origins = session.Values(origin),
                OriginPresets = session.Values(preset),
                RedirectUris = session.Values(redirect),
                PasswordForms = session.Value(forms),
                Native = session.Value(native),
            },
            ct)));
    }

    private static void Show(Session session, Response<AppEnvironment> answer) => session.Terminal.Show(
        answer, settings => settings.AppId, settings =>
        [
            ("app", settings.AppId), ("environment", settings.Environment),
            ("publishable key", settings.PublishableKey),
            ("origins", Words.List(settings.Origins)), ("origin presets", Words.List(settings.OriginPresets)),
            ("redirect uris", Words.List(settings.RedirectUris)),
            ("password forms", Words.YesNo(settings.PasswordForms)), ("native", Words.YesNo(settings.Native)),
        ]);
}
