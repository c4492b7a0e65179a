using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Access.Simulation;
using Castellan.Kernel;

namespace Castellan.Access;

/// <summary>
/// Step 5: an agent that acts for a user stops at what was not lent to it, whatever the user may do. Then built-in
/// roles, from the declaration alone; then what the tenant has granted to a member whose role does not allow it, from
/// memory. A call that a grant let in rests on it.
/// </summary>
internal sealed class GrantAccess(
    RoleAccess roles, GrantDirectory directory, GrantJudge judge, DecisionLog counted)
    : IAccess
{
    public ValueTask<Decision> Decide(Invocation invocation)
    {
        if (invocation.Caller is { Lent: not null } agent && !agent.Holds(invocation.Operation.Name))
            return new(new Decision(DecisionOutcome.Deny, NotLent(agent, invocation.Operation)));
        var decision = roles.Decide(invocation);
        if (invocation is not { Caller: { Kind: CallerKind.User, TenantRole: not null }, Tenant: { } tenant }
            || !PermissionCatalogue.IsGrantable(invocation.Operation))
        {
            return new(decision);
        }
        if (decision.Outcome is DecisionOutcome.Deny) return DecideByGrant(invocation, tenant, decision);
        Note(invocation, tenant, allowed: true);
        return new(decision);
    }

    private void Note(Invocation invocation, TenantId tenant, bool allowed) => counted.Note(new Decided(
        tenant, invocation.Caller.User!.Value, new Permission(invocation.Operation.Name, null), invocation.Caller.App,
        invocation.Workspace, null, allowed));

    /// <summary>What the agent has, and what would let it do more.</summary>
    private static string NotLent(Caller agent, Operation operation)
    {
        var has = agent.Permissions.Count == 0 ? "nothing" : string.Join(", ", agent.Permissions);
        return operation.MayBeLent
            ? $"{operation.Name} was not lent to {agent.Display}, which has {has} of the user's. "
                + "The user can lend it with delegations.create."
            : $"{operation.Name} is for people: no agent does it for a user.";
    }

    private async ValueTask<Decision> DecideByGrant(Invocation invocation, TenantId tenant, Decision denied)
    {
        var decision = await FindGrant(invocation, tenant, denied);
        Note(invocation, tenant, decision.Outcome is DecisionOutcome.Allow);
        return decision;
    }

    private async ValueTask<Decision> FindGrant(Invocation invocation, TenantId tenant, Decision denied)
    {
        var grants = await directory.Find(tenant);
        if (grants.All.Count == 0) return denied;
        var (caller, operation) = (invocation.Caller, invocation.Operation);
        var question = new GrantQuestion(
            tenant, caller.User!.Value, caller.TenantRole, new Permission(operation.Name, null),
            new ResourcePattern(caller.App, invocation.Workspace, null, null), invocation.Now, operation.Name,
            invocation.Request.RemoteAddress?.ToString());
        if (judge.Find(grants, question) is not { } reaching) return denied;
        invocation.GoodUntil(reaching.Grant.ExpiresAt);
        invocation.Rest(
            [reaching.Held(question.User, question.Permission, grants.Revision)],
            GrantStore.IsStill(tenant, grants.Revision));
        return new Decision(DecisionOutcome.Allow, "")
        {
            By = reaching.Grant.Id.Value,
            Revision = grants.Revision,
        };
    }
}
