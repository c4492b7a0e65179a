using Castellan.Kernel;
using Castellan.Tenants.Members;

namespace Castellan.Tenants.Invitations;

/// <summary>Invitations as a tenant's admins see them.</summary>
internal sealed class InvitationEndpoints(
    InvitationStore store, InvitationAdmission admission, TenantStore tenants, InvitationMail mail, Cursors cursors)
    : IEndpoints
{
    private const string Route = "/v1/tenants/{tenant}/invitations";

    private static readonly IReadOnlyList<Grant> Admins =
        [Grant.Tenant(TenantRole.Admin), Grant.Key, Grant.Operator(OperatorRole.Admin)];

    public IEnumerable<Operation> Operations() =>
    [
        new Write<CreateInvitation, Invitation>(
            "invitations.create", "POST", Route, CreateInvitation.Bind, Create, TenantsJson.Wire.Invitation)
        {
            Summary = "Invite an address by mail; an earlier invitation of it to the same place is cancelled.",
            Grants = Admins, Status = 201, NeverGranted = true,
            Problems = [TenantErrors.AlreadyMember, TenantErrors.RoleTooHigh, TenantErrors.LimitReached],
        },
        new Read<ListInvitations, ListOf<Invitation>>(
            "invitations.list", "GET", Route, ListInvitations.Bind, List, TenantsJson.Wire.ListOfInvitation)
        {
            Summary = "List a tenant's invitations, also closed ones.",
            Grants = [Grant.Tenant(TenantRole.Admin), Grant.Key, Grants.AnyOperator],
        },
        new Write<CancelInvitation, Nothing>(
            "invitations.cancel", "DELETE", Route + "/{invitation}", CancelInvitation.Bind, Cancel,
            TenantsJson.Wire.Nothing)
        {
            Summary = "Cancel an invitation; its link works no more.", Grants = Admins, Status = 204,
            Problems = [TenantErrors.InvitationClosed, TenantErrors.RoleTooHigh],
        },
    ];

    private async ValueTask<Invitation> Create(WriteCall<CreateInvitation, Invitation> call)
    {
        var input = call.Input;
        var token = InvitationToken.New();
        var sender = await mail.Prepare(call.Environment, token);
        return await call.Change(async change =>
        {
            var tenant = await tenants.Lock(change, call.Tenant);
            var scope = call.Tenant with { Workspace = input.Workspace };
            foreach (var earlier in await admission.Require(change, scope, input)) await Close(change, scope, earlier);
            var invitation = new Invitation(
                InvitationId.New(change.Now), tenant.Id, tenant.Name, input.Workspace, input.Email, input.Role,
                InvitationState.Pending, change.Now, change.Now + admission.Life, Version: 1);
            await store.Insert(change, scope, invitation, token);
            await mail.Queue(change, call.Environment, invitation, sender);
            change.Audit(invitation.Target, Snapshot.None, invitation.Snapshot());
            change.Emit("invitation.created", invitation.Target, invitation.Snapshot());
            return invitation;
        });
    }

    private ValueTask<ListOf<Invitation>> List(Call<ListInvitations> call)
    {
        var (page, state) = call.Input;
        return cursors.Page(
            "invitations.list", call.Tenant, page, [state?.ToString()],
            (after, limit) => store.List(call.Tenant, state, call.Now, after, limit, call.Aborted),
            invitation => invitation.Id.Value);
    }

    private ValueTask<Nothing> Cancel(WriteCall<CancelInvitation, Nothing> call) => call.Change(async change =>
    {
        await tenants.Lock(change, call.Tenant);
        var before = await store.Find(change, call.Tenant, call.Input.Invitation)
            ?? throw new Refusal(GateProblems.NotFound);
        call.Request.RequireMatch(before);
        RoleCeiling.Require(call.Caller, before.Role);
        if (before.State is not (InvitationState.Pending or InvitationState.Lapsed))
            throw new Refusal(TenantErrors.InvitationClosed, $"It is {Wire.Name(before.State)}.");
        var after = await Close(change, call.Tenant, before);
        change.Audit(after.Target, before.Snapshot(), after.Snapshot());
        return Nothing.Value;
    });

    private async ValueTask<Invitation> Close(Change change, TenantScope scope, Invitation open)
    {
        var after = open with { State = InvitationState.Cancelled, Version = open.Version + 1 };
        await store.Close(change, scope, after);
        change.Emit("invitation.cancelled", after.Target, after.Snapshot());
        return after;
    }
}

/// <summary>Who may be invited, by whom and as what. The caller holds the tenant's lock.</summary>
internal sealed class InvitationAdmission(InvitationStore store, MemberStore members, TenantsOptions options)
{
    public TimeSpan Life => options.InvitationLife;

    /// <summary>Gives the earlier invitations that this one replaces.</summary>
    public async ValueTask<IReadOnlyList<Invitation>> Require(Change change, TenantScope scope, CreateInvitation input)
    {
        await RequireRole(change, scope, input.Role);
        if (input.Workspace is { } workspace && !await store.HasWorkspace(change, scope, workspace))
            throw new Refusal(GateProblems.NotFound);
        if (await members.HasAddress(change, scope, input.EmailKey)) throw new Refusal(TenantErrors.AlreadyMember);
        var earlier = await store.ListOpen(change, scope, input.EmailKey);
        var (open, sent) = await store.Count(change, scope, since: change.Now - TimeSpan.FromDays(1));
        if (open - earlier.Count >= options.InvitationsMax)
            throw new Refusal(TenantErrors.LimitReached,
                $"A tenant may have {options.InvitationsMax} open invitations.");
        if (sent >= options.InvitationsPerDay)
            throw new Refusal(TenantErrors.LimitReached,
                $"A tenant may send {options.InvitationsPerDay} invitations in 24 hours.");
        return earlier;
    }

    // A tenant that a key made without an owner gets its first one by the key's invitation.
    private async ValueTask RequireRole(Change change, TenantScope scope, TenantRole role)
    {
        if (change.Caller.Kind is CallerKind.Key && role is TenantRole.Owner && !await members.HasOwner(change, scope))
            return;
        RoleCeiling.Require(change.Caller, role);
    }
}
