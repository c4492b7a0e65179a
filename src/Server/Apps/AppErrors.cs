using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Apps;

internal static class AppErrors
{
    public static readonly ProblemType NameTaken = new("app_name_taken", 409, "An app has this name already",
        "App names are unique in an installation, so that people can tell apps apart.",
        "Choose another name, or update the app that has it.");

    public static readonly ProblemType TransitionRefused = new("app_transition_refused", 409,
        "The app cannot go to this state from where it is",
        "A retired app is never revived, and an app cannot move to the state that it is in.",
        "Read the app's state; register a new app where the old one is retired.");

    public static readonly ProblemType NotLive = new("app_not_live", 403,
        "The app is a prototype and runs in sandbox only",
        "A live credential of an app in state prototype was used.",
        "Use the sandbox key, or have an owner move the app to pilot with apps.transition.");

    public static readonly ProblemType SandboxOnly = new("sandbox_only", 422, "This is for sandbox only",
        "Shared preview domains of builders let in anybody's code, so they are never registered in live.",
        "Register the app's own origin in live.");

    public static IReadOnlyList<ProblemType> All { get; } = [NameTaken, TransitionRefused, NotLive, SandboxOnly];

    /// <summary>The app cannot go anywhere from where it is, or is there already.</summary>
    public static Refusal NotNow(App app)
    {
        var because = app.Stop is { } stop ? $", since {Rfc3339.Format(stop.Since)}: {stop.Reason}" : " already.";
        return new Refusal(TransitionRefused, $"{app.Name} is {Wire.Name(app.State)}{because}",
            app.State is AppState.Retired
                ? "Register a new app with apps.create; a retired one stays so, and its data is kept for export."
                : "Nothing is to be done. Send another 'state' to move it: prototype, pilot, production, frozen or "
                    + "retired.");
    }
}
