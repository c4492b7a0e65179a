using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Tenants;

namespace Castellan.Access.Policies;

/// <summary>Policies of a tenant: tried first, then enforced. None of them can be forbidden by another.</summary>
internal sealed class PolicyEndpoints(
    PolicyStore store, PolicyHitStore hits, PolicyWriting writing, AccessRevisions revisions, Cursors cursors)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/policies";
    private const string One = Route + "/{policy}";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreatePolicy, AccessPolicy>(
            "policies.create", "POST", Route, CreatePolicy.Bind, Create, AccessJson.Wire.AccessPolicy)
        {
            Summary = "Make a policy that forbids something, at first in the mode shadow, which only counts.",
            Grants = AccessCallers.Writers, Status = 201, NeverForbidden = true,
            Problems = [AccessErrors.NameTaken, AccessErrors.LimitReached],
        },
        new Read<ListInTenant, ListOf<AccessPolicy>>(
            "policies.list", "GET", Route, ListInTenant.Bind, List, AccessJson.Wire.ListOfAccessPolicy)
        {
            Summary = "List a tenant's policies.", Grants = AccessCallers.Readers, NeverForbidden = true,
        },
        new Read<NamePolicy, AccessPolicy>(
            "policies.get", "GET", One, NamePolicy.Bind, Get, AccessJson.Wire.AccessPolicy)
        {
            Summary = "Read a policy.", Grants = AccessCallers.Readers, NeverForbidden = true,
        },
        new Read<ListPolicyHits, ListOf<PolicyHits>>(
            "policies.hits", "GET", One + "/hits", ListPolicyHits.Bind, ListHits, AccessJson.Wire.ListOfPolicyHits)
        {
            Summary = "List how often a policy was met, by day, mode, permission and whom. A minute late at most.",
            Grants = AccessCallers.Readers, NeverForbidden = true,
        },
        new Write<UpdatePolicy, AccessPolicy>(
            "policies.update", "PATCH", One, UpdatePolicy.Bind, Update, AccessJson.Wire.AccessPolicy)
        {
            Summary = "Change a policy, such as its mode; it holds from the next call on.",
            Grants = AccessCallers.Writers, NeverForbidden = true, Problems = [AccessErrors.NameTaken],
        },
        new Write<NamePolicy, Nothing>(
            "policies.delete", "DELETE", One, NamePolicy.Bind, Delete, AccessJson.Wire.Nothing)
        {
            Summary = "Delete a policy.", Grants = AccessCallers.Writers, Status = 204, NeverForbidden = true,
            EndsStanding = true,
        },
    ];

    private async ValueTask<AccessPolicy> Create(WriteCall<CreatePolicy, AccessPolicy> call)
    {
        var wanted = await writing.Prepare(call, call.Input);
        return await call.Change(async change =>
        {
            var revision = await revisions.Number(change, call.Tenant);
            await writing.RequireRoom(change, call.Tenant, revision);
            var policy = wanted with
            {
                Id = PolicyId.New(change.Now),
                CreatedAt = change.Now,
                UpdatedAt = change.Now,
                SinceRevision = revision,
            };
            await writing.RequireFree(change, call.Tenant, policy, beside: null);
            await store.Insert(change, call.Tenant, policy);
            change.Audit(policy.Target, Snapshot.None, policy.Snapshot());
            change.Emit("policy.created", policy.Target, policy.Snapshot());
            return policy;
        });
    }

    private ValueTask<ListOf<AccessPolicy>> List(Call<ListInTenant> call) => cursors.Page(
        "policies.list", call.Tenant, call.Input.Page, [],
        (after, limit) => store.List(
            call.Tenant, AccessCallers.OnlyApp(call.Caller), after, limit, call.Aborted),
        policy => policy.Id.Value);

    private ValueTask<AccessPolicy> Get(Call<NamePolicy> call) => Find(call, call.Input.Policy);

    private async ValueTask<ListOf<PolicyHits>> ListHits(Call<ListPolicyHits> call)
    {
        var policy = await Find(call, call.Input.Policy);
        return await cursors.Page(
            "policies.hits", call.Tenant, call.Input.Page, [policy.Id.Value],
            (after, limit) => hits.List(call.Tenant, policy.Id, after, limit, call.Aborted), PolicyHitStore.Place);
    }

    private async ValueTask<AccessPolicy> Update(WriteCall<UpdatePolicy, AccessPolicy> call)
    {
        var (scope, input) = (call.Tenant, call.Input);
        var forbidden = await writing.Prepare(call, await Find(call, input.Policy), input);
        return await call.Change(async change =>
        {
            var revision = await revisions.Number(change, scope);
            var before = await Find(call, input.Policy, change);
            RequireOwn(call.Caller, before);
            call.Request.RequireMatch(before);
            var after = before with
            {
                Name = input.Name ?? before.Name,
                Description = input.Description ?? before.Description,
                Mode = input.Mode ?? before.Mode,
                Forbidden = forbidden ?? before.Forbidden,
                Permissions = forbidden is null ? before.Permissions : PolicyWriting.Names(forbidden),
                Condition = input.HasCondition ? input.Condition : before.Condition,
                Message = input.HasMessage ? input.Message : before.Message,
                UpdatedAt = change.Now,
                Version = before.Version + 1,
                SinceRevision = revision,
            };
            await writing.RequireFree(change, scope, after, beside: after.Id);
            await store.End(change, scope, after.Id, revision);
            await store.Insert(change, scope, after);
            change.Audit(after.Target, before.Snapshot(), after.Snapshot());
            change.Emit("policy.updated", after.Target, after.Snapshot());
            return after;
        });
    }

    private ValueTask<Nothing> Delete(WriteCall<NamePolicy, Nothing> call) => call.Change(async change =>
    {
        var revision = await revisions.Number(change, call.Tenant);
        var before = await Find(call, call.Input.Policy, change);
        RequireOwn(call.Caller, before);
        call.Request.RequireMatch(before);
        await store.End(change, call.Tenant, before.Id, revision);
        change.Audit(before.Target, before.Snapshot(), Snapshot.None);
        change.Emit("policy.deleted", before.Target, before.Snapshot());
        return Nothing.Value;
    });

    /// <summary>A key speaks for its app: what is for all apps it sees and does not touch.</summary>
    private static void RequireOwn(Caller caller, AccessPolicy policy)
    {
        if (AccessCallers.OnlyApp(caller) is { } app && policy.AppId != app)
            throw new Refusal(GateProblems.PermissionDenied, "The policy is for all apps; a key keeps its own.");
    }

    /// <summary>To a key, a policy for another app is absent.</summary>
    private async ValueTask<AccessPolicy> Find<TIn>(
        Call<TIn> call, PolicyId id, IReads? within = null) =>
        await store.Find(call.Tenant, id, AccessCallers.OnlyApp(call.Caller), within)
            ?? throw new Refusal(GateProblems.NotFound);
}

