using Castellan.Kernel;

namespace Castellan.Agents.Delegations;

/// <summary>What a user lends, sees and takes back; and what operators see of it.</summary>
internal sealed class DelegationEndpoints(
    DelegationStore store, Lending lending, AgentDirectory directory, LendableOperations lendable, Cursors cursors)
    : IEndpoints
{
    private const string Mine = "/v1/me/delegations";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<Lend, Delegation>(
            "delegations.create", "POST", "/v1/tenants/{tenant}/delegations", Delegations.Lend.Bind, Lend,
            AgentsJson.Wire.Delegation)
        {
            Summary = "Lend an agent operations in a tenant for a while, at most an hour; it takes them by the id.",
            Grants = [Grant.Tenant(TenantRole.Viewer)], Status = 201,
            Problems = [AgentErrors.LentTooMuch, AgentErrors.Stopped],
        },
        new Read<ListDelegations, ListOf<Delegation>>(
            "delegations.list", "GET", Mine, ListDelegations.Bind, List, AgentsJson.Wire.ListOfDelegation)
        {
            Summary = "List what I have lent to agents and is good still.", Grants = [Grant.User], OfOwnAccount = true,
        },
        new Write<RevokeDelegation, Nothing>(
            "delegations.revoke", "DELETE", Mine + "/{delegation}", RevokeDelegation.Bind, Revoke,
            AgentsJson.Wire.Nothing)
        {
            Summary = "Take back what I have lent, and whatever was handed on of it.",
            Grants = [Grant.User], Status = 204, AllowedWhenFrozen = true, Urgent = true,
        },
        new Read<ListOfAgent, ListOf<Delegation>>(
            "agents.delegations", "GET", "/v1/agents/{agent}/delegations", ListOfAgent.Bind, OfAgent,
            AgentsJson.Wire.ListOfDelegation)
        {
            Summary = "List what was ever lent to an agent, newest first.", Grants = [Grants.AnyOperator],
        },
    ];

    private async ValueTask<Delegation> Lend(WriteCall<Lend, Delegation> call)
    {
        var input = call.Input;
        lendable.Require(input.Operations);
        var until = Until(input.ExpiresAt, call.Now);
        var caller = call.Caller;
        if (caller is not { App: { } app, Session: { } session }) throw new Refusal(GateProblems.PermissionDenied);
        return await call.Change(async change =>
        {
            if (await directory.Find(call.Environment, input.Agent) is not { } agent) throw Unknown();
            if (!agent.IsGood(change.Now)) throw new Refusal(AgentErrors.Stopped, agent.StoppedInWords);
            var lender = new Lender(call.User, app, session, call.Tenant.Tenant);
            return await lending.Lend(change, call.Environment, lender, agent, input.Operations, until);
        });
    }

    private ValueTask<ListOf<Delegation>> List(Call<ListDelegations> call) => cursors.Page(
        "delegations.list", call.Environment, call.Input.Page, [call.User.Value],
        (before, limit) => store.ListOfUser(call.Environment, call.User, call.Now, before, limit, call.Aborted),
        delegation => delegation.Id.Value);

    private ValueTask<Nothing> Revoke(WriteCall<RevokeDelegation, Nothing> call) => call.Change(async change =>
    {
        var before = await store.LockOf(change, call.Environment, call.User, call.Input.Delegation)
            ?? throw new Refusal(GateProblems.NotFound);
        await store.Revoke(change, call.Environment, before.Id);
        directory.ForgetAll(change);
        change.Audit(before.Target, before.Snapshot(), Snapshot.None, tenant: before.TenantId);
        change.Emit("delegation.revoked", before.Target with { User = null }, before.Snapshot(), before.TenantId);
        return Nothing.Value;
    });

    private async ValueTask<ListOf<Delegation>> OfAgent(Call<ListOfAgent> call)
    {
        var (agent, page) = call.Input;
        if (await directory.Find(call.Environment, agent) is null) throw new Refusal(GateProblems.NotFound);
        return await cursors.Page<Delegation>("agents.delegations", call.Environment, page, [agent.Value],
            async (before, limit) =>
            {
                var lent = await store.ListOfAgent(call.Environment, agent, before, limit, call.Aborted);
                for (var i = 0; i < lent.Count; i++) lent[i] = lent[i].Under(await Through(call.Environment, lent[i]));
                return lent;
            },
            delegation => delegation.Id.Value);
    }

    private async ValueTask<List<Agent>> Through(EnvironmentScope scope, Delegation lent)
    {
        var agents = new List<Agent>(lent.HandedOnBy.Count + 1);
        foreach (var id in lent.HandedOnBy.Append(lent.AgentId))
        {
            if (await directory.Find(scope, id) is { } agent) agents.Add(agent);
        }
        return agents;
    }

    private static DateTimeOffset Until(DateTimeOffset? wanted, DateTimeOffset now)
    {
        if (wanted is not { } until) return now + Delegation.Usual;
        if (until > now && until <= now + Delegation.Longest) return until;
        throw new Refusal(GateProblems.InputInvalid.With() with
        {
            Errors =
            [
                new FieldProblem("/expires_at", "out_of_range", "'expires_at' must be within the next hour.",
                    "Send a nearer time, or leave it out for 15 minutes."),
            ],
        });
    }

    private static Refusal Unknown() => new(GateProblems.InputInvalid.With() with
    {
        Errors =
        [
            new FieldProblem("/agent_id", "unknown", "There is no such agent in this environment.",
                "Ask an operator for the id of the agent."),
        ],
    });
}
