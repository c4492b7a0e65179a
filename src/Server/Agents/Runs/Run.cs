using System.Text.Json.Serialization;
using Castellan.Agents.Delegations;
using Castellan.Kernel;

namespace Castellan.Agents.Runs;

/// <summary>
/// One piece of an agent's work: by which model, for which purpose, and a digest of what it was told, as the agent gave
/// them; and how it ended. At <paramref name="ExpiresAt"/> it is over, whoever ends it or not.
/// </summary>
internal sealed record Run(
    RunId Id, string Environment, AgentId AgentId, string? Model, string? PromptDigest, string Purpose,
    DateTimeOffset StartedAt, DateTimeOffset ExpiresAt, DateTimeOffset? EndedAt, RunOutcome? Outcome, string? Reason,
    long Version)
    : IVersioned
{
    [JsonIgnore]
    public Target Target => new("run", Id.Value);

    public Snapshot Snapshot() => Kernel.Snapshot.Of(this, AgentsJson.Wire.Run);

    /// <summary>How long a run lasts at most; longer work is several runs.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    public bool IsOpen(DateTimeOffset now) => EndedAt is null && ExpiresAt > now;

    /// <summary>Lasts as long as what is taken in it, within its day.</summary>
    public Run LastingFor(Delegation taken)
    {
        var until = taken.ExpiresAt < StartedAt + Longest ? taken.ExpiresAt : StartedAt + Longest;
        return until > ExpiresAt ? this with { ExpiresAt = until, Version = Version + 1 } : this;
    }

    /// <summary>As it is where nobody ended it, but the kill of its agent or its time did.</summary>
    public Run Under(Agent? agent, DateTimeOffset now)
    {
        if (EndedAt is not null) return this;
        if (agent is { State: AgentState.Killed } && agent.UpdatedAt < ExpiresAt)
            return this with { EndedAt = agent.UpdatedAt, Outcome = RunOutcome.Stopped, Reason = agent.StateReason };
        return IsOpen(now) ? this : this with { EndedAt = ExpiresAt, Outcome = RunOutcome.Expired };
    }

    public static Run Of(Agent agent, DateTimeOffset now, DateTimeOffset until, StartRun said) => new(
        RunId.New(now), agent.Environment, agent.Id, said.Model ?? agent.Model, said.PromptDigest,
        said.Purpose ?? agent.Purpose, now, until, EndedAt: null, Outcome: null, Reason: null, Version: 1);
}

[JsonConverter(typeof(NameConverter<RunOutcome>))]
internal enum RunOutcome
{
    Succeeded,
    Failed,

    /// <summary>An operator ended it.</summary>
    Stopped,

    /// <summary>Nobody ended it within its time.</summary>
    Expired,
}

/// <summary>How an agent says that its run ended.</summary>
internal enum RunResult
{
    Succeeded,
    Failed,
}

internal sealed record StartRun(string? Model, string? PromptDigest, string? Purpose)
{
    /// <summary>What is said of a run that nobody announced: what is said of its agent.</summary>
    public static readonly StartRun AsItsAgent = new(Model: null, PromptDigest: null, Purpose: null);

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
