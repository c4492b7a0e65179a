using System.Text.Json;
using Castellan.Access.Granting;
using Castellan.Kernel;

namespace Castellan.Access.Simulation;

/// <summary>What might be done: grants revoked, grants made, roles with other permissions. Nothing of it is.</summary>
internal sealed record SimulateAccess(
    IReadOnlyList<GrantId> Revoke, IReadOnlyList<CreateGrant> Grants, IReadOnlyList<ProposedRole> Roles, int Days)
{
    /// <summary>Changes of each kind in one proposal.</summary>
    private const int ChangesMax = 20;

    private const int DaysMax = 90;

    public static SimulateAccess Bind(Input input)
    {
        var tenant = input.Path<TenantKind>("tenant");
        var named = input.TextsOrNull("revoke", ChangesMax, max: 40) ?? [];
        var revoke = new List<GrantId>();
        for (var i = 0; i < named.Count; i++)
        {
            if (GrantId.TryParse(named[i], out var id)) revoke.Add(id);
            else input.Refuse($"revoke/{i}", "not_an_id", $"'{named[i]}' is no grant.", "Send ids of grants.");
        }
        var proposal = new SimulateAccess(
            revoke, Each(input, "grants", tenant, CreateGrant.Bind), Each(input, "roles", tenant, ProposedRole.Bind),
            input.IntOrNull("days", 1, DaysMax) ?? DaysMax);
        if (!input.Has("revoke") && !input.Has("grants") && !input.Has("roles"))
        {
            input.Refuse("grants", "required", "Nothing is proposed.",
                "Send 'grants' as grants.create takes them, 'revoke', or 'roles'.");
        }
        return proposal;
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
/// was more than one simulation looks at.
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
