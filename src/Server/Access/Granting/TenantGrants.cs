using System.Collections.Concurrent;
using Castellan.Access.Policies;
using Castellan.Kernel;

namespace Castellan.Access.Granting;

/// <summary>
/// Everything that a tenant gives away beside built-in roles, at one revision. It does not change: a new revision is a
/// new one.
/// </summary>
internal sealed class TenantGrants
{
    /// <summary>Questions of which it is kept what they are about.</summary>
    private const int AskedMax = 10_000;

    private readonly Dictionary<string, List<AccessGrant>> ofSubjects = [];
    private readonly Dictionary<GroupId, List<AccessGrant>> ofGroups = [];
    private readonly Dictionary<RoleId, List<Permission>> roles = [];
    private readonly HashSet<(RoleId, Permission)> given = [];
    private readonly Dictionary<UserId, List<GroupId>> groups = [];

    /// <summary>What was asked for already: grants that give somebody a permission, and policies about it.</summary>
    private readonly ConcurrentDictionary<(string Subject, Permission), Reaching[]> giving = new();
    private readonly ConcurrentDictionary<Permission, PolicyInForce[]> about = new();
    private readonly PolicyInForce[] forbidding;
    private bool? looksAtInput;

    public TenantGrants(
        long revision, IReadOnlyList<AccessGrant> grants, IReadOnlyList<(RoleId Role, Permission Permission)> roles,
        IReadOnlyList<(GroupId Group, UserId User)> members, IReadOnlyList<AccessPolicy> policies)
    {
        (Revision, All, Policies) = (revision, grants, policies);
        forbidding = [.. policies.Select(policy => new PolicyInForce(policy, GrantCondition.Of(policy.Condition)))];
        foreach (var grant in grants)
        {
            if (grant.Subject is { } subject) Of(ofSubjects, subject.Id).Add(grant);
            if (grant.GroupId is { } group) Of(ofGroups, group).Add(grant);
        }
        foreach (var (role, permission) in roles)
        {
            Of(this.roles, role).Add(permission);
            given.Add((role, permission));
        }
        foreach (var (group, user) in members) Of(groups, user).Add(group);
    }

    /// <summary>0 where the tenant never gave anything away.</summary>
    public long Revision { get; }

    /// <summary>Grants that have not ended; some may have expired.</summary>
    public IReadOnlyList<AccessGrant> All { get; }

    /// <summary>What the tenant forbids, in whichever mode.</summary>
    public IReadOnlyList<AccessPolicy> Policies { get; }

    /// <summary>Whether a condition of any grant or policy looks at the body of a call; asked of each once.</summary>
    public bool LookAtInput(GrantConditions conditions) => looksAtInput ??= All.Select(grant => grant.When)
        .Concat(forbidding.Select(policy => policy.When)).OfType<GrantCondition>().Any(conditions.LooksAtInput);

    public IReadOnlyList<AccessGrant> OfGroup(GroupId group) => ofGroups.GetValueOrDefault(group) ?? [];

    public IReadOnlyList<Permission> OfRole(RoleId role) => roles.GetValueOrDefault(role) ?? [];

    /// <summary>Groups hold users alone.</summary>
    public IReadOnlyList<GroupId> GroupsOf(GrantSubject subject) =>
        subject.User is { } user && groups.TryGetValue(user, out var held) ? held : [];

    public IEnumerable<UserId> MembersOf(GroupId group) =>
        groups.Where(member => member.Value.Contains(group)).Select(member => member.Key);

    /// <summary>
    /// The same without some grants, with others, with other permissions of roles, and with other policies.
    /// </summary>
    public TenantGrants With(
        IReadOnlySet<GrantId> revoked, IReadOnlyList<AccessGrant> added,
        IReadOnlyDictionary<RoleId, IReadOnlyList<Permission>> changed, IReadOnlyList<AccessPolicy> policies) => new(
        Revision,
        [.. All.Where(grant => !revoked.Contains(grant.Id)), .. added],
        [
            .. roles.Where(role => !changed.ContainsKey(role.Key))
                .SelectMany(role => role.Value.Select(permission => (role.Key, permission))),
            .. changed.SelectMany(role => role.Value.Select(permission => (role.Key, permission))),
        ],
        [.. groups.SelectMany(member => member.Value.Select(group => (group, member.Key)))], policies);

    /// <summary>What reaches a user, a key or an agent, with the group by which it does.</summary>
    public IEnumerable<Reaching> Reaching(GrantSubject subject)
    {
        foreach (var grant in ofSubjects.GetValueOrDefault(subject.Id) ?? []) yield return new Reaching(grant, null);
        foreach (var group in GroupsOf(subject))
        {
            foreach (var grant in OfGroup(group)) yield return new Reaching(grant, group);
        }
    }

    /// <summary>What reaches somebody and gives the permission, on whatever part and however long.</summary>
    public ReadOnlySpan<Reaching> Giving(GrantSubject subject, Permission permission)
    {
        if (All.Count == 0) return [];
        if (giving.TryGetValue((subject.Id, permission), out var known)) return known;
        if (giving.Count >= AskedMax) giving.Clear();
        return giving[(subject.Id, permission)] =
            [.. Reaching(subject).Where(reaching => Gives(reaching.Grant, permission))];
    }

    /// <summary>
    /// Policies that forbid the permission, or one of what is also done with it, on whatever part and under whatever
    /// condition.
    /// </summary>
    public ReadOnlySpan<PolicyInForce> About(Permission permission, IReadOnlyList<string> alsoDoes)
    {
        if (Policies.Count == 0) return [];
        if (about.TryGetValue(permission, out var known)) return known;
        if (about.Count >= AskedMax) about.Clear();
        return about[permission] =
        [
            .. forbidding.Where(one => one.Policy.Forbids(permission)
                || alsoDoes.Any(operation => one.Policy.Forbids(new Permission(operation, null)))),
        ];
    }

    /// <summary>Whether the grant gives the permission at all, by itself or by its role.</summary>
    public bool Gives(AccessGrant grant, Permission permission) =>
        grant.RoleId is { } role ? given.Contains((role, permission)) : grant.Given == permission;

    /// <summary>Whether a grant reaches whom it was given to as it did.</summary>
    public bool IsStill(HeldGrant held) => Reaching(held.Subject).Any(reaching =>
        reaching.Grant.Id == held.Grant && reaching.Group == held.Group && Gives(reaching.Grant, held.Permission));

    /// <summary>What a grant gives.</summary>
    public IReadOnlyList<Permission> Given(AccessGrant grant) =>
        grant.RoleId is { } role ? OfRole(role) : grant.Given is { } permission ? [permission] : [];

    private static List<TValue> Of<TKey, TValue>(Dictionary<TKey, List<TValue>> lists, TKey key)
        where TKey : notnull
    {
        if (!lists.TryGetValue(key, out var list)) lists[key] = list = [];
        return list;
    }
}

/// <summary>A policy, and its condition as it is asked.</summary>
internal sealed record PolicyInForce(AccessPolicy Policy, GrantCondition? When);

/// <summary>A grant that reaches somebody, by a group or by name.</summary>
internal readonly record struct Reaching(AccessGrant Grant, GroupId? Group)
{
    /// <summary>Steps from the user to the grant: 1 by name, more by a group and by a role.</summary>
    public int Steps => 1 + (Group is null ? 0 : 1) + (Grant.RoleId is null ? 0 : 1);

    public HeldGrant Held(GrantSubject subject, Permission permission, long revision) =>
        new(Grant.Id, subject, Group, permission, revision);
}
