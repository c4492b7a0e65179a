using System.Text.Json.Serialization;

namespace Castellan.Client;

/// <summary>A registered product: who owns it, what made it, and in what state it is.</summary>
/// <param name="Id"><c>app_...</c></param>
/// <param name="Name">Unique in the installation.</param>
/// <param name="Owner">The person or team that answers for it.</param>
/// <param name="Builder">lovable, replit, bolt, cursor, claude, codex, v0, agent, hand or other.</param>
/// <param name="BuilderUrl">The project at the builder.</param>
/// <param name="Model">The model that wrote it.</param>
/// <param name="Repository">URL of its source.</param>
/// <param name="DataClass">The most sensitive data that it touches: public, internal, personal or sensitive.</param>
/// <param name="State">prototype, pilot, production, frozen or retired.</param>
/// <param name="StateReason">Why it was moved to its state; null for one that never moved.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="UpdatedAt">When the registry last changed.</param>
/// <param name="Version">Counts its changes from 1.</param>
public sealed record App(
    string Id, string Name, string Owner, string Builder, string? BuilderUrl, string? Model, string? Repository,
    string DataClass, string State, string? StateReason, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    long Version);

/// <summary>An app to register. <see cref="App"/> says what the members mean.</summary>
public sealed record NewApp(string Name, string Owner)
{
    /// <summary>Null: other.</summary>
    public string? Builder { get; init; }

    public string? BuilderUrl { get; init; }

    public string? Model { get; init; }

    public string? Repository { get; init; }

    /// <summary>Null: personal.</summary>
    public string? DataClass { get; init; }
}

/// <summary>What to change of an app: null leaves a member, an empty text clears one that may be empty.</summary>
public sealed record AppUpdate
{
    public string? Name { get; init; }

    public string? Owner { get; init; }

    public string? Builder { get; init; }

    [JsonConverter(typeof(EmptyClears))]
    public string? BuilderUrl { get; init; }

    [JsonConverter(typeof(EmptyClears))]
    public string? Model { get; init; }

    [JsonConverter(typeof(EmptyClears))]
    public string? Repository { get; init; }

    public string? DataClass { get; init; }
}

/// <summary>An app's settings in one environment.</summary>
/// <param name="AppId"><c>app_...</c></param>
/// <param name="Environment">sandbox or live.</param>
/// <param name="Origins">Browser origins that may use the app's key, such as <c>https://portal.example.com</c>.</param>
/// <param name="OriginPresets">Preview domains: lovable, replit, bolt, v0, and <c>local</c>; sandbox only.</param>
/// <param name="RedirectUris">Where hosted sign-in may send people back to; compared exactly.</param>
/// <param name="PublishableKey">Names the app in a browser; no secret.</param>
/// <param name="PasswordForms">True when the app may have password forms of its own.</param>
/// <param name="Native">True when calls without an Origin header may use the publishable key.</param>
/// <param name="Version">Counts its changes from 1.</param>
public sealed record AppEnvironment(
    string AppId, string Environment, IReadOnlyList<string> Origins, IReadOnlyList<string> OriginPresets,
    IReadOnlyList<string> RedirectUris, string? PublishableKey, bool PasswordForms, bool Native, long Version);

/// <summary>What to change of an app's settings: null leaves a member, a list replaces the whole list.</summary>
public sealed record AppEnvironmentUpdate
{
    public IReadOnlyList<string>? Origins { get; init; }

    public IReadOnlyList<string>? OriginPresets { get; init; }

    public IReadOnlyList<string>? RedirectUris { get; init; }

    public bool? PasswordForms { get; init; }

    public bool? Native { get; init; }
}

internal sealed record AppTransition(string State, string Reason);
