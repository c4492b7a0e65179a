using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Kernel.Nodes;
using Castellan.Keys;
using Castellan.Platform.Storage;

namespace Castellan.Apps;

/// <summary>
/// What memory knows of apps, and the standing that it gives their callers: a retired app is refused, a frozen one is
/// read-only, a prototype stays in sandbox, and a browser's origin must be one that the app lists.
/// </summary>
internal sealed class AppDirectory(AppStore store, Notices notices) : IStanding
{
    private const string SettingsTopic = "app_settings";

    private readonly SharedMemory<AppId, App> apps = notices.Remember<AppId, App>("app", NoticeKeys.Id<AppKind>());

    // They tell the app's publishable key.
    private readonly SharedMemory<(AppId, string), AppEnvironment> settings =
        notices.Remember<(AppId, string), AppEnvironment>(
            SettingsTopic, NoticeKeys.Pair(NoticeKeys.Id<AppKind>(), NoticeKeys.Name)).AlsoWith(KeyVerifier.Topic);

    // All at once: an origin that nobody lists costs as little as one that is listed, however many are asked for.
    private readonly SharedMemory<string, RegisteredOrigins> origins =
        notices.Remember<string, RegisteredOrigins>(SettingsTopic, NoticeKeys.Secret, capacity: 1);

    public ValueTask<App?> Find(AppId id) =>
        apps.Get(id, store, static (app, store) => store.Find(new InstallationScope(), app));

    public ValueTask<AppEnvironment?> FindSettings(AppId id, string environment) => settings.Get(
        (id, environment), store,
        static (key, store) => store.FindSettings(new InstallationScope(), key.Item1, key.Item2));

    /// <summary>From memory: before its load, everybody waits for the one.</summary>
    public async ValueTask<bool> IsRegistered(string origin, CancellationToken ct) =>
        (await origins.Get("all", (store, ct), static async (_, state) =>
            await state.store.ListOrigins(new InstallationScope(), state.ct)))!.Contain(origin);

    public void Forget(Change change, AppId id) => apps.Forget(change, id);

    /// <summary>With the origins that any app lists.</summary>
    public void Forget(Change change, AppEnvironment changed) =>
        settings.Forget(change, (changed.AppId, changed.Environment));

    public async ValueTask<Problem?> Check(Invocation invocation, IReads reads, bool inChange)
    {
        var caller = invocation.Caller;
        if (caller.App is not { } id) return null;
        var app = inChange ? await FindWithin(reads, id) : await Find(id);
        if (app is null) return GateProblems.CredentialInvalid.With();
        if (app.State is AppState.Retired) return GateProblems.AppRetired.With();
        if (app.State is AppState.Frozen && invocation.Operation is { Writes: true, AllowedWhenFrozen: false })
            return GateProblems.AppFrozen.With();
        if (app.State is AppState.Prototype && caller.Environment != EnvironmentDirectory.Sandbox)
            return AppErrors.NotLive.With();
        invocation.Conditions?.Add(AppStore.HasState(new InstallationScope(), id, app.State));
        // What a browser may send was settled before the Change.
        return inChange ? null : await CheckOrigin(caller, id, invocation.Request.Origin);
    }

    private ValueTask<App?> FindWithin(IReads reads, AppId id) => apps.TryGetExact(id, out var known)
        ? new ValueTask<App?>(known)
        : store.Find(new InstallationScope(), id, reads);

    private async ValueTask<Problem?> CheckOrigin(Caller caller, AppId id, string? origin)
    {
        if (origin is null && caller.Kind is not CallerKind.App) return null;
        if (origin is not null && caller.Kind is CallerKind.Key)
            return GateProblems.OriginRefused.With("A secret key came from a browser. Revoke it: it is public now.");
        if (await FindSettings(id, caller.Environment!) is not { } known) return GateProblems.CredentialInvalid.With();
        if (origin is null)
            return known.Native ? null : GateProblems.OriginRefused.With("This app takes calls from browsers only.");
        return known.Allows(origin)
            ? null
            : GateProblems.OriginRefused.With($"'{origin}' is not an origin of this app in {caller.Environment}.");
    }
}
