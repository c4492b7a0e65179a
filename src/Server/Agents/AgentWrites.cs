using Castellan.Kernel;

namespace Castellan.Agents;

/// <summary>How a change to an agent is made: its row locked, everywhere forgotten, told and recorded.</summary>
internal sealed class AgentWrites(AgentStore store, AgentDirectory directory)
{
    /// <summary>The agent, locked. A killed one is only read.</summary>
    public async ValueTask<Agent> Locked<TIn>(Change change, Call<TIn> call, AgentId id)
    {
        var before = await store.Lock(change, call.Environment, id);
        call.Request.RequireMatch(before);
        return before.State is AgentState.Killed ? throw AgentErrors.NotNow(before) : before;
    }

    public async ValueTask<Agent> Save(
        Change change, EnvironmentScope scope, string fact, Agent before, Agent next, string? reason = null)
    {
        var after = next with { UpdatedAt = change.Now, Version = before.Version + 1 };
        await store.Update(change, scope, after);
        Changed(change, fact, before.Snapshot(), after, reason);
        return after;
    }

    /// <summary>Another token, and with it another version; the former one ends.</summary>
    public async ValueTask<Agent> SaveToken(
        Change change, EnvironmentScope scope, string fact, Agent before, Agent next, string token)
    {
        var after = next with { UpdatedAt = change.Now, Version = before.Version + 1 };
        await store.SetToken(change, scope, after, token);
        Changed(change, fact, before.Snapshot(), after);
        return after;
    }

    public async ValueTask<Agent> Insert(Change change, EnvironmentScope scope, Agent made, string token)
    {
        await store.Insert(change, scope, made, token);
        Changed(change, "agent.registered", Snapshot.None, made);
        return made;
    }

    private void Changed(Change change, string fact, Snapshot before, Agent agent, string? reason = null)
    {
        var after = agent.Snapshot();
        directory.ForgetAll(change);
        change.Audit(agent.Target, before, after, reason);
        change.Emit(fact, agent.Target, after);
    }
}
