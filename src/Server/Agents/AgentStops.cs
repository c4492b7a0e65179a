using Castellan.Kernel;

namespace Castellan.Agents;

/// <summary>With a killed environment the tokens of its agents end; what was lent ends with the sessions.</summary>
internal sealed class AgentStops(AgentStore store, AgentDirectory directory) : IStopListener
{
    public async ValueTask Stopped(Change change, Target target, Stop stop)
    {
        if (target.Kind != "environment" || stop.How is not StopKind.Killed) return;
        await store.EndTokens(change, target.Id);
        directory.ForgetAll(change);
    }
}
