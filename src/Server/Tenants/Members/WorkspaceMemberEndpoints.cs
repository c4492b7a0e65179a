using Castellan.Identity;
using Castellan.Kernel;

namespace Castellan.Tenants.Members;

/// <summary>Roles in one workspace, beside those in its tenant.</summary>
internal sealed class WorkspaceMemberEndpoints(
    MemberStore store, WorkspaceAdmission admission, TenantStore tenants, MemberDeparture departure, Cursors cursors)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/workspaces/{workspace}/members";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<AddMember, Member>("members.add", "POST", Route, AddMember.Bind, Add, TenantsJson.Wire.Member)
        {
            Summary = "Give a member of the tenant a role in a workspace.", Status = 201,
            Grants = [Grant.Tenant(TenantRole.Admin), Grant.Key, Grant.Operator(OperatorRole.Admin)],
            Problems = [TenantErrors.AlreadyMember, TenantErrors.LimitReached],
        },
        new Read<ListWorkspaceMembers, ListOf<Member>>(
            "workspaces.members", "GET", Route, ListWorkspaceMembers.Bind, List, TenantsJson.Wire.ListOfMember)
        {
            Summary = "List those who have a role of their own in a workspace.",
            Grants = [Grant.Tenant(TenantRole.Viewer), Grant.Key, Grants.AnyOperator],
        },
        new Write<GetWorkspaceMember, Nothing>(
            "workspaces.remove_member", "DELETE", Route + "/{member}", GetWorkspaceMember.Bind, Remove,
            TenantsJson.Wire.Nothing)
        {
            Summary = "Take a role in a workspace away; everybody may lay down his or her own.", Status = 204,
            Grants = [Grant.Tenant(TenantRole.Viewer), Grant.Key, Grant.Operator(OperatorRole.Admin)], Urgent = true,
        },
    ];

    private ValueTask<ListOf<Member>> List(Call<ListWorkspaceMembers> call) => cursors.Page(
        "workspaces.members", call.Tenant, call.Input.Page, [],
        (after, limit) => store.List(call.Tenant, after, limit, call.Aborted), member => member.Id.Value);

    private ValueTask<Member> Add(WriteCall<AddMember, Member> call) => call.Change(async change =>
    {
        var ((user, role), scope) = (call.Input, call.Tenant);
        var person = await admission.Require(change, scope, user);
        var added = person with
        {
            Id = MemberId.New(change.Now),
            WorkspaceId = scope.Workspace,
            Role = role,
            CreatedAt = change.Now,
            Version = 1,
        };
        if (!await store.Insert(change, scope, added.Membership)) throw new Refusal(TenantErrors.AlreadyMember);
        var snapshot = added.Membership.Snapshot();
        change.Audit(added.Membership.Target, Snapshot.None, snapshot);
        change.Emit("member.added", added.Membership.Target, snapshot);
        return added;
    });

    private ValueTask<Nothing> Remove(WriteCall<GetWorkspaceMember, Nothing> call) => call.Change(async change =>
    {
        await tenants.Lock(change, call.Tenant);
        var member = await store.Find(call.Tenant, call.Input.Member, change)
            ?? throw new Refusal(GateProblems.NotFound);
        call.Request.RequireMatch(member);
        var caller = call.Caller;
        if (caller.Kind is CallerKind.User && caller.TenantRole < TenantRole.Admin && member.UserId != caller.User)
            throw new Refusal(GateProblems.PermissionDenied, "Others are removed by an admin.");
        await departure.Remove(change, call.Tenant, member.Membership);
        change.Audit(member.Membership.Target, member.Membership.Snapshot(), Snapshot.None);
        return Nothing.Value;
    });
}

/// <summary>Who may be given a role in a workspace: a member of its tenant.</summary>
internal sealed class WorkspaceAdmission(
    MemberStore store, TenantStore tenants, UserStore users, TenantsOptions options)
{
    /// <summary>The member, with the locks on the user's row and the tenant's.</summary>
    public async ValueTask<Member> Require(Change change, TenantScope scope, UserId user)
    {
        // An absent user is refused as one who is no member.
        await users.TryLock(change, new EnvironmentScope(scope.Environment, scope.App), user);
        await tenants.Lock(change, scope);
        var person = await store.FindOf(scope, user, change) ?? throw new Refusal(GateProblems.NotFound,
            "No member of the tenant is this user.");
        if (await store.HasAsMany(change, scope, options.MembersMax))
            throw new Refusal(TenantErrors.LimitReached, $"A tenant may have {options.MembersMax} members.");
        return person;
    }
}
