using Castellan.Access.Granting;
using Castellan.Access.Policies;
using Castellan.Access.Roles;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Access.Simulation;

/// <summary>Tries a change of what a tenant gives away, before anybody makes it.</summary>
internal sealed class SimulationEndpoints(
    AccessSimulator simulator, GrantStore store, GrantGiving giving, RoleWriting roles, PolicyWriting policies,
    IDatabase database)
    : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Read<SimulateAccess, AccessSimulation>(
            "access.simulate", "POST", "/v1/tenants/{tenant}/access/simulate", SimulateAccess.Bind, Simulate,
            AccessJson.Wire.AccessSimulation)
        {
            Summary = "Say which decisions would be others if grants, roles or policies were: those made and to come.",
            Grants = AccessCallers.Readers,
        },
    ];

    private async ValueTask<AccessSimulation> Simulate(Call<SimulateAccess> call)
    {
        var input = call.Input;
        var before = await GrantDirectory.Load(store, call.Tenant.Tenant, database, whole: true);
        var only = AccessCallers.OnlyApp(call.Caller);
        RequireInForce(before, input.Revoke, only);
        var changed = await Roles(call);
        var added = new List<AccessGrant>();
        for (var i = 0; i < input.Grants.Count; i++)
            added.Add(await giving.Propose(call, input.Grants[i], $"/grants/{i}"));
        var proposal = Proposal.Of(
            before, input.Revoke.ToHashSet(), added, changed, await Policies(call, before.Policies, only));
        return await simulator.Simulate(call, proposal, only, input.Days);
    }

    private async ValueTask<Dictionary<RoleId, IReadOnlyList<Permission>>> Roles(Call<SimulateAccess> call)
    {
        var changed = new Dictionary<RoleId, IReadOnlyList<Permission>>();
        foreach (var role in call.Input.Roles)
            changed[role.Role] = await roles.Propose(call, role.Role, role.Permissions);
        return changed;
    }

    /// <summary>Those there are, some of them enforced, and those proposed, which are tried as if enforced.</summary>
    private async ValueTask<IReadOnlyList<AccessPolicy>> Policies(
        Call<SimulateAccess> call, IReadOnlyList<AccessPolicy> before, AppId? only)
    {
        var input = call.Input;
        foreach (var id in input.Enforce)
        {
            if (before.All(policy => policy.Id != id || (only is not null && policy.AppId is { } app && app != only)))
                throw new Refusal(GateProblems.NotFound, "The tenant has no such policy.");
        }
        if (input.Enforce.Count == 0 && input.Policies.Count == 0) return before;
        List<AccessPolicy> after =
        [
            .. before.Select(policy => input.Enforce.Contains(policy.Id)
                ? policy with { Mode = PolicyMode.Enforce }
                : policy),
        ];
        for (var i = 0; i < input.Policies.Count; i++)
        {
            var proposed = await policies.Prepare(call, input.Policies[i], $"/policies/{i}");
            after.Add(proposed with { Mode = PolicyMode.Enforce });
        }
        return after;
    }

    private static void RequireInForce(TenantGrants grants, IReadOnlyList<GrantId> named, AppId? only)
    {
        foreach (var id in named)
        {
            if (grants.All.All(grant => grant.Id != id || (only is not null && grant.AppId is { } app && app != only)))
                throw new Refusal(GateProblems.NotFound, "The tenant has no such grant in force.");
        }
    }
}
