using Castellan.Identity;
using Castellan.Kernel;
using Castellan.Tenants.Installations;
using Castellan.Tenants.Members;

namespace Castellan.Tenants;

/// <summary>
/// Tenants: made through an app, shared by every app that is installed for them, deleted with a grace.
/// </summary>
internal sealed class TenantEndpoints(
    TenantStore store, TenantStanding standing, TenantFounding founding, Cursors cursors, TenantsOptions options)
    : IEndpoints
{
    /// <summary>The one operation that a deleted tenant still has.</summary>
    public const string Restore = "tenants.restore";

    private const string Route = "/v1/tenants/{tenant}";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateTenant, Tenant>(
            "tenants.create", "POST", "/v1/tenants", CreateTenant.Bind, Create, TenantsJson.Wire.Tenant)
        {
            Summary = "Create a tenant; the user who does becomes its owner, and the app is installed for it.",
            Grants = [Grant.User, Grant.Key, Grant.Operator(OperatorRole.Admin)], Status = 201,
            Problems = [TenantErrors.SlugTaken, TenantErrors.LimitReached],
        },
        new Read<ListTenants, ListOf<Tenant>>(
            "tenants.list", "GET", "/v1/tenants", ListTenants.Bind, List, TenantsJson.Wire.ListOfTenant)
        {
            Summary = "List tenants: a user's own, those that a key's app is installed for, or all for an operator.",
            Grants = [Grant.User, Grant.Key, Grants.AnyOperator],
        },
        new Read<InTenant, Tenant>("tenants.get", "GET", Route, InTenant.Bind, Get, TenantsJson.Wire.Tenant)
        {
            Summary = "Read a tenant.", Grants = [Grant.Tenant(TenantRole.Viewer), Grant.Key, Grants.AnyOperator],
        },
        new Write<UpdateTenant, Tenant>(
            "tenants.update", "PATCH", Route, UpdateTenant.Bind, Update, TenantsJson.Wire.Tenant)
        {
            Summary = "Change a tenant's name or slug.", Problems = [TenantErrors.SlugTaken],
            Grants = [Grant.Tenant(TenantRole.Admin), Grant.Key, Grant.Operator(OperatorRole.Admin)],
        },
        new Write<InTenant, Tenant>("tenants.delete", "DELETE", Route, InTenant.Bind, Delete, TenantsJson.Wire.Tenant)
        {
            Summary = "Delete a tenant; it can be restored until its grace ends, and is erased then.",
            EndsStanding = true,
            Grants = [Grant.Tenant(TenantRole.Owner), Grant.Key, Grant.Operator(OperatorRole.Admin)],
        },
        new Write<InTenant, Tenant>(
            Restore, "POST", Route + "/restore", InTenant.Bind, RestoreDeleted, TenantsJson.Wire.Tenant)
        {
            Summary = "Restore a deleted tenant within its grace.", Problems = [TenantErrors.NotDeleted],
            NeverForbidden = true,
            Grants = [Grant.Tenant(TenantRole.Owner), Grant.Key, Grant.Operator(OperatorRole.Admin)],
        },
    ];

    private async ValueTask<Tenant> Create(WriteCall<CreateTenant, Tenant> call)
    {
        var input = call.Input;
        if (call.Caller.User is not null && input.Owner is not null)
            throw new Refusal(GateProblems.InputInvalid.With() with
            {
                Errors = [new FieldProblem("/owner_user_id", "not_for_users",
                    "'owner_user_id' is for secret keys and operators.", "Leave it out: you become the owner.")],
            });
        var owner = call.Caller.User ?? input.Owner;
        var slug = input.Slug ?? Slug.From(input.Name);
        var another = input.Slug is null ? Slug.Beside(slug) : null;
        return await call.Change(async change =>
        {
            var (now, scope) = (change.Now, call.Environment);
            // A key names whom its app has met, and nobody else: other apps' people are not its to choose.
            if (owner is { } named) await founding.Lock(change, scope, named, call.Caller.Kind is CallerKind.Key);
            var tenant = new Tenant(TenantId.New(now), input.Name, slug, null, now, now, null, Version: 1);
            if (!await store.Insert(change, scope, tenant))
            {
                if (another is null) throw new Refusal(TenantErrors.SlugTaken, $"'{slug}' is taken.");
                tenant = tenant with { Slug = another };
                if (!await store.Insert(change, scope, tenant)) throw new Refusal(TenantErrors.SlugTaken);
            }
            var snapshot = tenant.Snapshot();
            change.Audit(tenant.Target, Snapshot.None, snapshot, tenant: tenant.Id);
            change.Emit("tenant.created", tenant.Target, snapshot, tenant.Id);
            await founding.Furnish(change, scope, tenant, owner);
            return call.Caller.User is null ? tenant : tenant with { Role = TenantRole.Owner };
        });
    }

    private ValueTask<ListOf<Tenant>> List(Call<ListTenants> call)
    {
        var (page, state) = call.Input;
        var user = call.Caller.User;
        return cursors.Page<Tenant>("tenants.list", call.Environment, page, [user?.Value, Wire.Name(state)],
            async (after, limit) =>
            {
                var tenants = await store.List(call.Environment, user, state, after, limit, call.Aborted);
                return [.. tenants.Select(tenant => tenant.SeenBy(call.Caller))];
            },
            tenant => tenant.Id.Value);
    }

    private async ValueTask<Tenant> Get(Call<InTenant> call) =>
        await store.Find(call.Tenant, call.Aborted) is { } tenant
            ? tenant.SeenBy(call.Caller) with { Role = call.Caller.TenantRole }
            : throw new Refusal(GateProblems.NotFound);

    private ValueTask<Tenant> Update(WriteCall<UpdateTenant, Tenant> call) => call.Change(async change =>
    {
        var before = await store.Lock(change, call.Tenant);
        call.Request.RequireMatch(before);
        var after = before with { Name = call.Input.Name ?? before.Name, Slug = call.Input.Slug ?? before.Slug };
        return await Save(change, call, "tenant.updated", before, after);
    });

    private ValueTask<Tenant> Delete(WriteCall<InTenant, Tenant> call) => call.Change(async change =>
    {
        var before = await store.Lock(change, call.Tenant);
        call.Request.RequireMatch(before);
        return await Save(change, call, "tenant.deleted", before, before with { DeletedAt = change.Now });
    });

    private ValueTask<Tenant> RestoreDeleted(WriteCall<InTenant, Tenant> call) => call.Change(async change =>
    {
        var before = await store.Lock(change, call.Tenant, deletedToo: true);
        call.Request.RequireMatch(before);
        if (before.DeletedAt is not { } deletedAt)
        {
            // Of a suspended tenant only operators hear here.
            throw before.Stop is null
                ? new Refusal(TenantErrors.NotDeleted, "The tenant is active.")
                : new Refusal(TenantErrors.NotDeleted, "The tenant is suspended, and not deleted.",
                    "An operator ends that with tenants.reinstate.");
        }
        // What only waits for the worker is gone already.
        if (deletedAt + options.Grace <= change.Now) throw new Refusal(GateProblems.NotFound);
        return await Save(change, call, "tenant.restored", before, before with { DeletedAt = null });
    });

    private async ValueTask<Tenant> Save<TIn>(
        Change change, Call<TIn> call, string fact, Tenant before, Tenant changed)
    {
        var after = changed with { UpdatedAt = change.Now, Version = before.Version + 1 };
        await store.Update(change, call.Tenant, after);
        if (after.DeletedAt != before.DeletedAt) standing.Forget(change, after.Id);
        var snapshot = after.Snapshot();
        change.Audit(after.Target, before.Snapshot(), snapshot);
        change.Emit(fact, after.Target, snapshot);
        return after with { Role = call.Caller.TenantRole };
    }
}

