using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Installation.Environments;

/// <summary>
/// A full partition of users, tenants, records, keys, usage and audit. <paramref name="Stop"/> is null where it runs.
/// </summary>
internal sealed record DataEnvironment(string Id, DateTimeOffset CreatedAt, Stop? Stop, long Version) : IVersioned
{
    public EnvironmentState State => Stop?.How switch
    {
        null => EnvironmentState.Active,
        StopKind.Frozen => EnvironmentState.Frozen,
        _ => EnvironmentState.Killed,
    };

    [JsonIgnore]
    public Target Target => new("environment", Id);
}

[JsonConverter(typeof(NameConverter<EnvironmentState>))]
internal enum EnvironmentState
{
    Active,

    /// <summary>Read-only: writes and sign-ins are refused; reading, refreshing and signing out go on.</summary>
    Frozen,

    /// <summary>Refused to everybody but operators; sessions and secret keys have ended for good.</summary>
    Killed,
}

internal sealed record StopEnvironment(string Environment, string Reason)
{
    public static StopEnvironment Bind(Input input) => new(input.PathWord("environment"), Stop.Because(input));
}
