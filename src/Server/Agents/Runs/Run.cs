using System.Text.Json.Serialization;
using Castellan.Kernel;

namespace Castellan.Agents.Runs;

/// <summary>
/// One piece of an agent's work: by which model, for which purpose, and a digest of what it was told, as the agent gave
/// them; and how it ended.
/// </summary>
internal sealed record Run(
    RunId Id, string Environment, AgentId AgentId, string? Model, string? PromptDigest, string Purpose,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, RunOutcome? Outcome, string? Reason, long Version)
    : IVersioned
{
    [JsonIgnore]
    public Target Target => new("run", Id.Value);

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, AgentsJson.Wire.Run);

    /// <summary>As it is where its agent was killed: that ended it.</summary>
    public Run Under(Agent? agent) => EndedAt is null && agent is { State: AgentState.Killed }
        ? this with { EndedAt = agent.UpdatedAt, Outcome = RunOutcome.Stopped, Reason = agent.StateReason }
        : this;

    public static Run Of(Agent agent, DateTimeOffset now, string? model, string? promptDigest, string purpose) => new(
        RunId.New(now), agent.Environment, agent.Id, model, promptDigest, purpose, now, EndedAt: null, Outcome: null,
        Reason: null, Version: 1);
}

[JsonConverter(typeof(NameConverter<RunOutcome>))]
internal enum RunOutcome
{
    Succeeded,
    Failed,

    /// <summary>An operator ended it.</summary>
    Stopped,
}

/// <summary>How an agent says that its run ended.</summary>
internal enum RunResult
{
    Succeeded,
    Failed,
}

internal sealed record StartRun(string? Model, string? PromptDigest, string? Purpose)
{
    public static StartRun Bind(Input input) => new(
        input.TextOrNull("model", max: 100), input.TextOrNull("prompt_digest", max: 200),
        input.TextOrNull("purpose", max: 500));
}

internal sealed record GetRun(RunId Run)
{
    public static GetRun Bind(Input input) => new(input.Path<RunKind>("run"));
}

internal sealed record EndRun(RunId Run, RunResult Outcome)
{
    public static EndRun Bind(Input input) =>
        new(input.Path<RunKind>("run"), input.ChoiceOrNull<RunResult>("outcome") ?? RunResult.Succeeded);
}

internal sealed record StopRun(RunId Run, string Reason)
{
    public static StopRun Bind(Input input) =>
        new(input.Path<RunKind>("run"), Stop.Because(input));
}
