using System.Collections.Frozen;
using Castellan.Kernel;
using Castellan.Kernel.Http;

namespace Castellan.Access;

/// <summary>
/// Decides by the built-in roles: an operation's grants name the callers and least roles that may do it. Deny is the
/// answer to everything that no grant names.
/// </summary>
internal sealed class RoleAccess(PublicAddress address)
{
    private static readonly FrozenDictionary<CallerKind, Decision> ByKind = Enum.GetValues<CallerKind>()
        .ToFrozenDictionary(kind => kind, kind => Allowed(Wire.Name(kind)));

    private static readonly FrozenDictionary<TenantRole, Decision> ByRole = Enum.GetValues<TenantRole>()
        .ToFrozenDictionary(role => role, role => Allowed(Wire.Name(role)));

    /// <summary>Allows with no allocation and no visit to the database.</summary>
    public Decision Decide(Invocation invocation)
    {
        var caller = invocation.Caller;
        var operation = invocation.Operation;
        foreach (var grant in operation.Grants)
        {
            if (Matches(grant, caller, operation) && (!grant.OnlyLocal || IsLocal(invocation)))
                return grant.Role is null ? ByKind[grant.Kind] : ByRole[caller.TenantRole!.Value];
        }
        return caller.Kind is CallerKind.Nobody or CallerKind.App
            ? new Decision(DecisionOutcome.CredentialNeeded, NeededCredential(operation))
            : new Decision(DecisionOutcome.Deny, NeededRole(caller, operation)) { Fix = Fix(caller, operation) };
    }

    /// <summary>Whether a member with the role may, whatever else is granted.</summary>
    public static bool Allows(Operation operation, TenantRole role)
    {
        foreach (var grant in operation.Grants)
        {
            if (grant.Kind is CallerKind.User && (grant.Role is null || role >= grant.Role)) return true;
        }
        return false;
    }

    /// <summary>The least role in the tenant that may.</summary>
    public static TenantRole LeastRole(Operation operation) =>
        operation.Grants.Where(g => g.Kind is CallerKind.User).Min(g => g.Role) ?? TenantRole.Viewer;

    private static Decision Allowed(string by) => new(DecisionOutcome.Allow, "") { By = by };

    private bool IsLocal(Invocation invocation) => invocation.Request.IsLocal && address.Base.IsLoopback;

    /// <summary>Whether a declaration's grant is this caller's.</summary>
    public static bool Matches(Grant grant, Caller caller, Operation operation) => grant.Kind switch
    {
        CallerKind.Nobody => true,
        // An agent comes through an app, but is not the app: it signs nobody in.
        CallerKind.App => caller.App is not null && caller.Kind is not CallerKind.Agent,
        CallerKind.User => caller.Kind is CallerKind.User && (grant.Role is null || caller.TenantRole >= grant.Role),
        CallerKind.Agent =>
            caller.Kind is CallerKind.Agent && (!operation.NamesTenant || caller.Holds(operation.Name)),
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

    /// <summary>Null where a role in the tenant would help, as usual.</summary>
    private static string? Fix(Caller caller, Operation operation)
    {
        var mine = operation.Grants.FirstOrDefault(grant => grant.Kind == caller.Kind);
        return (caller.Kind, mine) switch
        {
            (CallerKind.Operator, { } grant) => $"Ask an operator with the role {Roles(grant)}.",
            (CallerKind.Agent, _) when caller.App is not null && operation.NamesTenant =>
                $"Ask an admin of the tenant to grant {operation.Name} to the agent.",
            (CallerKind.Key, { }) => "Use a key that holds it; or a tenant grants it to the key, for what is its own.",
            (_, null) => "Come with another credential: the operation's description says which.",
            _ => null,
        };
    }

    private static string Roles(Grant grant) => string.Join(" or ", grant.Operators.Select(Wire.Name));

    private static string NeededRole(Caller caller, Operation operation)
    {
        var mine = operation.Grants.FirstOrDefault(g => g.Kind == caller.Kind);
        return (caller.Kind, mine) switch
        {
            (CallerKind.User, { Role: { } role }) =>
                $"{operation.Name} needs the role {Wire.Name(role)} in this tenant.",
            (CallerKind.Operator, { } grant) =>
                $"{operation.Name} needs the operator role {Roles(grant)}.",
            (CallerKind.Agent, _) when caller.App is not null && operation.NamesTenant =>
                $"The tenant has not granted {operation.Name} to {caller.Display}.",
            (CallerKind.Key, { }) => $"This key does not hold {operation.Name}.",
            _ => $"{operation.Name} is not for {Wire.Name(caller.Kind)} credentials.",
        };
    }
}
