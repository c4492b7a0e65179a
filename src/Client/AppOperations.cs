namespace Castellan.Client;

/// <summary>The operations <c>apps.*</c>. All need an operator's token.</summary>
public sealed class AppOperations
{
    private readonly Transport transport;

    internal AppOperations(Transport transport) => this.transport = transport;

    /// <summary><c>apps.list</c>: a page of the registry, in order of registration.</summary>
    /// <param name="state">Only apps in this state; null is all.</param>
    /// <param name="page">Which part; null is the first 50.</param>
    /// <param name="ct">Ends the call.</param>
    public Task<Response<PageOf<App>>> List(
        string? state = null, PageRequest? page = null, CancellationToken ct = default) =>
        transport.Get(
            Query.Of("v1/apps").Add("state", state).Add(page).ToString(), ClientJson.Default.PageOfApp, ct);

    /// <summary><c>apps.get</c>.</summary>
    public Task<Response<App>> Get(string app, CancellationToken ct = default) =>
        transport.Get(Path(app), ClientJson.Default.App, ct);

    /// <summary>
    /// <c>apps.create</c>: registers an app as a prototype, with a publishable key in each environment. Needs the role
    /// admin. Problems: <c>app_name_taken</c>.
    /// </summary>
    public Task<Response<App>> Create(NewApp app, CancellationToken ct = default) => transport.Write(
        HttpMethod.Post, "v1/apps", app, ClientJson.Default.NewApp, ClientJson.Default.App, ct);

    /// <summary>
    /// <c>apps.update</c>: changes what the registry says. Needs the role admin. Problems: <c>app_name_taken</c>.
    /// </summary>
    public Task<Response<App>> Update(string app, AppUpdate update, CancellationToken ct = default) => transport.Write(
        HttpMethod.Patch, Path(app), update, ClientJson.Default.AppUpdate, ClientJson.Default.App, ct);

    /// <summary>
    /// <c>apps.transition</c>: moves an app to another state. Needs the role owner. Problems:
    /// <c>app_transition_refused</c>.
    /// </summary>
    /// <param name="app">The app's id.</param>
    /// <param name="state">prototype, pilot, production, frozen or retired; nothing leads back from retired.</param>
    /// <param name="reason">1 to 500 characters, kept in the audit log.</param>
    /// <param name="ct">Ends the call.</param>
    public Task<Response<App>> Transition(string app, string state, string reason, CancellationToken ct = default) =>
        transport.Write(
            HttpMethod.Post, Path(app) + "/transition", new AppTransition(state, reason),
            ClientJson.Default.AppTransition, ClientJson.Default.App, ct);

    /// <summary><c>apps.settings.get</c>: an app's settings in one environment.</summary>
    public Task<Response<AppEnvironment>> GetSettings(string app, string environment, CancellationToken ct = default) =>
        transport.Get(Path(app, environment), ClientJson.Default.AppEnvironment, ct);

    /// <summary>
    /// <c>apps.settings.update</c>: changes origins, redirect addresses and forms. Needs the role admin. Problems:
    /// <c>sandbox_only</c>.
    /// </summary>
    public Task<Response<AppEnvironment>> UpdateSettings(
        string app, string environment, AppEnvironmentUpdate update, CancellationToken ct = default) => transport.Write(
        HttpMethod.Patch, Path(app, environment), update, ClientJson.Default.AppEnvironmentUpdate,
        ClientJson.Default.AppEnvironment, ct);

    internal static string Path(string app) => $"v1/apps/{Query.Segment(app)}";

    internal static string Path(string app, string environment) =>
        $"{Path(app)}/environments/{Query.Segment(environment)}";
}
