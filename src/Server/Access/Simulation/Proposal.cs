using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Access.Policies;
using Castellan.Kernel;

namespace Castellan.Access.Simulation;

/// <summary>
/// What a tenant gives away and forbids, and what it would. <paramref name="Touched"/> are the grants that end, begin,
/// or give something else because their role would.
/// </summary>
internal sealed record Proposal(TenantGrants Before, TenantGrants After, IReadOnlyList<AccessGrant> Touched)
{
    private readonly HashSet<string> existing =
        [.. Before.All.Select(grant => grant.Id.Value), .. Before.Policies.Select(policy => policy.Id.Value)];

    /// <summary>Whether something would be forbidden, or not any more: that is about everybody.</summary>
    private readonly bool reachesAll = !Before.Policies.SequenceEqual(After.Policies);

    public static Proposal Of(
        TenantGrants before, IReadOnlySet<GrantId> revoked, IReadOnlyList<AccessGrant> added,
        IReadOnlyDictionary<RoleId, IReadOnlyList<Permission>> roles, IReadOnlyList<AccessPolicy> policies) => new(
        before, before.With(revoked, added, roles, policies),
        [
            .. before.All.Where(grant => revoked.Contains(grant.Id)
                || (grant.RoleId is { } role && roles.ContainsKey(role))),
            .. added,
        ]);

    /// <summary>
    /// Whether something of it shows only in calls: what keys and agents are given or forbidden, whose decisions are
    /// not counted, and what looks at a body. A policy is taken to be about them where its condition asks who calls,
    /// and where the tenant has granted something to one of them; not for what app keys hold everywhere, as there is
    /// such a key in most tenants.
    /// </summary>
    public bool ShowsInCallsOnly(GrantConditions conditions) =>
        Touched.Any(grant => IsToNoMember(grant) || LooksAtCalls(conditions, grant.Condition))
        || After.Policies.Except(Before.Policies).Any(policy => Before.All.Any(IsToNoMember)
            || LooksAtCalls(conditions, policy.Condition)
            || (GrantCondition.Of(policy.Condition) is { } asked && conditions.LooksAtKind(asked)));

    private static bool IsToNoMember(AccessGrant grant) => grant.KeyId is not null || grant.AgentId is not null;

    private static bool LooksAtCalls(GrantConditions conditions, string? condition) =>
        GrantCondition.Of(condition) is { } asked && conditions.LooksAtInput(asked);

    public bool IsProposed(string? by) =>
        by is not null && (GrantId.TryParse(by, out _) || PolicyId.TryParse(by, out _)) && !existing.Contains(by);

    /// <summary>Those about whom something can be decided otherwise.</summary>
    public Func<UserId, bool> Reached()
    {
        if (reachesAll) return _ => true;
        HashSet<UserId> reached = [.. Touched.SelectMany(Users)];
        return reached.Contains;
    }

    /// <summary>The questions that the touched grants themselves are about.</summary>
    /// <param name="only">The app that alone is asked about, null for all.</param>
    /// <param name="through">The app through which it would be asked, where the grant is for any.</param>
    public IEnumerable<(UserId User, Permission Permission, ResourcePattern Resource)> Questions(
        AppId? only, AppId? through) =>
        from grant in Touched
        where only is null || grant.AppId is null || grant.AppId == only
        from permission in Before.Given(grant).Union(After.Given(grant))
        where only is null || permission.App is null || permission.App == only
        from user in Users(grant)
        select (user, permission, grant.Resource with { App = grant.AppId ?? permission.App ?? through });

    private IEnumerable<UserId> Users(AccessGrant grant) =>
        grant.UserId is { } user ? [user] : grant.GroupId is { } group ? Before.MembersOf(group) : [];
}
