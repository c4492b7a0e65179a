using Castellan.Kernel;

namespace Castellan.Tenants.Members;

/// <summary>
/// Members of a tenant as a whole. By id, its admins also reach the memberships of its workspaces.
/// </summary>
internal sealed class MemberEndpoints(
    MemberStore store, TenantStore tenants, MemberDeparture departure, Cursors cursors)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/members";

    private static readonly IReadOnlyList<Grant> Readers =
        [Grant.Tenant(TenantRole.Viewer), Grant.Key, Grants.AnyOperator];

    private static readonly IReadOnlyList<Grant> Admins =
        [Grant.Tenant(TenantRole.Admin), Grant.Key, Grant.Operator(OperatorRole.Admin)];

    public IEnumerable<Operation> Operations() =>
    [
        new Read<ListInTenant, ListOf<Member>>(
            "members.list", "GET", Route, ListInTenant.Bind, List, TenantsJson.Wire.ListOfMember)
        {
            Summary = "List the members of a tenant, without those who are of one of its workspaces only.",
            Grants = Readers,
        },
        new Read<GetMember, Member>(
            "members.get", "GET", Route + "/{member}", GetMember.Bind, Get, TenantsJson.Wire.Member)
        {
            Summary = "Read a member.", Grants = Readers,
        },
        new Write<UpdateMember, Member>(
            "members.update", "PATCH", Route + "/{member}", UpdateMember.Bind, Update, TenantsJson.Wire.Member)
        {
            Summary = "Change a member's role, to at most your own.", Grants = Admins,
            Problems = [TenantErrors.LastOwner, TenantErrors.RoleTooHigh],
        },
        new Write<GetMember, Nothing>(
            "members.remove", "DELETE", Route + "/{member}", GetMember.Bind, Remove, TenantsJson.Wire.Nothing)
        {
            Summary = "Remove a member, also from the tenant's workspaces.", Grants = Admins, Status = 204,
            Problems = [TenantErrors.LastOwner, TenantErrors.RoleTooHigh], Urgent = true,
        },
        new Write<InTenant, Nothing>(
            "members.leave", "POST", "/v1/tenants/{tenant}/leave", InTenant.Bind, Leave, TenantsJson.Wire.Nothing)
        {
            Summary = "Leave a tenant.", Grants = [Grant.Tenant(TenantRole.Viewer)], Status = 204,
            AllowedWhenFrozen = true, EndsStanding = true, Problems = [TenantErrors.LastOwner],
        },
    ];

    private ValueTask<ListOf<Member>> List(Call<ListInTenant> call) => cursors.Page(
        "members.list", call.Tenant, call.Input.Page, [],
        (after, limit) => store.List(call.Tenant, after, limit, call.Aborted), member => member.Id.Value);

    private async ValueTask<Member> Get(Call<GetMember> call) =>
        await store.Find(call.Tenant, call.Input.Member, ct: call.Aborted) ?? throw new Refusal(GateProblems.NotFound);

    private ValueTask<Member> Update(WriteCall<UpdateMember, Member> call) => call.Change(async change =>
    {
        var (scope, role) = (call.Tenant, call.Input.Role);
        await tenants.Lock(change, scope);
        var before = await store.Find(scope, call.Input.Member, change) ?? throw new Refusal(GateProblems.NotFound);
        call.Request.RequireMatch(before);
        RoleCeiling.Require(call.Caller, before.Role);
        RoleCeiling.Require(call.Caller, role);
        if (role is TenantRole.Owner && before.WorkspaceId is not null)
            throw new Refusal(TenantErrors.RoleTooHigh, WorkspaceRole.Detail);
        if (role is not TenantRole.Owner) await departure.RequireOwnerBeside(change, scope, before.Membership);
        var after = before with { Role = role, Version = before.Version + 1 };
        await store.UpdateRole(change, scope, after.Membership);
        var snapshot = after.Membership.Snapshot();
        change.Audit(after.Membership.Target, before.Membership.Snapshot(), snapshot);
        change.Emit("member.role_changed", after.Membership.Target, snapshot);
        return after;
    });

    private ValueTask<Nothing> Remove(WriteCall<GetMember, Nothing> call) => call.Change(async change =>
    {
        await tenants.Lock(change, call.Tenant);
        var member = await store.Find(call.Tenant, call.Input.Member, change)
            ?? throw new Refusal(GateProblems.NotFound);
        call.Request.RequireMatch(member);
        RoleCeiling.Require(call.Caller, member.Role);
        return await Depart(change, call.Tenant, member);
    });

    private ValueTask<Nothing> Leave(WriteCall<InTenant, Nothing> call) => call.Change(async change =>
    {
        await tenants.Lock(change, call.Tenant);
        var member = await store.FindOf(call.Tenant, call.User, change) ?? throw new Refusal(GateProblems.NotFound);
        call.Request.RequireMatch(member);
        return await Depart(change, call.Tenant, member);
    });

    private async ValueTask<Nothing> Depart(Change change, TenantScope scope, Member member)
    {
        await departure.Remove(change, scope, member.Membership);
        change.Audit(member.Membership.Target, member.Membership.Snapshot(), Snapshot.None);
        return Nothing.Value;
    }
}
