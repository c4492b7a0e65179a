using System.Text.Json;
using Castellan.Access.Granting;
using Castellan.Access.Policies;
using Castellan.Kernel;
using Castellan.Platform;

namespace Castellan.Access.Simulation;

/// <summary>
/// What might be done: grants revoked, grants made, roles with other permissions, policies enforced and made. Nothing
/// of it is.
/// </summary>
internal sealed record SimulateAccess(
    IReadOnlyList<GrantId> Revoke, IReadOnlyList<CreateGrant> Grants, IReadOnlyList<ProposedRole> Roles,
    IReadOnlyList<PolicyId> Enforce, IReadOnlyList<CreatePolicy> Policies, int Days)
{
    /// <summary>Changes of each kind in one proposal.</summary>
    private const int ChangesMax = 20;

    private const int DaysMax = 90;

    private static readonly string[] Parts = ["revoke", "grants", "roles", "enforce", "policies"];

    public static SimulateAccess Bind(Input input)
    {
        var tenant = input.Path<TenantKind>("tenant");
        var proposal = new SimulateAccess(
            Ids<GrantKind>(input, "revoke", "grant"), Each(input, "grants", tenant, CreateGrant.Bind),
            Each(input, "roles", tenant, ProposedRole.Bind), Ids<PolicyKind>(input, "enforce", "policy"),
            Each(input, "policies", tenant, CreatePolicy.Bind), input.IntOrNull("days", 1, DaysMax) ?? DaysMax);
        if (!Parts.Any(input.Has))
        {
            input.Refuse("grants", "required", "Nothing is proposed.",
                "Send 'grants' as grants.create takes them, 'revoke', 'roles', 'policies' or 'enforce'.");
        }
        return proposal;
    }

    private static List<Id<TKind>> Ids<TKind>(Input input, string name, string noun)
        where TKind : IIdKind
    {
        var named = input.TextsOrNull(name, ChangesMax, max: 40) ?? [];
        var ids = new List<Id<TKind>>();
        for (var i = 0; i < named.Count; i++)
        {
            if (Id<TKind>.TryParse(named[i], out var id)) ids.Add(id);
            else input.Refuse($"{name}/{i}", "not_an_id", $"'{named[i]}' is no {noun}.", "Send ids.");
        }
        return ids;
    }

    private static List<T> Each<T>(Input input, string name, TenantId tenant, Func<Input, T> bind)
    {
        var list = input.ArrayOrNone(name, ChangesMax);
        var bound = new List<T>();
        if (list.ValueKind is not JsonValueKind.Array) return bound;
        foreach (var (element, i) in list.EnumerateArray().Select((element, i) => (element, i)))
        {
            var (value, problems) = Input.Read(new Within(tenant), element, input.Emails, bind);
            foreach (var problem in problems)
                input.Refuse($"{name}/{i}{problem.Pointer}", problem.Code, problem.Detail, problem.Fix);
            if (element.ValueKind is JsonValueKind.Object) bound.Add(value);
        }
        return bound;
    }

    /// <summary>What stands beside a part of the body: the path of the whole.</summary>
    private sealed class Within(TenantId tenant) : IRequestValues
    {
        public IEnumerable<string> QueryNames => [];

        public IEnumerable<string> PathNames => ["tenant"];

        public string? Path(string name) => tenant.Value;

        public string? Query(string name) => null;
    }
}

/// <summary>A role of the tenant as it might be.</summary>
internal sealed record ProposedRole(RoleId Role, IReadOnlyList<string> Permissions)
{
    private const int PermissionsMax = 200;

    public static ProposedRole Bind(Input input)
    {
        var role = input.Reference<RoleKind>("role_id");
        var permissions = input.TextsOrNull("permissions", PermissionsMax, max: 100);
        if (permissions is null)
            input.Refuse("permissions", "required", "'permissions' is missing.", "Send all that the role would give.");
        return new ProposedRole(role, permissions ?? []);
    }
}

/// <summary>
/// What would be decided otherwise. <paramref name="Recorded"/> are decisions that were made in the days looked back
/// at, <paramref name="Possible"/> such as were not made and could be. <paramref name="Complete"/> is false where there
/// was more than one simulation looks at, or something of the proposal is about keys, agents or bodies, of which
/// nothing is counted.
/// </summary>
internal sealed record AccessSimulation(
    long Revision, SimulatedCount Recorded, SimulatedCount Possible, bool Complete, IReadOnlyList<SimulatedFlip> Flips);

/// <summary>
/// How many different questions were looked at, which of them would be allowed or denied instead, and how often those
/// had been asked.
/// </summary>
internal sealed record SimulatedCount(int Looked, int WouldAllow, int WouldDeny, long Times);

/// <summary>
/// A question whose answer would be another one: <paramref name="Allowed"/> says which. <paramref name="Times"/> is how
/// often it was asked, 0 where it never was; <paramref name="By"/> what allows it, now or then, null for a proposed
/// grant.
/// </summary>
internal sealed record SimulatedFlip(
    UserId UserId, string Permission, AppId? AppId, WorkspaceId? WorkspaceId, string? Collection, RecordId? RecordId,
    bool Allowed, long Times, string? By);
