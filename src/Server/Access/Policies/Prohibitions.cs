using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Kernel;

namespace Castellan.Access.Policies;

/// <summary>
/// What the policies of a tenant refuse, for who asks about no call. They are the ones of <see cref="PolicyJudge"/>;
/// whether a condition would be true, nobody knows without a call.
/// </summary>
internal sealed class Prohibitions(TenantGrants grants, PermissionCatalogue catalogue)
{
    /// <summary>All that refuse something, in the order of their ids.</summary>
    public IEnumerable<AccessPolicy> All => grants.Policies.Where(policy => policy.Mode is PolicyMode.Enforce);

    /// <summary>Those that can refuse the permission, on some part of the tenant or under some condition.</summary>
    public IReadOnlyList<AccessPolicy> About(Permission permission)
    {
        var found = new List<AccessPolicy>();
        foreach (var (policy, _) in Asked(permission))
        {
            if (policy.Mode is PolicyMode.Enforce && CanMeet(policy, permission)) found.Add(policy);
        }
        return found;
    }

    /// <summary>Whether it is refused on all of a part, whoever does it and however.</summary>
    public bool Refuses(Permission permission, ResourcePattern part)
    {
        foreach (var (policy, _) in Asked(permission))
        {
            if (policy is { Mode: PolicyMode.Enforce, Condition: null } && CoversAll(policy, permission, part))
                return true;
        }
        return false;
    }

    /// <summary>As the gate asks, which passes over what no policy can forbid.</summary>
    private ReadOnlySpan<PolicyInForce> Asked(Permission permission)
    {
        return grants.Policies.Count > 0 && catalogue.IsForbiddable(permission)
            ? grants.About(permission, catalogue.AlsoDoneBy(permission))
            : [];
    }

    /// <summary>A permission of an app is asked for in that app; what is not about data, in no collection.</summary>
    private bool CanMeet(AccessPolicy policy, Permission permission) => permission.App is { } app
        ? policy.AppId is null || policy.AppId == app
        : policy.Collection is null || !catalogue.IsBesideData(permission);

    private static bool CoversAll(AccessPolicy policy, Permission permission, ResourcePattern part) =>
        (policy.AppId is null || policy.AppId == (permission.App ?? part.App))
        && (policy.WorkspaceId is null || policy.WorkspaceId == part.Workspace)
        && (policy.Collection is null || policy.Collection == part.Collection);
}
