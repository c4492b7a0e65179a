using Castellan.Kernel;

namespace Castellan.Agents.Runs;

/// <summary>How a run begins, also where an agent takes something without having started one.</summary>
internal sealed class RunStarts(AgentStore agents, RunStore runs, AgentsOptions options)
{
    /// <summary>
    /// Comes first in a Change that may start a run: whoever else starts one for the agent waits, and counts it.
    /// </summary>
    public async ValueTask Hold(Change change, EnvironmentScope scope, Agent agent) =>
        await agents.Lock(change, scope, agent.Id);

    public async ValueTask<Run> Start(
        Change change, EnvironmentScope scope, Agent agent, StartRun said, DateTimeOffset until)
    {
        var run = Run.Of(agent, change.Now, until, said);
        if (await runs.CountOpen(change, scope, agent.Id, options.OpenRunsMax) >= options.OpenRunsMax)
        {
            throw new Refusal(AgentErrors.RunsOpen,
                $"{agent.Name} has {options.OpenRunsMax} runs open, which is all that the installation allows.");
        }
        await runs.Insert(change, scope, run);
        change.Emit("run.started", run.Target, run.Snapshot());
        return run;
    }
}
