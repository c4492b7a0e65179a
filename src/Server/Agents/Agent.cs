using System.Text.Json.Serialization;
using Castellan.Agents.Signatures;
using Castellan.Kernel;

namespace Castellan.Agents;

/// <summary>
/// An actor that is no person. <paramref name="Operations"/> is the most that users may lend to it, and tenants grant;
/// without either it may do nothing to anybody's data. <paramref name="Prefix"/> is what may be shown of its token.
/// </summary>
internal sealed record Agent(
    AgentId Id, string Environment, string Name, string Owner, string? Builder, string? Model, string Purpose,
    IReadOnlyList<string> Operations, SignatureRule Signatures, IReadOnlyList<SigningKey> SigningKeys, string Prefix,
    AgentState State, string? StateReason, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt,
    DateTimeOffset? ExpiresAt, long Version)
    : IVersioned
{
    [JsonIgnore]
    public Target Target => new("agent", Id.Value);

    public bool IsGood(DateTimeOffset now) => State is AgentState.Active && (ExpiresAt is not { } end || end > now);

    /// <summary>That it is refused; the reason is for operators and the audit log.</summary>
    [JsonIgnore]
    public string StoppedInWords =>
        State is AgentState.Active ? $"{Name} has expired." : $"{Name} is {Wire.Name(State)}.";

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, AgentsJson.Wire.Agent);
}

[JsonConverter(typeof(NameConverter<AgentState>))]
internal enum AgentState
{
    Active,

    /// <summary>Refused until it is resumed; what was lent to it stays.</summary>
    Suspended,

    /// <summary>Refused for good: what was lent to it, and its runs, have ended.</summary>
    Killed,
}

/// <summary>The only answer that ever shows the token.</summary>
internal sealed record RegisteredAgent(Agent Agent, string Token) : IVersioned
{
    [JsonIgnore]
    public long Version => Agent.Version;
}

internal sealed record RegisterAgent(
    string Name, string Owner, string? Builder, string? Model, string Purpose, IReadOnlyList<string> Operations,
    SignatureRule Signatures, DateTimeOffset? ExpiresAt)
{
    public static RegisterAgent Bind(Input input) => new(
        input.Text("name", max: 100),
        input.Text("owner", max: 200),
        input.TextOrNull("builder", max: 100),
        input.TextOrNull("model", max: 100),
        input.Text("purpose", max: 500),
        AgentInputs.Operations(input),
        input.ChoiceOrNull<SignatureRule>("signatures") ?? SignatureRule.Optional,
        input.TimeOrNull("expires_at"));
}

internal sealed record ListAgents(Page Page, AgentState? State)
{
    public static ListAgents Bind(Input input) => new(input.Page(), input.QueryChoice<AgentState>("state"));
}

internal sealed record GetAgent(AgentId Agent)
{
    public static GetAgent Bind(Input input) => new(input.Path<AgentKind>("agent"));
}

/// <summary>Something of an agent's, a page of it.</summary>
internal sealed record ListOfAgent(AgentId Agent, Page Page)
{
    public static ListOfAgent Bind(Input input) => new(input.Path<AgentKind>("agent"), input.Page());
}

/// <summary>What moves an agent to another state says why.</summary>
internal sealed record MoveAgent(AgentId Agent, string Reason)
{
    public static MoveAgent Bind(Input input) =>
        new(input.Path<AgentKind>("agent"), Stop.Because(input));
}

/// <summary>A patch: what is not sent stays; null clears what may be empty.</summary>
internal sealed record UpdateAgent(AgentId Agent, Func<Agent, Agent> Apply, IReadOnlyList<string>? Operations)
{
    public static UpdateAgent Bind(Input input)
    {
        var agent = input.Path<AgentKind>("agent");
        var name = input.TextOrNull("name", max: 100);
        var owner = input.TextOrNull("owner", max: 200);
        var builder = input.TextOrNull("builder", max: 100);
        var model = input.TextOrNull("model", max: 100);
        var purpose = input.TextOrNull("purpose", max: 500);
        var operations = input.TextsOrNull("operations", AgentInputs.OperationsMax, max: 100);
        var signatures = input.ChoiceOrNull<SignatureRule>("signatures");
        var expiresAt = input.TimeOrNull("expires_at");
        // Asked now: the body is gone when the patch is applied.
        var (hasBuilder, hasModel, hasExpiry) =
            (input.Has("builder"), input.Has("model"), input.Has("expires_at"));
        return new UpdateAgent(
            agent,
            current => current with
            {
                Name = name ?? current.Name,
                Owner = owner ?? current.Owner,
                Builder = hasBuilder ? builder : current.Builder,
                Model = hasModel ? model : current.Model,
                Purpose = purpose ?? current.Purpose,
                Operations = operations ?? current.Operations,
                Signatures = signatures ?? current.Signatures,
                ExpiresAt = hasExpiry ? expiresAt : current.ExpiresAt,
            },
            operations);
    }
}

internal static class AgentInputs
{
    public const int OperationsMax = 100;

    /// <summary>Names of operations, at least one.</summary>
    public static IReadOnlyList<string> Operations(Input input)
    {
        var names = input.TextsOrNull("operations", OperationsMax, max: 100) ?? [];
        if (names.Count == 0)
        {
            input.Refuse("operations", "required", "'operations' is missing or empty.",
                """Name what may be lent, such as ["records.list", "records.get"].""");
        }
        return [.. names.Distinct(StringComparer.Ordinal)];
    }
}
