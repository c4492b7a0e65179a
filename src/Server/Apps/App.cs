using System.Text.Json.Serialization;
using Castellan.Installation;
using Castellan.Kernel;

namespace Castellan.Apps;

/// <summary>A registered product: who owns it, what made it, and in what state it is.</summary>
internal sealed record App(
    AppId Id, string Name, string Owner, Builder Builder, string? BuilderUrl, string? Model, string? Repository,
    DataClass DataClass, AppState State, string? StateReason, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    long Version)
    : IVersioned
{
    /// <summary>How, since when, by whom and why it is frozen or retired; null otherwise.</summary>
    public Stop? Stop { get; init; }

    [JsonIgnore]
    public Target Target => new("app", Id.Value);

    /// <summary>True where its calls are answered: a prototype's in sandbox only, a retired app's nowhere.</summary>
    public bool RunsIn(string environment) =>
        State is not AppState.Retired
        && (State is not AppState.Prototype || environment == EnvironmentDirectory.Sandbox);
}

/// <summary>What wrote the app.</summary>
[JsonConverter(typeof(NameConverter<Builder>))]
internal enum Builder
{
    Other,
    Lovable,
    Replit,
    Bolt,
    Cursor,
    Claude,
    Codex,
    V0,
    Agent,
    Hand,
}

/// <summary>The most sensitive data that the app touches.</summary>
[JsonConverter(typeof(NameConverter<DataClass>))]
internal enum DataClass
{
    Public,
    Internal,
    Personal,
    Sensitive,
}

/// <summary>The lifecycle of an app.</summary>
[JsonConverter(typeof(NameConverter<AppState>))]
internal enum AppState
{
    /// <summary>Runs in <c>sandbox</c> only.</summary>
    Prototype,

    /// <summary>Runs in <c>live</c> with caps.</summary>
    Pilot,

    /// <summary>Runs in <c>live</c>.</summary>
    Production,

    /// <summary>Read-only: writes and sign-ins are refused; token refresh goes on.</summary>
    Frozen,

    /// <summary>Refused everywhere; its data is kept for export.</summary>
    Retired,
}

/// <summary>An app's settings in one environment. <paramref name="PublishableKey"/> is no secret.</summary>
internal sealed record AppEnvironment(
    AppId AppId, string Environment, IReadOnlyList<string> Origins, IReadOnlyList<string> OriginPresets,
    IReadOnlyList<string> RedirectUris, string? PublishableKey, bool PasswordForms, bool Native, long Version)
    : IVersioned
{
    [JsonIgnore]
    public Target Target => new("app_environment", $"{AppId}/{Environment}");

    /// <summary>True when a browser on this origin may use the app's credentials.</summary>
    public bool Allows(string origin) =>
        Origins.Contains(origin) || OriginPresets.Any(name => Apps.OriginPresets.Matches(name, origin));
}

internal sealed record CreateApp(
    string Name, string Owner, Builder Builder, string? BuilderUrl, string? Model, string? Repository,
    DataClass DataClass)
{
    public static CreateApp Bind(Input input) => new(
        input.Text("name", max: 100),
        input.Text("owner", max: 200),
        input.ChoiceOrNull<Builder>("builder") ?? Builder.Other,
        input.UrlOrNull("builder_url"),
        input.TextOrNull("model", max: 100),
        input.UrlOrNull("repository"),
        input.ChoiceOrNull<DataClass>("data_class") ?? DataClass.Personal);
}

internal sealed record GetApp(AppId App)
{
    public static GetApp Bind(Input input) => new(input.Path<AppKind>("app"));
}

internal sealed record ListApps(Page Page, AppState? State)
{
    public static ListApps Bind(Input input) => new(input.Page(), input.QueryChoice<AppState>("state"));
}

/// <summary>A patch: what is not sent stays; null clears what may be empty.</summary>
internal sealed record UpdateApp(AppId App, Func<App, App> Apply)
{
    public static UpdateApp Bind(Input input)
    {
        var app = input.Path<AppKind>("app");
        var name = input.TextOrNull("name", max: 100);
        var owner = input.TextOrNull("owner", max: 200);
        var builder = input.ChoiceOrNull<Builder>("builder");
        var builderUrl = input.UrlOrNull("builder_url");
        var model = input.TextOrNull("model", max: 100);
        var repository = input.UrlOrNull("repository");
        var dataClass = input.ChoiceOrNull<DataClass>("data_class");
        // Asked now: the body is gone when the patch is applied.
        var (hasBuilderUrl, hasModel, hasRepository) =
            (input.Has("builder_url"), input.Has("model"), input.Has("repository"));
        return new UpdateApp(app, current => current with
        {
            Name = name ?? current.Name,
            Owner = owner ?? current.Owner,
            Builder = builder ?? current.Builder,
            BuilderUrl = hasBuilderUrl ? builderUrl : current.BuilderUrl,
            Model = hasModel ? model : current.Model,
            Repository = hasRepository ? repository : current.Repository,
            DataClass = dataClass ?? current.DataClass,
        });
    }
}

internal sealed record TransitionApp(AppId App, AppState State, string Reason)
{
    public static TransitionApp Bind(Input input) => new(
        input.Path<AppKind>("app"), input.Choice<AppState>("state"), Stop.Because(input));
}

internal sealed record GetAppEnvironment(AppId App, string Environment)
{
    public static GetAppEnvironment Bind(Input input) => new(input.Path<AppKind>("app"), input.PathWord("environment"));
}

internal sealed record UpdateAppEnvironment(
    AppId App, string Environment, IReadOnlyList<string>? Origins, IReadOnlyList<string>? OriginPresets,
    IReadOnlyList<string>? RedirectUris, bool? PasswordForms, bool? Native)
{
    public static UpdateAppEnvironment Bind(Input input) => new(
        input.Path<AppKind>("app"),
        input.PathWord("environment"),
        WebOrigin.Bind(input, "origins"),
        AppAddresses.Presets(input, "origin_presets"),
        AppAddresses.Redirects(input, "redirect_uris"),
        input.BoolOrNull("password_forms"),
        input.BoolOrNull("native"));
}

/// <summary>The slice's types on the wire.</summary>
[JsonSerializable(typeof(App))]
[JsonSerializable(typeof(ListOf<App>))]
[JsonSerializable(typeof(AppEnvironment))]
internal sealed partial class AppsJson : JsonSerializerContext
{
    public static AppsJson Wire { get; } = new(Kernel.Wire.Options);
}
