using Castellan.Kernel;

namespace Castellan.Tenants;

/// <summary>
/// The highest role that a caller may grant and whose holders it may touch: a user's own; an operator's is owner; a
/// secret key's is admin, because a tenant's owners stand above each app that it uses; by what a tenant has granted to
/// it alone it makes nobody more than a viewer.
/// </summary>
internal static class RoleCeiling
{
    public static void Require(Caller caller, TenantRole role)
    {
        if (role > Of(caller))
            throw new Refusal(TenantErrors.RoleTooHigh, $"This needs the role {Wire.Name(role)}.");
    }

    private static TenantRole Of(Caller caller) => caller.Kind switch
    {
        CallerKind.Operator => TenantRole.Owner,
        CallerKind.Key => caller.ByGrant ? TenantRole.Viewer : TenantRole.Admin,
        _ => caller.TenantRole ?? TenantRole.Viewer,
    };
}
