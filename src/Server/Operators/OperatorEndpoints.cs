using Castellan.Kernel;

namespace Castellan.Operators;

/// <summary>Who the operators are. Only owners make, change or end owners.</summary>
internal sealed class OperatorEndpoints(
    OperatorStore store, OperatorDirectory directory, OperatorLinks links, Cursors cursors) : IEndpoints
{
    private const string Route = "/v1/operators";

    public IEnumerable<Operation> Operations() =>
    [
        new Read<ListOperators, ListOf<Operator>>(
            "operators.list", "GET", Route, ListOperators.Bind, List, OperatorsJson.Wire.ListOfOperator)
        {
            Summary = "List the operators: who may run the installation.", Grants = [Grants.AnyOperator],
            OnInstallation = true,
        },
        new Write<CreateOperator, CreatedLink>(
            "operators.create", "POST", Route, CreateOperator.Bind, Create, OperatorsJson.Wire.CreatedLink)
        {
            Summary = "Invite an operator; the answer shows once the link with which the password is set.",
            Grants = [Grant.Operator(OperatorRole.Admin)], Status = 201, ShowsSecret = true, OnInstallation = true,
            Problems = [OperatorErrors.EmailTaken],
        },
        new Write<UpdateOperator, Operator>(
            "operators.update", "PATCH", Route + "/{operator}", UpdateOperator.Bind, Update,
            OperatorsJson.Wire.Operator)
        {
            Summary = "Change an operator's name or role.", Grants = [Grant.Operator(OperatorRole.Admin)],
            OnInstallation = true, Problems = [OperatorErrors.LastOwner], Urgent = true,
        },
        new Write<SuspendOperator, Operator>(
            "operators.suspend", "POST", Route + "/{operator}/suspend", SuspendOperator.Bind, Suspend,
            OperatorsJson.Wire.Operator)
        {
            Summary = "Suspend an operator: sessions and links end at once.",
            Grants = [Grant.Operator(OperatorRole.Admin)],
            OnInstallation = true, Problems = [OperatorErrors.LastOwner, OperatorErrors.StateRefused], Urgent = true,
        },
        new Write<SuspendOperator, Operator>(
            "operators.restore", "POST", Route + "/{operator}/restore", SuspendOperator.Bind, Restore,
            OperatorsJson.Wire.Operator)
        {
            Summary = "Let a suspended operator sign in again.", Grants = [Grant.Operator(OperatorRole.Admin)],
            OnInstallation = true, Problems = [OperatorErrors.StateRefused],
        },
        new Write<CreateOperatorLink, CreatedLink>(
            "operators.link.create", "POST", Route + "/{operator}/link", CreateOperatorLink.Bind, CreateLink,
            OperatorsJson.Wire.CreatedLink)
        {
            Summary = "Make a new one-time link with which an operator sets the password; the one before it ends.",
            Grants = [Grant.Operator(OperatorRole.Admin)], Status = 201, ShowsSecret = true, OnInstallation = true,
            Problems = [OperatorErrors.StateRefused],
        },
    ];

    private ValueTask<ListOf<Operator>> List(Call<ListOperators> call) => cursors.Page(
        "operators.list", call.Installation, call.Input.Page, [],
        (after, limit) => store.List(call.Installation, after, limit, call.Aborted), item => item.Id.Value);

    private async ValueTask<CreatedLink> Create(WriteCall<CreateOperator, CreatedLink> call)
    {
        var input = call.Input;
        RequireOwnerFor(call.Caller, input.Role);
        return await call.ChangeFirst(async change =>
        {
            var made = new Operator(
                OperatorId.New(change.Now), input.Name, input.Email, input.Role, OperatorState.Invited, change.Now,
                change.Now, null, null, Version: 1);
            await store.Insert(change, call.Installation, made);
            change.Emit("operator.invited", made.Target, Snapshot.Of(made, OperatorsJson.Wire.Operator));
            return await links.MakeAndMail(change, made);
        });
    }

    private ValueTask<CreatedLink> CreateLink(WriteCall<CreateOperatorLink, CreatedLink> call) =>
        call.ChangeFirst(async change =>
        {
            var target = await store.Lock(change, call.Installation, call.Input.Operator);
            RequireOwnerFor(call.Caller, target.Role);
            if (target.State is OperatorState.Suspended) throw OperatorErrors.NotNow(target);
            return await links.MakeAndMail(change, target);
        });

    private ValueTask<Operator> Update(WriteCall<UpdateOperator, Operator> call) => call.Change(async change =>
    {
        var owners = await store.LockOwners(change, call.Installation);
        var before = await store.Lock(change, call.Installation, call.Input.Operator);
        call.Request.RequireMatch(before);
        RequireOwnerFor(call.Caller, before.Role);
        RequireOwnerFor(call.Caller, call.Input.Role);
        if (call.Input.Role is not (null or OperatorRole.Owner)) RequireAnotherOwner(owners, before);
        var after = before with
        {
            Name = call.Input.Name ?? before.Name,
            Role = call.Input.Role ?? before.Role,
        };
        return await Save(change, call.Installation, "operator.updated", before, after, reason: null);
    });

    private ValueTask<Operator> Suspend(WriteCall<SuspendOperator, Operator> call) => call.Change(async change =>
    {
        var owners = await store.LockOwners(change, call.Installation);
        var before = await store.Lock(change, call.Installation, call.Input.Operator);
        call.Request.RequireMatch(before);
        RequireOwnerFor(call.Caller, before.Role);
        if (before.State is OperatorState.Suspended) throw OperatorErrors.NotNow(before);
        RequireAnotherOwner(owners, before);
        await store.DeleteSessions(change, call.Installation, before.Id);
        await store.DeleteLinks(change, call.Installation, before.Id);
        directory.ForgetSessions(change);
        var after = before with { SuspendedAt = change.Now, State = OperatorState.Suspended };
        return await Save(change, call.Installation, "operator.suspended", before, after, call.Input.Reason);
    });

    private ValueTask<Operator> Restore(WriteCall<SuspendOperator, Operator> call) => call.Change(async change =>
    {
        var before = await store.Lock(change, call.Installation, call.Input.Operator);
        call.Request.RequireMatch(before);
        RequireOwnerFor(call.Caller, before.Role);
        if (before.State is not OperatorState.Suspended) throw OperatorErrors.NotNow(before);
        var after = before with { SuspendedAt = null };
        return await Save(change, call.Installation, "operator.restored", before, after, call.Input.Reason);
    });

    private async ValueTask<Operator> Save(
        Change change, InstallationScope scope, string fact, Operator before, Operator after, string? reason)
    {
        var next = after with { UpdatedAt = change.Now, Version = before.Version + 1 };
        await store.Update(change, scope, next);
        // Read again, because the state follows from what is stored.
        var saved = await store.Lock(change, scope, next.Id);
        directory.Forget(change, next.Id);
        var type = OperatorsJson.Wire.Operator;
        change.Audit(saved.Target, Snapshot.Of(before, type), Snapshot.Of(saved, type), reason);
        change.Emit(fact, saved.Target, Snapshot.Of(saved, type));
        return saved;
    }

    /// <summary>An admin who could make an owner, or give one a new password, would be one.</summary>
    private static void RequireOwnerFor(Caller caller, OperatorRole? role)
    {
        if (role is OperatorRole.Owner && caller.OperatorRole is not OperatorRole.Owner)
            throw new Refusal(GateProblems.PermissionDenied, "Only an owner makes, changes or ends owners.");
    }

    private static void RequireAnotherOwner(List<Operator> owners, Operator leaving)
    {
        if (owners is [var last] && last.Id == leaving.Id) throw new Refusal(OperatorErrors.LastOwner);
    }
}
