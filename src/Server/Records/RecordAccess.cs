using Castellan.Contracts;
using Castellan.Contracts.AppRoles;
using Castellan.Contracts.Rules;
using Castellan.Kernel;
using Castellan.Tenants.Members;

namespace Castellan.Records;

/// <summary>What a call about records stands on: its collection, its tenant, and the caller as rules see it.</summary>
internal sealed record RecordCall(
    ContractInForce Contract, CompiledCollection Collection, TenantScope Scope, RuleActivation Activation)
{
    public Rule? Rule(RuleKind kind) => Collection.Rules[kind];

    /// <summary>The same caller before another collection, along a reference.</summary>
    public RecordCall At(string collection) => this with { Collection = Contract.Collections[collection] };
}

/// <summary>Makes the <see cref="RecordCall"/> of a call.</summary>
internal sealed class RecordAccess(MemberDirectory members, AppRoleDirectory appRoles)
{
    public async ValueTask<RecordCall> Enter<TIn>(Call<TIn> call, string collection)
    {
        var contract = call.Found<ContractInForce>();
        if (!contract.Collections.TryGetValue(collection, out var compiled)) throw new Refusal(GateProblems.NotFound);
        var scope = call.Tenant;
        var caller = await CallerOf(call.Caller, call.Operation, scope, contract.Contract);
        var request = new RuleRequest(call.Operation, scope.Workspace?.Value);
        return new RecordCall(contract, compiled, scope, new RuleActivation(caller, request, call.Now));
    }

    private async ValueTask<RuleCaller> CallerOf(
        Caller caller, string operation, TenantScope scope, Contract contract)
    {
        if (caller is not { Kind: CallerKind.User, User: { } user, TenantRole: not null })
        {
            return new RuleCaller(
                caller.Key is { } key && caller.Kind is CallerKind.Key ? key.Value : caller.User?.Value, caller.Kind,
                Role: null, IsInside: caller.Kind is CallerKind.Key && caller.Holds(operation), [], [], []);
        }
        var facts = await members.Find(scope, user);
        var roles = caller.App is { } app && contract.Roles.Count > 0
            ? await appRoles.Find(scope, app, facts)
            : [];
        return new RuleCaller(
            user.Value, caller.Kind, facts.Role, IsInside: true, [.. facts.Workspaces.Select(w => w.Id.Value)], roles,
            // An agent acts as far as the operation that it was lent; the app's own permissions are not lent.
            caller.Lent is null ? PermissionsOf(contract, roles) : []);
    }

    private static IReadOnlyList<string> PermissionsOf(Contract contract, IReadOnlyList<string> roles) =>
        roles.Count == 0
        ? []
        : [.. contract.Roles.Where(r => roles.Contains(r.Name)).SelectMany(r => r.Permissions).Distinct()];
}
