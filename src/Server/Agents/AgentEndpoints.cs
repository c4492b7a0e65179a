using Castellan.Kernel;
using Castellan.Platform.Crypto;
using Castellan.Platform.Storage;

namespace Castellan.Agents;

/// <summary>The registry of agents, and what stops them.</summary>
internal sealed class AgentEndpoints(
    AgentStore store, AgentWrites writes, LendableOperations lendable, Cursors cursors) : IEndpoints
{
    private const string Route = "/v1/agents";
    private const string One = Route + "/{agent}";
    private static readonly Grant Keepers = Grant.Operator(OperatorRole.Admin);
    private static readonly Grant Stoppers = Grant.Operator(OperatorRole.Admin, OperatorRole.Support);

    public IEnumerable<Operation> Operations() =>
    [
        new Write<RegisterAgent, RegisteredAgent>(
            "agents.register", "POST", Route, RegisterAgent.Bind, Register, AgentsJson.Wire.RegisteredAgent)
        {
            Summary = "Register an agent, with the most that may be lent or granted to it; shows its token once.",
            Grants = [Keepers], Status = 201, ShowsSecret = true, Problems = [AgentErrors.NameTaken],
        },
        new Read<ListAgents, ListOf<Agent>>(
            "agents.list", "GET", Route, ListAgents.Bind, List, AgentsJson.Wire.ListOfAgent)
        {
            Summary = "List agents: whose they are, what they are for, and in what state.",
            Grants = [Grants.AnyOperator],
        },
        new Read<GetAgent, Agent>("agents.get", "GET", One, GetAgent.Bind, Get, AgentsJson.Wire.Agent)
        {
            Summary = "Read an agent.", Grants = [Grants.AnyOperator],
        },
        new Write<UpdateAgent, Agent>("agents.update", "PATCH", One, UpdateAgent.Bind, Update, AgentsJson.Wire.Agent)
        {
            Summary = "Change what is said of an agent, or what may be lent or granted to it: both shrink with it.",
            Grants = [Keepers], Problems = [AgentErrors.NameTaken, AgentErrors.StateRefused],
        },
        new Write<GetAgent, RegisteredAgent>(
            "agents.rotate", "POST", One + "/rotate", GetAgent.Bind, Rotate, AgentsJson.Wire.RegisteredAgent)
        {
            Summary = "Give an agent another token; the former one ends at once. What was lent to it stays.",
            Grants = [Keepers], ShowsSecret = true, Urgent = true, Problems = [AgentErrors.StateRefused],
        },
        new Write<MoveAgent, Agent>(
            "agents.suspend", "POST", One + "/suspend", MoveAgent.Bind, Suspend, AgentsJson.Wire.Agent)
        {
            Summary = "Refuse an agent, for itself and for everybody, until it is resumed.",
            Grants = [Stoppers], Urgent = true, Problems = [AgentErrors.StateRefused],
        },
        new Write<MoveAgent, Agent>(
            "agents.resume", "POST", One + "/resume", MoveAgent.Bind, Resume, AgentsJson.Wire.Agent)
        {
            Summary = "Let a suspended agent go on.", Grants = [Keepers], Problems = [AgentErrors.StateRefused],
        },
        new Write<MoveAgent, Agent>(
            "agents.kill", "POST", One + "/kill", MoveAgent.Bind, Kill, AgentsJson.Wire.Agent)
        {
            Summary = "End an agent for good, with its runs and all that was lent to it or that it handed on.",
            Grants = [Stoppers], Urgent = true, Problems = [AgentErrors.StateRefused],
        },
    ];

    private async ValueTask<RegisteredAgent> Register(WriteCall<RegisterAgent, RegisteredAgent> call)
    {
        var input = call.Input;
        lendable.Require(input.Operations);
        RequireFuture(input.ExpiresAt, call.Now);
        var prefix = AgentTokens.Prefix(call.Environment.Environment);
        var token = OpaqueToken.New(prefix);
        return await UniqueName(() => call.ChangeFirst(async change =>
        {
            var agent = new Agent(
                AgentId.New(change.Now), call.Environment.Environment, input.Name, input.Owner, input.Builder,
                input.Model, input.Purpose, input.Operations, input.Signatures, SigningKeys: [],
                OpaqueToken.Shown(token, prefix), AgentState.Active, StateReason: null, change.Now, change.Now,
                input.ExpiresAt, Version: 1);
            await writes.Insert(change, call.Environment, agent, token);
            return new RegisteredAgent(agent, token);
        }));
    }

    private ValueTask<ListOf<Agent>> List(Call<ListAgents> call) => cursors.Page(
        "agents.list", call.Environment, call.Input.Page, [call.Input.State?.ToString()],
        (after, limit) => store.List(call.Environment, call.Input.State, after, limit, call.Aborted),
        agent => agent.Id.Value);

    private async ValueTask<Agent> Get(Call<GetAgent> call) =>
        await store.Find(call.Environment, call.Input.Agent) ?? throw new Refusal(GateProblems.NotFound);

    private ValueTask<Agent> Update(WriteCall<UpdateAgent, Agent> call)
    {
        if (call.Input.Operations is { } operations) lendable.Require(operations);
        return UniqueName(() => call.Change(async change =>
        {
            var before = await writes.Locked(change, call, call.Input.Agent);
            var after = call.Input.Apply(before);
            if (after.ExpiresAt != before.ExpiresAt) RequireFuture(after.ExpiresAt, change.Now);
            return await writes.Save(change, call.Environment, "agent.updated", before, after, reason: null);
        }));
    }

    private async ValueTask<RegisteredAgent> Rotate(WriteCall<GetAgent, RegisteredAgent> call)
    {
        var prefix = AgentTokens.Prefix(call.Environment.Environment);
        var token = OpaqueToken.New(prefix);
        return await call.ChangeFirst(async change =>
        {
            var before = await writes.Locked(change, call, call.Input.Agent);
            var after = await writes.SaveToken(
                change, call.Environment, "agent.token_rotated", before,
                before with { Prefix = OpaqueToken.Shown(token, prefix) }, token);
            return new RegisteredAgent(after, token);
        });
    }

    private ValueTask<Agent> Suspend(WriteCall<MoveAgent, Agent> call) =>
        Move(call, AgentState.Suspended, "agent.suspended", from: AgentState.Active);

    private ValueTask<Agent> Resume(WriteCall<MoveAgent, Agent> call) =>
        Move(call, AgentState.Active, "agent.resumed", from: AgentState.Suspended);

    /// <summary>
    /// Its row alone, however much was lent to it: standing refuses whatever a killed agent has, or has handed on.
    /// </summary>
    private ValueTask<Agent> Kill(WriteCall<MoveAgent, Agent> call) =>
        Move(call, AgentState.Killed, "agent.killed", from: null);

    private ValueTask<Agent> Move(
        WriteCall<MoveAgent, Agent> call, AgentState state, string fact, AgentState? from) =>
        call.Change(async change =>
        {
            var (id, reason) = call.Input;
            var before = await writes.Locked(change, call, id);
            if (from is { } needed && before.State != needed) throw AgentErrors.NotNow(before);
            return await writes.Save(
                change, call.Environment, fact, before, before with { State = state, StateReason = reason }, reason);
        });

    private static void RequireFuture(DateTimeOffset? time, DateTimeOffset now)
    {
        if (time is null || time > now) return;
        throw new Refusal(GateProblems.InputInvalid.With() with
        {
            Errors = [new FieldProblem("/expires_at", "in_the_past", "'expires_at' has passed.", "Send a later time.")],
        });
    }

    private static async ValueTask<T> UniqueName<T>(Func<ValueTask<T>> work)
    {
        try
        {
            return await work();
        }
        catch (UniqueViolationException violation) when (violation.Constraint == "agent_environment_id_name_key")
        {
            throw new Refusal(AgentErrors.NameTaken);
        }
    }
}
