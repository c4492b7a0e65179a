using Castellan.Kernel;

namespace Castellan.Tenants.Workspaces;

/// <summary>
/// Workspaces of a tenant. Its owners and admins rule them all; a role in one adds to the role in the tenant.
/// </summary>
internal sealed class WorkspaceEndpoints(
    WorkspaceStore store, TenantStore tenants, WorkspaceRoom room, TenantStanding standing,
    IEnumerable<ITenantData> data, Cursors cursors)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/workspaces";
    private const string One = Route + "/{workspace}";

    private static readonly IReadOnlyList<Grant> Readers =
        [Grant.Tenant(TenantRole.Viewer), Grant.Key, Grants.AnyOperator];

    private static readonly IReadOnlyList<Grant> Admins =
        [Grant.Tenant(TenantRole.Admin), Grant.Key, Grant.Operator(OperatorRole.Admin)];

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateWorkspace, Workspace>(
            "workspaces.create", "POST", Route, CreateWorkspace.Bind, Create, TenantsJson.Wire.Workspace)
        {
            Summary = "Create a workspace.", Grants = Admins, Status = 201, Problems = [TenantErrors.LimitReached],
        },
        new Read<ListInTenant, ListOf<Workspace>>(
            "workspaces.list", "GET", Route, ListInTenant.Bind, List, TenantsJson.Wire.ListOfWorkspace)
        {
            Summary = "List a tenant's workspaces.", Grants = Readers,
        },
        new Read<InWorkspace, Workspace>(
            "workspaces.get", "GET", One, InWorkspace.Bind, Get, TenantsJson.Wire.Workspace)
        {
            Summary = "Read a workspace.", Grants = Readers,
        },
        new Write<UpdateWorkspace, Workspace>(
            "workspaces.update", "PATCH", One, UpdateWorkspace.Bind, Update, TenantsJson.Wire.Workspace)
        {
            Summary = "Rename a workspace.", Grants = Admins,
        },
        new Write<InWorkspace, Nothing>(
            "workspaces.delete", "DELETE", One, InWorkspace.Bind, Delete, TenantsJson.Wire.Nothing)
        {
            Summary = "Delete an empty workspace with its memberships and invitations, at once and for good.",
            Grants = Admins, Status = 204, EndsStanding = true, Problems = [TenantErrors.WorkspaceInUse],
        },
        new Read<ListMyWorkspaces, ListOf<Workspace>>(
            "workspaces.mine", "GET", "/v1/me/workspaces", ListMyWorkspaces.Bind, ListMine,
            TenantsJson.Wire.ListOfWorkspace)
        {
            Summary = "List the workspaces where I have a role of my own, also in tenants whose member I am not.",
            Grants = [Grant.User],
        },
    ];

    private async ValueTask<Workspace> Create(WriteCall<CreateWorkspace, Workspace> call)
    {
        var scope = call.Tenant;
        await room.Take(scope);
        return await call.Change(async change =>
        {
            var workspace = new Workspace(
                WorkspaceId.New(change.Now), scope.Tenant, call.Input.Name, change.Now, change.Now, Version: 1);
            await store.Insert(change, scope, workspace);
            var snapshot = workspace.Snapshot();
            change.Audit(workspace.Target, Snapshot.None, snapshot);
            change.Emit("workspace.created", workspace.Target, snapshot);
            return workspace;
        });
    }

    private ValueTask<ListOf<Workspace>> List(Call<ListInTenant> call) => cursors.Page(
        "workspaces.list", call.Tenant, call.Input.Page, [],
        (after, limit) => store.List(call.Tenant, after, limit, call.Aborted), workspace => workspace.Id.Value);

    private ValueTask<ListOf<Workspace>> ListMine(Call<ListMyWorkspaces> call) => cursors.Page(
        "workspaces.mine", call.Environment, call.Input.Page, [call.User.Value],
        (after, limit) => store.ListOf(call.Environment, call.User, after, limit, call.Aborted),
        workspace => workspace.Id.Value);

    private async ValueTask<Workspace> Get(Call<InWorkspace> call) =>
        await store.Find(call.Tenant, call.Aborted) ?? throw new Refusal(GateProblems.NotFound);

    private ValueTask<Workspace> Update(WriteCall<UpdateWorkspace, Workspace> call) => call.Change(async change =>
    {
        var before = await store.Lock(change, call.Tenant);
        call.Request.RequireMatch(before);
        var after = before with
        {
            Name = call.Input.Name ?? before.Name,
            UpdatedAt = change.Now,
            Version = before.Version + 1,
        };
        await store.Update(change, call.Tenant, after);
        change.Audit(after.Target, before.Snapshot(), after.Snapshot());
        change.Emit("workspace.updated", after.Target, after.Snapshot());
        return after;
    });

    private ValueTask<Nothing> Delete(WriteCall<InWorkspace, Nothing> call) => call.Change(async change =>
    {
        await tenants.Lock(change, call.Tenant);
        var before = await store.Lock(change, call.Tenant);
        call.Request.RequireMatch(before);
        foreach (var kept in data)
        {
            if (await kept.FindInWorkspace(change, call.Tenant) is { } what)
                throw new Refusal(TenantErrors.WorkspaceInUse, $"There are {what} in it.");
        }
        foreach (var kept in data) await kept.CloseWorkspace(change, call.Tenant);
        await store.Delete(change, call.Tenant, before);
        standing.Forget(change, before.TenantId);
        change.Evict(() => room.Forget(before.TenantId));
        change.Audit(before.Target, before.Snapshot(), Snapshot.None);
        change.Emit("workspace.deleted", before.Target, before.Snapshot());
        return Nothing.Value;
    });
}