/// <summary>What a new tenant starts with: its owner, and the app that it was made through.</summary>
internal sealed class TenantFounding(
    MemberStore members, InstallationStore installations, UserStore users, TenantsOptions options)
{
    /// <summary>
    /// Locks the owner's row before any tenant is there, so that an owner who is being deleted is none.
    /// </summary>
    public async ValueTask Lock(Change change, EnvironmentScope scope, UserId owner, bool onlyMet)
    {
        if (await users.TryLock(change, scope, owner) is null) throw UnknownOwner();
        if (onlyMet && scope.App is { } app && !await users.HasMet(scope, owner, app, change)) throw UnknownOwner();
    }

    public async ValueTask Furnish(Change change, EnvironmentScope scope, Tenant tenant, UserId? owner)
    {
        var within = new TenantScope(scope.Environment, tenant.Id, null, scope.App);
        if (scope.App is { } app)
        {
            var installed = new AppInstallation(tenant.Id, app, null, change.Now);
            await installations.Insert(change, within, installed);
            change.Emit("tenant.installed", installed.Target, installed.Snapshot(), tenant.Id);
        }
        if (owner is not { } user) return;
        if (await members.OwnsAsMany(change, scope, user, options.OwnedMax))
            throw new Refusal(TenantErrors.LimitReached, $"A user may own {options.OwnedMax} tenants.");
        var membership = new Membership(
            MemberId.New(change.Now), tenant.Id, null, user, TenantRole.Owner, change.Now, Version: 1);
        await members.Insert(change, within, membership);
        change.Emit("member.added", membership.Target, membership.Snapshot(), tenant.Id);
    }

    private static Refusal UnknownOwner() => new(GateProblems.InputInvalid.With() with
    {
        Errors = [new FieldProblem("/owner_user_id", "unknown_user", "There is no such user.",
            "Send the id of a user of this environment; a key may name those who use its app.")],
    });
}
