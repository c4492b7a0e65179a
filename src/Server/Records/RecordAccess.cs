using Castellan.Access.Granting;
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
    public RecordCall At(string collection) => this with
    {
        Collection = Contract.Collections[collection],
        Activation = Activation.At(collection),
    };
}

/// <summary>Makes the <see cref="RecordCall"/> of a call.</summary>
internal sealed class RecordAccess(MemberDirectory members, AppRoleDirectory appRoles, AppGrants grants)
{
    /// <param name="call">The call.</param>
    /// <param name="collection">As its path names it.</param>
    /// <param name="onlyAsks">True where nothing is done, so that nobody has met a policy.</param>
    public async ValueTask<RecordCall> Enter<TIn>(Call<TIn> call, string collection, bool onlyAsks = false)
    {
        var contract = call.Found<ContractInForce>();
        if (!contract.Collections.TryGetValue(collection, out var compiled)) throw new Refusal(GateProblems.NotFound);
        var scope = call.Tenant;
        var caller = await CallerOf(call.Caller, call.Operation, scope, contract.Contract);
        // The app's own permissions are not lent to agents.
        if (call.Caller.Lent is null && contract.Contract.Permissions.Count > 0
            && await grants.Find(call) is { } granted)
        {
            caller = WithGrants(caller, granted, compiled.Collection, scope, call.Request.Path("record"), onlyAsks);
        }
        var request = new RuleRequest(call.Operation, scope.Workspace?.Value);
        return new RecordCall(contract, compiled, scope, new RuleActivation(caller, request, call.Now));
    }

    private async ValueTask<RuleCaller> CallerOf(
        Caller caller, string operation, TenantScope scope, Contract contract)
    {
        if (caller is not { Kind: CallerKind.User, User: { } user, TenantRole: not null })
        {
            return new RuleCaller(
                Id(caller), caller.Kind, Role: null,
                IsInside: caller.Kind is CallerKind.Key or CallerKind.Agent && caller.Holds(operation), [], [], []);
        }
        var facts = await members.Find(scope, user);
        var roles = caller.App is { } app && contract.Roles.Count > 0
            ? await appRoles.Find(scope, app, facts)
            : [];
        return new RuleCaller(
            user.Value, caller.Kind, facts.Role, IsInside: true, [.. facts.Workspaces.Select(w => w.Id.Value)], roles,
            caller.Lent is null ? PermissionsOf(contract, roles) : []);
    }

    private static string? Id(Caller caller) => caller.Kind switch
    {
        CallerKind.Key => caller.Key?.Value,
        CallerKind.Agent => caller.Agent?.Value,
        _ => caller.User?.Value,
    };

    /// <summary>
    /// Adds what is granted here, and takes what is forbidden. Along a reference counts what is granted on the other
    /// collection as a whole: what is for one workspace or record says nothing of records that the call does not name.
    /// </summary>
    private static RuleCaller WithGrants(
        RuleCaller caller, GrantedHere granted, Collection collection, TenantScope scope, string? record,
        bool onlyAsks)
    {
        var workspace = collection.Workspaces is WorkspaceUse.None ? null : scope.Workspace;
        RecordId? named = RecordId.TryParse(record, out var id) ? id : null;
        return Before(collection.Name, workspace, named);

        RuleCaller Before(string name, WorkspaceId? within, RecordId? one)
        {
            var here = granted.On(caller.Permissions, name, within, one);
            return caller with
            {
                Permissions = here.Names,
                WhenAsked = onlyAsks ? null : here.Note,
                Elsewhere = other => Before(other, null, null),
            };
        }
    }

    private static IReadOnlyList<string> PermissionsOf(Contract contract, IReadOnlyList<string> roles) =>
        roles.Count == 0
        ? []
        : [.. contract.Roles.Where(r => roles.Contains(r.Name)).SelectMany(r => r.Permissions).Distinct()];
}
