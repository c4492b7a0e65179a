using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Keys;

namespace Castellan.Apps;

/// <summary>The registry of apps, and their settings per environment.</summary>
internal sealed class AppEndpoints(
    AppStore store, AppDirectory directory, AppFounding founding, Stops stops, Cursors cursors)
    : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateApp, App>("apps.create", "POST", "/v1/apps", CreateApp.Bind, Create, AppsJson.Wire.App)
        {
            Summary = "Register an app; it starts as a prototype, with a publishable key in each environment.",
            Grants = [Grant.Operator(OperatorRole.Admin)], Status = 201, OnInstallation = true,
            Problems = [AppErrors.NameTaken],
        },
        new Read<ListApps, ListOf<App>>("apps.list", "GET", "/v1/apps", ListApps.Bind, List, AppsJson.Wire.ListOfApp)
        {
            Summary = "List apps: which exist, who owns them, what made them, in what state they are.",
            Grants = [Grants.AnyOperator], OnInstallation = true,
        },
        new Read<GetApp, App>("apps.get", "GET", "/v1/apps/{app}", GetApp.Bind, Get, AppsJson.Wire.App)
        {
            Summary = "Read an app.", Grants = [Grants.AnyOperator], OnInstallation = true,
        },
        new Write<UpdateApp, App>("apps.update", "PATCH", "/v1/apps/{app}", UpdateApp.Bind, Update, AppsJson.Wire.App)
        {
            Summary = "Change what the registry says of an app.",
            Grants = [Grant.Operator(OperatorRole.Admin)], OnInstallation = true, Problems = [AppErrors.NameTaken],
        },
        new Write<TransitionApp, App>(
            "apps.transition", "POST", "/v1/apps/{app}/transition", TransitionApp.Bind, Transition, AppsJson.Wire.App)
        {
            Summary = "Move an app to another lifecycle state, with a written reason.",
            Grants = [Grant.Operator()], OnInstallation = true, Problems = [AppErrors.TransitionRefused], Urgent = true,
        },
        new Read<GetAppEnvironment, AppEnvironment>(
            "apps.settings.get", "GET", "/v1/apps/{app}/environments/{environment}", GetAppEnvironment.Bind,
            GetSettings, AppsJson.Wire.AppEnvironment)
        {
            Summary = "Read an app's settings in one environment.",
            Grants = [Grants.AnyOperator], OnInstallation = true,
        },
        new Write<UpdateAppEnvironment, AppEnvironment>(
            "apps.settings.update", "PATCH", "/v1/apps/{app}/environments/{environment}", UpdateAppEnvironment.Bind,
            UpdateSettings, AppsJson.Wire.AppEnvironment)
        {
            Summary = "Change an app's origins, redirect addresses and forms in one environment.",
            Grants = [Grant.Operator(OperatorRole.Admin)], OnInstallation = true, Problems = [AppErrors.SandboxOnly],
        },
    ];

    private async ValueTask<App> Create(WriteCall<CreateApp, App> call)
    {
        var input = call.Input;
        return await call.Change(async change =>
        {
            var app = new App(
                AppId.New(change.Now), input.Name, input.Owner, input.Builder, input.BuilderUrl, input.Model,
                input.Repository, input.DataClass, AppState.Prototype, null, change.Now, change.Now, Version: 1);
            await store.Insert(change, call.Installation, app);
            await founding.Furnish(change, call.Installation, app.Id);
            Record(change, "app.registered", app.Target, Snapshot.None, Snapshot.Of(app, AppsJson.Wire.App));
            return app;
        });
    }

    private ValueTask<ListOf<App>> List(Call<ListApps> call) => cursors.Page(
        "apps.list", call.Installation, call.Input.Page, [call.Input.State?.ToString()],
        (after, limit) => store.List(call.Installation, call.Input.State, after, limit, call.Aborted),
        app => app.Id.Value);

    private async ValueTask<App> Get(Call<GetApp> call) =>
        await store.Find(call.Installation, call.Input.App, within: null, call.Aborted)
            ?? throw new Refusal(GateProblems.NotFound);

    private ValueTask<App> Update(WriteCall<UpdateApp, App> call) => call.Change(async change =>
    {
        var before = await store.Lock(change, call.Installation, call.Input.App);
        call.Request.RequireMatch(before);
        var after = call.Input.Apply(before) with { UpdatedAt = change.Now, Version = before.Version + 1 };
        await Save(change, call.Installation, "app.updated", before, after, reason: null);
        return after;
    });

    private ValueTask<App> Transition(WriteCall<TransitionApp, App> call) => call.Change(async change =>
    {
        var before = await store.Lock(change, call.Installation, call.Input.App);
        call.Request.RequireMatch(before);
        if (before.State is AppState.Retired || before.State == call.Input.State) throw AppErrors.NotNow(before);
        StopKind? how = call.Input.State switch
        {
            AppState.Frozen => StopKind.Frozen,
            AppState.Retired => StopKind.Retired,
            _ => null,
        };
        var stop = how is { } kind ? Stop.Of(change, kind, call.Input.Reason) : null;
        var after = before with
        {
            State = call.Input.State,
            StateReason = call.Input.Reason,
            Stop = stop,
            UpdatedAt = change.Now,
            Version = before.Version + 1,
        };
        // The log says in one line from what to what, beside the digests.
        var moved = $"{Wire.Name(before.State)} to {Wire.Name(after.State)}: {call.Input.Reason}";
        await Save(change, call.Installation, "app.transitioned", before, after, moved);
        if (stop is not null) await stops.Tell(change, after.Target, stop);
        return after;
    });

    private async ValueTask<AppEnvironment> GetSettings(Call<GetAppEnvironment> call) =>
        await store.FindSettings(call.Installation, call.Input.App, call.Input.Environment, within: null, call.Aborted)
        ?? throw new Refusal(GateProblems.NotFound);

    private ValueTask<AppEnvironment> UpdateSettings(WriteCall<UpdateAppEnvironment, AppEnvironment> call) =>
        call.Change(async change =>
        {
            var input = call.Input;
            await store.Lock(change, call.Installation, input.App);
            var before = await store.FindSettings(call.Installation, input.App, input.Environment, change)
                ?? throw new Refusal(GateProblems.NotFound);
            call.Request.RequireMatch(before);
            if (input.Environment != EnvironmentDirectory.Sandbox && input.OriginPresets is { Count: > 0 })
                throw new Refusal(AppErrors.SandboxOnly, "'origin_presets' are for sandbox only.");
            var after = before with
            {
                Origins = input.Origins ?? before.Origins,
                OriginPresets = input.OriginPresets ?? before.OriginPresets,
                RedirectUris = input.RedirectUris ?? before.RedirectUris,
                PasswordForms = input.PasswordForms ?? before.PasswordForms,
                Native = input.Native ?? before.Native,
                Version = before.Version + 1,
            };
            await store.UpdateSettings(change, call.Installation, after);
            directory.Forget(change, after);
            var type = AppsJson.Wire.AppEnvironment;
            Record(change, "app.settings_updated", after.Target, Snapshot.Of(before, type), Snapshot.Of(after, type));
            return after;
        });

    private async ValueTask Save(
        Change change, InstallationScope scope, string fact, App before, App after, string? reason)
    {
        await store.Update(change, scope, after);
        directory.Forget(change, after.Id);
        var type = AppsJson.Wire.App;
        Record(change, fact, after.Target, Snapshot.Of(before, type), Snapshot.Of(after, type), reason);
    }

    private static void Record(
        Change change, string fact, Target target, Snapshot before, Snapshot after, string? reason = null)
    {
        change.Audit(target, before, after, reason);
        change.Emit(fact, target, after);
    }
}

/// <summary>What a new app starts with in each environment: settings, and a publishable key.</summary>
internal sealed class AppFounding(AppStore store, KeyStore keys, EnvironmentDirectory environments)
{
    public async ValueTask Furnish(Change change, InstallationScope scope, AppId app)
    {
        foreach (var environment in environments.Names)
        {
            await store.InsertSettings(
                change, scope, app, environment, passwordForms: environment == EnvironmentDirectory.Sandbox);
            await keys.InsertPublishable(change, scope, app, environment);
        }
    }
}
