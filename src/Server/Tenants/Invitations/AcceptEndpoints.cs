using Castellan.Identity;
using Castellan.Kernel;
using Castellan.Tenants.Members;

namespace Castellan.Tenants.Invitations;

/// <summary>Invitations as the invited see them.</summary>
internal sealed class AcceptEndpoints(
    InvitationStore store, InvitationAcceptance acceptance, Cursors cursors) : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Read<ListMyInvitations, ListOf<Invitation>>(
            "invitations.mine", "GET", "/v1/me/invitations", ListMyInvitations.Bind, ListMine,
            TenantsJson.Wire.ListOfInvitation)
        {
            Summary = "List the open invitations to my verified address, of tenants that this app is installed for.",
            Grants = [Grant.User],
        },
        new Write<AcceptInvitation, Member>(
            "invitations.accept", "POST", "/v1/invitations/accept", AcceptInvitation.Bind, Accept,
            TenantsJson.Wire.Member)
        {
            Summary = "Accept an invitation to my verified address, by the mail's token or by its id.",
            Grants = [Grant.User], Rate = RateClass.Credential,
            Problems =
            [
                TenantErrors.InvitationForAnother, TenantErrors.AddressUnverified, TenantErrors.InvitationClosed,
                TenantErrors.AlreadyMember, TenantErrors.LimitReached,
            ],
        },
    ];

    private ValueTask<ListOf<Invitation>> ListMine(Call<ListMyInvitations> call) => cursors.Page(
        "invitations.mine", call.Environment, call.Input.Page, [call.User.Value],
        (after, limit) => store.ListFor(call.Environment, call.User, call.Now, after, limit, call.Aborted),
        invitation => invitation.Id.Value);

    private async ValueTask<Member> Accept(WriteCall<AcceptInvitation, Member> call)
    {
        if (call.Input.Token is { } token && !InvitationToken.IsWellFormed(token))
            throw new Refusal(GateProblems.NotFound);
        return await call.Change(change => acceptance.Accept(change, call.Environment, call.User, call.Input));
    }
}

/// <summary>Turns an invitation into a membership, once.</summary>
internal sealed class InvitationAcceptance(
    InvitationStore store, MemberStore members, TenantStore tenants, UserStore users, TenantsOptions options)
{
    public async ValueTask<Member> Accept(
        Change change, EnvironmentScope scope, UserId id, AcceptInvitation input)
    {
        var (user, _) = await users.Lock(change, scope, id);
        var named = await Find(change, scope, user, input);
        // The invitation is what lets its holder into the tenant's scope. Read again under the lock: of two who accept
        // at once the second finds it accepted.
        var within = new TenantScope(scope.Environment, named.TenantId, named.WorkspaceId, scope.App);
        if ((await tenants.Lock(change, within)).Stop is not null) throw new Refusal(StopProblems.TenantSuspended);
        var before = await Find(change, scope, user, input);
        if (before.State is InvitationState.Lapsed)
            throw new Refusal(TenantErrors.InvitationClosed.With(
                "It has lapsed: who sent it may no longer invite to this role.") with
            {
                Fix = "Ask somebody who may invite for a new invitation.",
            });
        if (before.State is not InvitationState.Pending)
            throw new Refusal(TenantErrors.InvitationClosed, $"It is {Wire.Name(before.State)}.");
        if (await members.HasAsMany(change, within, options.MembersMax))
            throw new Refusal(TenantErrors.LimitReached, $"A tenant may have {options.MembersMax} members.");
        var membership = new Membership(
            MemberId.New(change.Now), before.TenantId, before.WorkspaceId, id, before.Role, change.Now, Version: 1);
        if (!await members.Insert(change, within, membership)) throw new Refusal(TenantErrors.AlreadyMember);
        var after = before with { State = InvitationState.Accepted, Version = before.Version + 1 };
        await store.Close(change, within, after);
        change.Audit(
            after.Target with { User = id }, before.Snapshot(), after.Snapshot(), tenant: before.TenantId);
        change.Emit("invitation.accepted", after.Target, after.Snapshot(), before.TenantId);
        change.Emit("member.added", membership.Target, membership.Snapshot(), before.TenantId);
        return Member.Of(membership, user);
    }

    private async ValueTask<Invitation> Find(
        Change change, EnvironmentScope scope, User user, AcceptInvitation input)
    {
        if (input.Invitation is { } id)
        {
            var mine = await store.FindFor(change, scope, id, EmailAddress.Key(user.Email));
            return mine is not null && user.EmailVerified ? mine : throw new Refusal(GateProblems.NotFound);
        }
        var shown = await store.FindByToken(change, scope, input.Token!) ?? throw new Refusal(GateProblems.NotFound);
        if (shown.EmailKey != EmailAddress.Key(user.Email)) throw new Refusal(TenantErrors.InvitationForAnother);
        return user.EmailVerified ? shown : throw new Refusal(TenantErrors.AddressUnverified);
    }
}
