using Castellan.Kernel;

namespace Castellan.Tenants;

internal static class TenantErrors
{
    public static readonly ProblemType SlugTaken = new("slug_taken", 409, "A tenant has this slug already",
        "Slugs are unique in an environment, over all apps; a deleted tenant keeps its slug until it is erased.",
        "Choose another slug, or leave it out and let the server make one from the name.");

    public static readonly ProblemType NotDeleted = new("tenant_not_deleted", 409, "The tenant is not deleted",
        "Only a deleted tenant can be restored, within its grace.", "Nothing is to be done: the tenant is there.");

    public static readonly ProblemType LastInstallation = new("last_installation", 409,
        "This is the tenant's last app",
        "Without any app its own people could no longer reach the tenant.",
        "Install another app first, delete the tenant, or ask an operator.");

    public static readonly ProblemType WorkspaceInUse = new("workspace_in_use", 409, "Something lies in the workspace",
        "A workspace is deleted for good, and what an app keeps in it would belong nowhere. The detail says what it "
        + "is.",
        "Delete it, or move it to another workspace, first.");

    public static readonly ProblemType LastOwner = new("last_owner", 409, "The tenant would have no owner",
        "The last owner cannot be demoted, removed or leave.",
        "Make another member owner first, or delete the tenant.");

    public static readonly ProblemType RoleTooHigh = new("role_too_high", 403, "The role is higher than your own",
        "Nobody grants a role above their own, and nobody changes or removes a holder of one.",
        "Ask someone who has the role that the detail names.");

    public static readonly ProblemType AlreadyMember = new("already_member", 409, "This person is a member already",
        "The user or address has a membership there.",
        "Change the role of the membership; add a tenant's member to a workspace with members.add.");

    public static readonly ProblemType InvitationClosed = new("invitation_closed", 409,
        "The invitation is no longer open",
        "It was accepted or cancelled, has expired, or who sent it may no longer invite; the detail says which.",
        "Ask for a new invitation.");

    public static readonly ProblemType InvitationForAnother = new("invitation_for_another", 403,
        "The invitation is for another address",
        "An invitation is accepted by a user whose verified address is the invited one.",
        "Sign in with the address that received the invitation, or ask for one to your address.");

    public static readonly ProblemType AddressUnverified = new("address_unverified", 403,
        "Your address is not verified yet",
        "The invitation is for this address, and nobody has shown yet that the account's owner reads its mail.",
        "Verify the address with the link that was sent at sign-up, then accept again.");

    public static readonly ProblemType LimitReached = new("limit_reached", 409, "A limit is reached",
        "The tenant or user has as many of these as the installation allows; the detail names the limit.",
        "Remove what is no longer needed, or ask an operator to raise the limit.");

    public static IReadOnlyList<ProblemType> All { get; } =
    [
        SlugTaken, NotDeleted, LastInstallation, WorkspaceInUse, LastOwner, RoleTooHigh, AlreadyMember,
        InvitationClosed, InvitationForAnother, AddressUnverified, LimitReached,
    ];
}
