using Castellan.Access.Permissions;
using Castellan.Access.Policies;
using Castellan.Kernel;

namespace Castellan.Access.Granting;

/// <summary>
/// Something that somebody is about to be given. <paramref name="Until"/> is null where it does not end.
/// </summary>
internal readonly record struct Giving(Permission Permission, ResourcePattern Resource, DateTimeOffset? Until);

/// <summary>
/// Nobody gives away what they do not hold: on the whole resource, for as long, and under no condition. What a member
/// holds by role, a key by its permissions and an operator by his or hers, is as at the gate; and what a policy forbids
/// somebody on some part of the resource, he or she does not hold.
/// </summary>
internal sealed class GrantCeiling(PermissionCatalogue catalogue, PolicyJudge policies)
{
    /// <summary>Refuses with the first thing that the caller does not hold.</summary>
    public void Require(Change change, TenantGrants grants, IEnumerable<Giving> given)
    {
        foreach (var giving in given)
        {
            if (!HoldsLongEnough(change, giving)
                || !(HoldsByKind(change, giving) || HoldsByGrant(change, grants, giving)))
            {
                throw new Refusal(AccessErrors.GrantTooHigh,
                    $"You do not hold {giving.Permission.Name} there{HowLong(change, giving)}.");
            }
            if (IsForbidden(change, grants, giving))
            {
                throw new Refusal(AccessErrors.GrantTooHigh,
                    $"A policy of the tenant forbids you {giving.Permission.Name} there.");
            }
        }
    }

    private bool IsForbidden(Change change, TenantGrants grants, Giving giving)
    {
        if (grants.Policies.Count == 0 || GrantSubject.Of(change.Caller) is not { } subject) return false;
        var permission = giving.Permission;
        return catalogue.IsForbiddable(permission) && policies.ForbidsWithin(grants, new GrantQuestion(
            change.Invocation.Tenant!.Value, subject, change.Caller.TenantRole, permission, giving.Resource, change.Now)
        {
            AlsoDoes = catalogue.AlsoDoneBy(permission),
        });
    }

    private static string HowLong(Change change, Giving giving) => (change.Caller.Kind, giving.Until) switch
    {
        (_, not null) => " for as long",
        (CallerKind.Key, null) when change.Invocation.ExpiresAt is not null => " for longer than your key is good",
        _ => "",
    };

    /// <summary>What a role would give to whoever is granted it: anywhere in the tenant, without an end.</summary>
    public static IEnumerable<Giving> OfRole(IEnumerable<Permission> permissions) =>
        permissions.Select(permission => new Giving(permission, ResourcePattern.Whole, null));

    /// <summary>What a group gives to whoever joins it.</summary>
    public static IEnumerable<Giving> OfGroup(TenantGrants grants, GroupId group, DateTimeOffset now) =>
        grants.OfGroup(group).Where(grant => !grant.HasExpired(now)).SelectMany(grant => grants.Given(grant)
            .Select(permission => new Giving(permission, grant.Resource, grant.ExpiresAt)));

    /// <summary>A key has what it has no longer than it is good.</summary>
    private static bool HoldsLongEnough(Change change, Giving giving) => change.Caller.Kind is not CallerKind.Key
        || change.Invocation.ExpiresAt is not { } end || giving.Until <= end;

    /// <summary>By a built-in role, an operator's role, or a key's permissions.</summary>
    private bool HoldsByKind(Change change, Giving giving)
    {
        var (caller, permission) = (change.Caller, giving.Permission);
        if (caller.Kind is CallerKind.Key && permission.App is { } app && app != caller.App) return false;
        var operation = catalogue.Behind(permission);
        foreach (var grant in operation.Grants)
        {
            if (RoleAccess.Matches(grant, caller, operation)) return true;
        }
        return false;
    }

    private static bool HoldsByGrant(Change change, TenantGrants grants, Giving giving) =>
        GrantSubject.Of(change.Caller) is { } subject && grants.Reaching(subject).Any(held =>
            held.Grant is { Condition: null } own && !own.HasExpired(change.Now)
            && grants.Gives(own, giving.Permission) && own.Resource.Covers(giving.Resource)
            && (own.ExpiresAt is null || giving.Until <= own.ExpiresAt));
}
