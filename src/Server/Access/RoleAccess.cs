using Castellan.Kernel;
using Castellan.Kernel.Http;

namespace Castellan.Access;

/// <summary>
/// Decides by the built-in roles: an operation's grants name the callers and least roles that may do it. Deny is the
/// answer to everything that no grant names.
/// </summary>
internal sealed class RoleAccess(PublicAddress address) : IAccess
{
    public Decision Decide(Invocation invocation)
    {
        var caller = invocation.Caller;
        var operation = invocation.Operation;
        if (caller.Lent is not null && !caller.Holds(operation.Name))
            return new Decision(DecisionOutcome.Deny, NotLent(caller, operation));
        foreach (var grant in operation.Grants)
        {
            if (Matches(grant, caller, operation) && (!grant.OnlyLocal || IsLocal(invocation))) return Decision.Allow;
        }
        return caller.Kind is CallerKind.Nobody or CallerKind.App
            ? new Decision(DecisionOutcome.CredentialNeeded, NeededCredential(operation))
            : new Decision(DecisionOutcome.Deny, NeededRole(caller, operation));
    }

    private bool IsLocal(Invocation invocation) => invocation.Request.IsLocal && address.Base.IsLoopback;

    private static bool Matches(Grant grant, Caller caller, Operation operation) => grant.Kind switch
    {
        CallerKind.Nobody => true,
        CallerKind.App => caller.App is not null,
        CallerKind.User => caller.Kind is CallerKind.User && (grant.Role is null || caller.TenantRole >= grant.Role),
        CallerKind.Agent => caller.Kind is CallerKind.Agent,
        CallerKind.Key => caller.Kind is CallerKind.Key && caller.Holds(operation.Name),
        CallerKind.Operator =>
            caller.Kind is CallerKind.Operator && grant.Operators.Contains(caller.OperatorRole!.Value),
        CallerKind.Capability => caller.Kind is CallerKind.Capability && caller.Cause == grant.Purpose,
        _ => false,
    };

    private static string NeededCredential(Operation operation)
    {
        var names = operation.Grants.Select(g => g.Kind switch
        {
            CallerKind.Nobody => "a call from the server's own machine",
            CallerKind.App => "a publishable key in Castellan-Key",
            CallerKind.User => "a user's access token",
            CallerKind.Agent => "an agent's token",
            CallerKind.Key => "a secret key",
            CallerKind.Capability => "a one-time link's token",
            _ => "an operator's token",
        }).Distinct();
        return $"{operation.Name} takes {string.Join(", or ", names)}.";
    }

    /// <summary>What the agent has, and what would let it do more.</summary>
    private static string NotLent(Caller agent, Operation operation)
    {
        var has = agent.Permissions.Count == 0 ? "nothing" : string.Join(", ", agent.Permissions);
        return operation.MayBeLent
            ? $"{operation.Name} was not lent to {agent.Display}, which has {has} of the user's. "
                + "The user can lend it with delegations.create."
            : $"{operation.Name} is for people: no agent does it for a user.";
    }

    private static string NeededRole(Caller caller, Operation operation)
    {
        var mine = operation.Grants.FirstOrDefault(g => g.Kind == caller.Kind);
        return (caller.Kind, mine) switch
        {
            (CallerKind.User, { Role: { } role }) =>
                $"{operation.Name} needs the role {Wire.Name(role)} in this tenant.",
            (CallerKind.Operator, { } grant) =>
                $"{operation.Name} needs the operator role {string.Join(" or ", grant.Operators.Select(Wire.Name))}.",
            (CallerKind.Key, { }) => $"This key does not hold {operation.Name}.",
            _ => $"{operation.Name} is not for {Wire.Name(caller.Kind)} credentials.",
        };
    }
}
