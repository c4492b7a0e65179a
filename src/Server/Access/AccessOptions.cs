using Castellan.Platform;

namespace Castellan.Access;

/// <summary>
/// Bounds of what a tenant gives away. Section <c>Access</c>. All of it is in memory while the tenant is asked about.
/// </summary>
[Settings("Access")]
internal sealed record AccessOptions
{
    /// <summary>
    /// Roles of its own that a tenant may have. Default 100; 1 to 1,000. People must choose among them.
    /// </summary>
    public int RolesMax { get; init; } = 100;

    /// <summary>Groups that a tenant may have. Default 100; 1 to 1,000. Memory holds their members.</summary>
    public int GroupsMax { get; init; } = 100;

    /// <summary>Members of one group. Default 1,000; 1 to 10,000. Memory holds them.</summary>
    public int GroupMembersMax { get; init; } = 1_000;

    /// <summary>
    /// Grants in force of one tenant. Default 1,000; 1 to 10,000. Grant to groups and by roles where there would be
    /// more.
    /// </summary>
    public int GrantsMax { get; init; } = 1_000;

    /// <summary>
    /// Grants in force of one tenant that have a condition. Default 100; 1 to 1,000. Each is evaluated in calls.
    /// </summary>
    public int ConditionsMax { get; init; } = 100;

    /// <summary>Policies of one tenant. Default 50; 1 to 200. Each is looked at in calls.</summary>
    public int PoliciesMax { get; init; } = 50;

    /// <summary>
    /// Names that apps may give in one tenant. Default 10,000; 1 to 100,000. Memory holds them where apps ask by them.
    /// </summary>
    public int NamesMax { get; init; } = 10_000;

    /// <summary>
    /// Days for which counts of decisions are kept, for simulations. Default 30; 1 to 90. Each day is a row for each
    /// member and what he or she did.
    /// </summary>
    public int DecisionDays { get; init; } = 30;

    /// <summary>Throws at the start where a setting is out of its range.</summary>
    public AccessOptions Checked()
    {
        Require(RolesMax, 1_000, nameof(RolesMax));
        Require(GroupsMax, 1_000, nameof(GroupsMax));
        Require(GroupMembersMax, 10_000, nameof(GroupMembersMax));
        Require(GrantsMax, 10_000, nameof(GrantsMax));
        Require(ConditionsMax, 1_000, nameof(ConditionsMax));
        Require(PoliciesMax, 200, nameof(PoliciesMax));
        Require(DecisionDays, 90, nameof(DecisionDays));
        Require(NamesMax, 100_000, nameof(NamesMax));
        return this;
    }

    private static void Require(int value, int max, string name)
    {
        if (value < 1 || value > max)
            throw new UnsafeStartException($"Access:{name} is {value}.", $"Write a number from 1 to {max}.");
    }
}
