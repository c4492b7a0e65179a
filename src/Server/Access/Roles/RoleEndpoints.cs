using Castellan.Access.Granting;
using Castellan.Access.Permissions;
using Castellan.Kernel;
using Castellan.Tenants;

namespace Castellan.Access.Roles;

/// <summary>
/// Roles that a tenant makes for itself. Nobody puts into one what they do not hold all over the tenant.
/// </summary>
internal sealed class RoleEndpoints(
    RoleStore store, RoleWriting writing, AccessRevisions revisions, GrantStore grants, Cursors cursors)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/roles";
    private const string One = Route + "/{role}";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateRole, AccessRole>(
            "roles.create", "POST", Route, CreateRole.Bind, Create, AccessJson.Wire.AccessRole)
        {
            Summary = "Make a role of permissions that you hold yourself; it gives nothing until it is granted.",
            Grants = AccessCallers.Writers, Status = 201,
            Problems = [AccessErrors.NameTaken, AccessErrors.LimitReached, AccessErrors.GrantTooHigh],
        },
        new Read<ListInTenant, ListOf<AccessRole>>(
            "roles.list", "GET", Route, ListInTenant.Bind, List, AccessJson.Wire.ListOfAccessRole)
        {
            Summary = "List the roles that a tenant has made.", Grants = AccessCallers.Readers,
        },
        new Read<NameRole, AccessRole>("roles.get", "GET", One, NameRole.Bind, Get, AccessJson.Wire.AccessRole)
        {
            Summary = "Read a role.", Grants = AccessCallers.Readers,
        },
        new Write<UpdateRole, AccessRole>(
            "roles.update", "PATCH", One, UpdateRole.Bind, Update, AccessJson.Wire.AccessRole)
        {
            Summary = "Change a role's name, description or permissions; who has it follows at once.",
            Grants = AccessCallers.Writers, Problems = [AccessErrors.NameTaken, AccessErrors.GrantTooHigh],
        },
        new Write<NameRole, Nothing>("roles.delete", "DELETE", One, NameRole.Bind, Delete, AccessJson.Wire.Nothing)
        {
            Summary = "Delete a role with its grants.", Grants = AccessCallers.Writers, Status = 204,
            EndsStanding = true, Urgent = true,
        },
    ];

    private async ValueTask<AccessRole> Create(WriteCall<CreateRole, AccessRole> call)
    {
        var (app, permissions) = await writing.Resolve(call, call.Input.App, call.Input.Permissions);
        return await call.Change(async change =>
        {
            var (scope, input) = (call.Tenant, call.Input);
            var revising = await revisions.Begin(change, scope);
            var role = new AccessRole(
                RoleId.New(change.Now), scope.Tenant, input.Name, input.Description, app,
                [.. permissions.Select(p => p.Name).Order(StringComparer.Ordinal)], change.Now, change.Now, Version: 1);
            await writing.RequireRoom(change, scope);
            await writing.RequireFree(change, scope, role);
            writing.RequireHeld(change, revising, permissions);
            await store.Insert(change, scope, role, revising.Revision);
            await store.AddPermissions(change, scope, role.Id, permissions, revising.Revision);
            change.Audit(role.Target, Snapshot.None, role.Snapshot());
            change.Emit("role.created", role.Target, role.Snapshot());
            return role;
        });
    }

    private ValueTask<ListOf<AccessRole>> List(Call<ListInTenant> call) => cursors.Page(
        "roles.list", call.Tenant, call.Input.Page, [],
        (after, limit) => store.List(call.Tenant, after, limit, call.Aborted), role => role.Id.Value);

    private async ValueTask<AccessRole> Get(Call<NameRole> call) =>
        Known(call.Caller, await store.Find(call.Tenant, call.Input.Role));

    /// <summary>To a key, a role of another app's permissions is absent.</summary>
    private static AccessRole Known(Caller caller, AccessRole? role) =>
        role is not null && (AccessCallers.OnlyApp(caller) is not { } app || role.AppId is null || role.AppId == app)
            ? role
            : throw new Refusal(GateProblems.NotFound);

    private async ValueTask<AccessRole> Update(WriteCall<UpdateRole, AccessRole> call)
    {
        var (scope, input) = (call.Tenant, call.Input);
        var known = Known(call.Caller, await store.Find(scope, input.Role));
        var (app, resolved) = input.Permissions is { } names
            ? await writing.Resolve(call, known.AppId, names)
            : (known.AppId, null);
        return await call.Change(async change =>
        {
            var revising = await revisions.Begin(change, scope);
            var before = Known(call.Caller, await store.Find(scope, input.Role, change));
            call.Request.RequireMatch(before);
            var held = await store.PermissionsOf(change, scope, input.Role);
            var wanted = resolved ?? held;
            var after = before with
            {
                Name = input.Name ?? before.Name,
                Description = input.Description ?? before.Description,
                AppId = app,
                Permissions = [.. wanted.Select(p => p.Name).Order(StringComparer.Ordinal)],
                UpdatedAt = change.Now,
                Version = before.Version + 1,
            };
            await writing.RequireFree(change, scope, after);
            List<Permission> added = [.. wanted.Except(held)];
            writing.RequireHeld(change, revising, added);
            await store.Update(change, scope, after);
            await store.EndPermissions(change, scope, after.Id, held.Except(wanted), revising.Revision);
            await store.AddPermissions(change, scope, after.Id, added, revising.Revision);
            change.Audit(after.Target, before.Snapshot(), after.Snapshot());
            change.Emit("role.updated", after.Target, after.Snapshot());
            return after;
        });
    }

    private ValueTask<Nothing> Delete(WriteCall<NameRole, Nothing> call) => call.Change(async change =>
    {
        var revision = await revisions.Number(change, call.Tenant);
        var before = Known(call.Caller, await store.Find(call.Tenant, call.Input.Role, change));
        call.Request.RequireMatch(before);
        await store.End(change, call.Tenant, before.Id, revision);
        await grants.EndOfRole(change, call.Tenant, before.Id, revision);
        change.Audit(before.Target, before.Snapshot(), Snapshot.None);
        change.Emit("role.deleted", before.Target, before.Snapshot());
        return Nothing.Value;
    });
}

