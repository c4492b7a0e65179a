using Castellan.Access.Granting;
using Castellan.Kernel;

namespace Castellan.Access.Groups;

/// <summary>Who is in a group. Nobody puts a person where they get what the caller does not hold.</summary>
internal sealed class GroupMemberEndpoints(
    GroupStore store, AccessRevisions revisions, GroupAdmission admission, Cursors cursors)
    : IEndpoints
{
    private const string Route = GroupEndpoints.One + "/members";

    public IEnumerable<Operation> Operations() =>
    [
        new Write<AddToGroup, GroupMember>(
            "groups.members.add", "POST", Route, AddToGroup.Bind, Add, AccessJson.Wire.GroupMember)
        {
            Summary = "Put a member of the tenant into a group, where you hold all that it is granted.",
            Grants = AccessCallers.Writers, Status = 201,
            Problems = [AccessErrors.AlreadyInGroup, AccessErrors.LimitReached, AccessErrors.GrantTooHigh],
        },
        new Read<ListGroupMembers, ListOf<GroupMember>>(
            "groups.members.list", "GET", Route, ListGroupMembers.Bind, List, AccessJson.Wire.ListOfGroupMember)
        {
            Summary = "List who is in a group.", Grants = AccessCallers.Readers,
        },
        new Write<NameGroupMember, Nothing>(
            "groups.members.remove", "DELETE", Route + "/{member}", NameGroupMember.Bind, Remove,
            AccessJson.Wire.Nothing)
        {
            Summary = "Take a member out of a group.", Grants = AccessCallers.Writers, Status = 204, Urgent = true,
        },
    ];

    private ValueTask<GroupMember> Add(WriteCall<AddToGroup, GroupMember> call) => call.Change(async change =>
    {
        var (scope, group, user) = (call.Tenant, call.Input.Group, call.Input.User);
        var revising = await revisions.Begin(change, scope);
        await admission.Require(change, scope, group, user, revising);
        await store.InsertMember(change, scope, group, user, revising.Revision);
        var member = (await store.FindMember(scope, group, user, change))!;
        change.Audit(member.Target, Snapshot.None, member.Snapshot());
        change.Emit("group.member_added", member.Target, member.Snapshot());
        return member;
    });

    private async ValueTask<ListOf<GroupMember>> List(Call<ListGroupMembers> call)
    {
        var (group, page) = call.Input;
        if (await store.Find(call.Tenant, group) is null) throw new Refusal(GateProblems.NotFound);
        return await cursors.Page("groups.members.list", call.Tenant, page, [group.Value],
            (after, limit) => store.ListMembers(call.Tenant, group, after, limit, call.Aborted),
            member => member.MemberId.Value);
    }

    private ValueTask<Nothing> Remove(WriteCall<NameGroupMember, Nothing> call) => call.Change(async change =>
    {
        var (scope, group) = (call.Tenant, call.Input.Group);
        var revision = await revisions.Number(change, scope);
        var found = await store.Find(scope, group, change) ?? throw new Refusal(GateProblems.NotFound);
        var member = await store.FindMember(scope, group, call.Input.Member, change)
            ?? throw new Refusal(GateProblems.NotFound);
        call.Request.RequireMatch(found);
        await store.EndMember(change, scope, group, member.UserId, revision);
        change.Audit(member.Target, member.Snapshot(), Snapshot.None);
        change.Emit("group.member_removed", member.Target, member.Snapshot());
        return Nothing.Value;
    });
}

/// <summary>Who may be put into a group, and by whom.</summary>
internal sealed class GroupAdmission(
    GroupStore store, GrantTargets targets, GrantCeiling ceiling, AccessOptions options)
{
    public async ValueTask Require(
        Change change, TenantScope scope, GroupId group, UserId user, Revising revising)
    {
        if (await store.Find(scope, group, change) is null) throw new Refusal(GateProblems.NotFound);
        await targets.RequireMember(scope, user, change);
        if (await store.FindMember(scope, group, user, change) is not null)
            throw new Refusal(AccessErrors.AlreadyInGroup);
        if (await store.HasAsManyMembers(change, scope, group, options.GroupMembersMax))
            throw new Refusal(AccessErrors.LimitReached, $"A group may have {options.GroupMembersMax} members.");
        ceiling.Require(change, revising.Before, GrantCeiling.OfGroup(revising.Before, group, change.Now));
    }
}
