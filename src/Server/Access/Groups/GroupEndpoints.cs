using Castellan.Access.Granting;
using Castellan.Kernel;
using Castellan.Tenants;

namespace Castellan.Access.Groups;

/// <summary>Groups of a tenant's members.</summary>
internal sealed class GroupEndpoints(
    GroupStore store, AccessRevisions revisions, GrantStore grants, AccessOptions options, Cursors cursors)
    : IEndpoints
{
    public const string One = Route + "/{group}";
    private const string Route = "/v1/tenants/{tenant}/groups";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateGroup, AccessGroup>(
            "groups.create", "POST", Route, CreateGroup.Bind, Create, AccessJson.Wire.AccessGroup)
        {
            Summary = "Make a group, with nobody in it.", Grants = AccessCallers.Writers, Status = 201,
            Problems = [AccessErrors.NameTaken, AccessErrors.LimitReached],
        },
        new Read<ListInTenant, ListOf<AccessGroup>>(
            "groups.list", "GET", Route, ListInTenant.Bind, List, AccessJson.Wire.ListOfAccessGroup)
        {
            Summary = "List a tenant's groups.", Grants = AccessCallers.Readers,
        },
        new Read<NameGroup, AccessGroup>("groups.get", "GET", One, NameGroup.Bind, Get, AccessJson.Wire.AccessGroup)
        {
            Summary = "Read a group.", Grants = AccessCallers.Readers,
        },
        new Write<NameGroup, Nothing>("groups.delete", "DELETE", One, NameGroup.Bind, Delete, AccessJson.Wire.Nothing)
        {
            Summary = "Delete a group with its grants; its members stay members of the tenant.",
            Grants = AccessCallers.Writers, Status = 204, EndsStanding = true, Urgent = true,
        },
    ];

    private ValueTask<AccessGroup> Create(WriteCall<CreateGroup, AccessGroup> call) => call.Change(async change =>
    {
        var (scope, input) = (call.Tenant, call.Input);
        var revision = await revisions.Number(change, scope);
        if (await store.HasAsMany(change, scope, options.GroupsMax))
            throw new Refusal(AccessErrors.LimitReached, $"A tenant may have {options.GroupsMax} groups.");
        if (await store.HasName(change, scope, input.Name))
            throw new Refusal(AccessErrors.NameTaken, $"There is a group '{input.Name}'.");
        var group = new AccessGroup(
            GroupId.New(change.Now), scope.Tenant, input.Name, input.Description, change.Now, Version: 1);
        await store.Insert(change, scope, group, revision);
        change.Audit(group.Target, Snapshot.None, group.Snapshot());
        change.Emit("group.created", group.Target, group.Snapshot());
        return group;
    });

    private ValueTask<ListOf<AccessGroup>> List(Call<ListInTenant> call) => cursors.Page(
        "groups.list", call.Tenant, call.Input.Page, [],
        (after, limit) => store.List(call.Tenant, after, limit, call.Aborted), group => group.Id.Value);

    private async ValueTask<AccessGroup> Get(Call<NameGroup> call) =>
        await store.Find(call.Tenant, call.Input.Group) ?? throw new Refusal(GateProblems.NotFound);

    private ValueTask<Nothing> Delete(WriteCall<NameGroup, Nothing> call) => call.Change(async change =>
    {
        var revision = await revisions.Number(change, call.Tenant);
        var before = await store.Find(call.Tenant, call.Input.Group, change)
            ?? throw new Refusal(GateProblems.NotFound);
        call.Request.RequireMatch(before);
        await store.End(change, call.Tenant, before.Id, revision);
        await grants.EndOfGroup(change, call.Tenant, before.Id, revision);
        change.Audit(before.Target, before.Snapshot(), Snapshot.None);
        change.Emit("group.deleted", before.Target, before.Snapshot());
        return Nothing.Value;
    });
}