/// <summary>What has to be true of a policy before it is written.</summary>
internal sealed class PolicyWriting(
    PolicyStore store, PermissionCatalogue catalogue, GrantTargets targets, AccessOptions options)
{
    /// <summary>All that needs no lock; id, times and revision are the Change's to give.</summary>
    /// <param name="call">Who asks.</param>
    /// <param name="input">What is proposed.</param>
    /// <param name="at">Where it stands in the body.</param>
    public async ValueTask<AccessPolicy> Prepare<TIn>(Call<TIn> call, CreatePolicy input, string at = "")
    {
        RequireGood(input.Condition, at);
        if (call.Caller.App is { } own && input.Resource.App is { } other && own != other)
            throw new Refusal(GateProblems.NotFound);
        await targets.RequireWorkspace(call.Tenant, input.Resource.Workspace);
        // A key speaks for its app, and forbids nothing in others.
        var app = call.Caller.Kind is CallerKind.Key ? call.Caller.App : input.Resource.App;
        var forbidden = await catalogue.ResolveForbidden(
            call.Environment.Environment, app ?? call.Caller.App, input.Permissions, $"{at}/permissions/");
        RequireOfData(input.Resource.Collection, forbidden, at);
        // A permission of an app means something in that app alone.
        app ??= forbidden.Select(permission => permission.App).FirstOrDefault(of => of is not null);
        return new AccessPolicy(
            PolicyId.New(call.Now), call.Tenant.Tenant, input.Name, input.Description, input.Mode, Names(forbidden),
            app, input.Resource.Workspace, input.Resource.Collection, input.Condition,
            input.Message, call.Caller.Principal, call.Now, call.Now, Version: 1, SinceRevision: 0)
        {
            Forbidden = forbidden.ToHashSet(),
        };
    }

    /// <summary>What the patched one forbids; null where that stays.</summary>
    public async ValueTask<IReadOnlySet<Permission>?> Prepare<TIn>(
        Call<TIn> call, AccessPolicy before, UpdatePolicy input)
    {
        RequireGood(input.Condition, "");
        if (input.Permissions is not { } names) return null;
        var forbidden = await catalogue.ResolveForbidden(
            call.Environment.Environment, before.AppId, names, "/permissions/");
        RequireOfData(before.Collection, forbidden, "");
        return forbidden.ToHashSet();
    }

    public async ValueTask RequireRoom(Change change, TenantScope scope, long revision)
    {
        if ((await PolicyStore.ListAt(scope.Tenant, revision, change)).Count >= options.PoliciesMax)
            throw new Refusal(AccessErrors.LimitReached, $"A tenant may have {options.PoliciesMax} policies.");
    }

    public async ValueTask RequireFree(Change change, TenantScope scope, AccessPolicy policy, PolicyId? beside)
    {
        if (await store.HasName(change, scope, policy.Name, beside))
            throw new Refusal(AccessErrors.NameTaken, $"There is a policy '{policy.Name}'.");
    }

    public static IReadOnlyList<string> Names(IEnumerable<Permission> permissions) =>
        [.. permissions.Select(permission => permission.Name).Order(StringComparer.Ordinal)];

    /// <summary>Only what is about data is narrowed to a collection: else it would never be met.</summary>
    private void RequireOfData(string? collection, IReadOnlyList<Permission> forbidden, string at)
    {
        if (collection is null || forbidden.FirstOrDefault(catalogue.IsBesideData) is not { Name: { } name }) return;
        throw new Refusal(GateProblems.InputInvalid.With() with
        {
            Errors = [new FieldProblem($"{at}/collection", "not_of_apps", $"{name} is not about records.",
                "Leave it out, or name operations on records and permissions of an app's contract.")],
        });
    }

    private static void RequireGood(string? condition, string at)
    {
        if (condition is null) return;
        List<FieldProblem> problems = [.. GrantConditions.Check(condition, $"{at}/condition")];
        if (problems.Count > 0) throw new Refusal(GateProblems.InputInvalid.With() with { Errors = problems });
    }
}