/// <summary>What has to be true of a role before it is written.</summary>
internal sealed class RoleWriting(
    RoleStore store, PermissionCatalogue catalogue, GrantCeiling ceiling, AccessOptions options)
{
    /// <summary>What the names mean, and the app that some of them are of; null where all are operations.</summary>
    public async ValueTask<(AppId? App, IReadOnlyList<Permission> Permissions)> Resolve<TIn>(
        Call<TIn> call, AppId? named, IReadOnlyList<string> names)
    {
        if (call.Caller.App is { } own && named is { } other && own != other) throw new Refusal(GateProblems.NotFound);
        var permissions = await catalogue.Resolve(
            call.Environment.Environment, named ?? call.Caller.App, names, "/permissions/");
        return (permissions.Select(p => p.App).FirstOrDefault(app => app is not null), permissions);
    }

    /// <summary>What a role would give, for somebody who only wants to know what that would do.</summary>
    public async ValueTask<IReadOnlyList<Permission>> Propose<TIn>(
        Call<TIn> call, RoleId id, IReadOnlyList<string> names)
    {
        var role = await store.Find(call.Tenant, id);
        if (role is null || (AccessCallers.OnlyApp(call.Caller) is { } app && role.AppId is { } other && app != other))
            throw new Refusal(GateProblems.NotFound, "The tenant has no such role.");
        return (await Resolve(call, role.AppId, names)).Permissions;
    }

    public async ValueTask RequireRoom(Change change, TenantScope scope)
    {
        if (await store.HasAsMany(change, scope, options.RolesMax))
            throw new Refusal(AccessErrors.LimitReached, $"A tenant may have {options.RolesMax} roles of its own.");
    }

    public async ValueTask RequireFree(Change change, TenantScope scope, AccessRole role)
    {
        var builtIn = Wire.TryParse<TenantRole>(role.Name.ToLowerInvariant(), out _);
        if (builtIn || await store.HasName(change, scope, role.Name, role.Id))
            throw new Refusal(AccessErrors.NameTaken, $"There is a role '{role.Name}'.");
    }

    /// <summary>Whoever has the role gets them wherever it is granted, so they are held all over the tenant.</summary>
    public void RequireHeld(Change change, Revising revising, IEnumerable<Permission> added) =>
        ceiling.Require(change, revising.Before, GrantCeiling.OfRole(added));
}
