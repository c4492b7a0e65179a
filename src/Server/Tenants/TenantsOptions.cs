using Castellan.Platform;

namespace Castellan.Tenants;

/// <summary>Bounds of tenants. Section <c>Tenants</c>.</summary>
[Settings("Tenants")]
internal sealed record TenantsOptions
{
    /// <summary>
    /// Members of one tenant, those of its workspaces included. Default 1,000; 1 to 100,000. Larger organisations
    /// should choose it knowingly: lists and checks grow with it.
    /// </summary>
    public int MembersMax { get; init; } = 1_000;

    /// <summary>
    /// Workspaces of one tenant. Default 1,000; 1 to 1,000,000. Creates in flight on several nodes may exceed it by as
    /// many as run within a second, so that a create need not count rows.
    /// </summary>
    public int WorkspacesMax { get; init; } = 1_000;

    /// <summary>
    /// Invitations of one tenant that wait for an answer. Default 100; 1 to 10,000. Each one is a way in.
    /// </summary>
    public int InvitationsMax { get; init; } = 100;

    /// <summary>
    /// Invitations that one tenant may send within 24 hours, repeated ones included. Default 200; 1 to 10,000. Each one
    /// is a mail to a stranger.
    /// </summary>
    public int InvitationsPerDay { get; init; } = 200;

    /// <summary>
    /// Tenants that one user may own. Default 100; 1 to 10,000. Anybody who signs up may create tenants.
    /// </summary>
    public int OwnedMax { get; init; } = 100;

    /// <summary>Days after which an invitation ends. Default 7; 1 to 30. Mailboxes are read by others later.</summary>
    public int InvitationDays { get; init; } = 7;

    /// <summary>Days in which a deleted tenant can be restored; then it is erased. Default 30; 1 to 365.</summary>
    public int GraceDays { get; init; } = 30;

    public TimeSpan InvitationLife => TimeSpan.FromDays(InvitationDays);

    public TimeSpan Grace => TimeSpan.FromDays(GraceDays);

    /// <summary>Throws at the start where a setting is out of its range.</summary>
    public TenantsOptions Checked()
    {
        Require(MembersMax, 100_000, nameof(MembersMax));
        Require(WorkspacesMax, 1_000_000, nameof(WorkspacesMax));
        Require(InvitationsMax, 10_000, nameof(InvitationsMax));
        Require(InvitationsPerDay, 10_000, nameof(InvitationsPerDay));
        Require(OwnedMax, 10_000, nameof(OwnedMax));
        Require(InvitationDays, 30, nameof(InvitationDays));
        Require(GraceDays, 365, nameof(GraceDays));
        return this;
    }

    private static void Require(int value, int max, string name)
    {
        if (value < 1 || value > max)
            throw new UnsafeStartException($"Tenants:{name} is {value}.", $"Write a number from 1 to {max}.");
    }
}
