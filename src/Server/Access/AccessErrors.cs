using Castellan.Kernel;

namespace Castellan.Access;

/// <summary>The slice's problems.</summary>
internal static class AccessErrors
{
    public static readonly ProblemType NameTaken = new("access_name_taken", 409, "The name is taken",
        "A role, group or policy of the tenant has this name already, written in capitals or not.",
        "Choose another name.");

    public static readonly ProblemType LimitReached = new("access_limit_reached", 409,
        "The tenant has as many of these as it may",
        "Roles, groups, members of a group, grants in force, policies and names are bounded; the detail names "
        + "the bound.",
        "Remove what is no longer needed, or ask an operator to raise the bound.");

    public static readonly ProblemType GrantTooHigh = new("grant_too_high", 403, "You do not hold this yourself",
        "Nobody gives away what they do not hold, on the whole of the resource and for as long: not as a grant, not by "
        + "a role, and not by putting somebody into a group. A grant under a condition is not enough to hand it on.",
        "Ask somebody who holds the permission that the detail names.");

    public static readonly ProblemType AlreadyInGroup = new("already_in_group", 409, "The user is in the group already",
        "A group has each member once.", "Nothing is to be done: the user is there.");

    public static readonly ProblemType NameGiven = new("name_given_already", 409, "The name is given already",
        "The app calls somebody or something else of this tenant so, or the same one.",
        "Nothing is to be done where it is the same; else delete the name first.");

    public static readonly ProblemType ReplayUnknown = new("replay_unknown", 409,
        "What decided then is not known here",
        "The decision rests on something that is not kept, or that is not what it was: built-in roles of another "
        + "version of the server, another contract, a revision that there is not, other words about the question.",
        "Send the basis and the question as the decision told them; the detail names what differs.");

    public static IReadOnlyList<ProblemType> All { get; } =
        [NameTaken, LimitReached, GrantTooHigh, AlreadyInGroup, NameGiven, ReplayUnknown];
}
