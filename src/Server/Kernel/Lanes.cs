using Castellan.Platform.Storage;

namespace Castellan.Kernel;

/// <summary>
/// Whom the engine's time is charged to: an app in an environment, or there the kind of caller that comes without one
/// (operators, people on Castellan's own pages, workers).
/// </summary>
internal static class Lanes
{
    public static WriteLane Of(Invocation invocation) => new(
        Charged(invocation.Caller.Environment, invocation.Caller.App, invocation.Caller.Kind),
        invocation.Operation.Urgent);

    /// <summary>For housekeeping that a call in this scope waits for.</summary>
    public static WriteLane Of(EnvironmentScope scope) =>
        new(Charged(scope.Environment, scope.App, CallerKind.User));

    private static string Charged(string? environment, AppId? app, CallerKind kind) =>
        $"{environment}/{app?.Value ?? kind.ToString()}";
}
