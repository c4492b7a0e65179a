using Castellan.Kernel;
using Castellan.Platform.Crypto;

namespace Castellan.Operators;

/// <summary>
/// What operators change of themselves. Address and password are what they sign in with, so both ask for the password
/// again: a session alone, left open somewhere, gives neither away.
/// </summary>
internal sealed class OwnAccountEndpoints(
    OperatorStore store, OperatorDirectory directory, OperatorProof proof, OperatorNotices notices,
    PasswordHasher hasher) : IEndpoints
{
    private const string Route = "/v1/operators/me";

    public IEnumerable<Operation> Operations() =>
    [
        new Read<NoInput, Operator>(
            "operators.me", "GET", Route, NoInput.Bind, Read, OperatorsJson.Wire.Operator)
        {
            Summary = "Read the operator who makes the call.", Grants = [Grants.AnyOperator], OnInstallation = true,
        },
        new Write<UpdateOwnAccount, Operator>(
            "operators.update_me", "PATCH", Route, UpdateOwnAccount.Bind, Update, OperatorsJson.Wire.Operator)
        {
            Summary = "Change my name.", Grants = [Grants.AnyOperator], OnInstallation = true,
        },
        new Write<ChangeOwnEmail, Operator>(
            "operators.change_email", "POST", Route + "/email", ChangeOwnEmail.Bind, ChangeEmail,
            OperatorsJson.Wire.Operator)
        {
            Summary = "Change the address that I sign in with; one-time links and tokens that wait end.",
            Grants = [Grants.AnyOperator], Rate = RateClass.Credential, OnInstallation = true,
            Problems = [OperatorErrors.EmailTaken, GateProblems.SignInDelayed],
        },
        new Write<ChangeOwnPassword, Operator>(
            "operators.change_password", "POST", Route + "/password", ChangeOwnPassword.Bind, ChangePassword,
            OperatorsJson.Wire.Operator)
        {
            Summary = "Change my password; every other session of mine ends.",
            Grants = [Grants.AnyOperator], Rate = RateClass.Credential, OnInstallation = true,
            Problems = [GateProblems.SignInDelayed],
        },
    ];

    private async ValueTask<Operator> Read(Call<NoInput> call) =>
        await store.Find(call.Installation, call.Caller.Operator!.Value, within: null, call.Aborted)
        ?? throw new Refusal(GateProblems.CredentialInvalid);

    private ValueTask<Operator> Update(WriteCall<UpdateOwnAccount, Operator> call) => call.Change(async change =>
    {
        var before = await store.Lock(change, call.Installation, call.Caller.Operator!.Value);
        call.Request.RequireMatch(before);
        return await Save(change, call.Installation, "operator.updated", before,
            before with { Name = call.Input.Name ?? before.Name });
    });

    private async ValueTask<Operator> ChangeEmail(WriteCall<ChangeOwnEmail, Operator> call)
    {
        var proven = await proof.Require(call, call.Input.Password, field: "password");
        return await call.Change(async change =>
        {
            var before = await proof.Confirm(change, call.Installation, proven);
            var after = await Save(change, call.Installation, "operator.email_changed", before,
                before with { Email = call.Input.Email });
            // Links that were mailed to the old address, too.
            await store.DeleteLinks(change, call.Installation, before.Id);
            await notices.EmailChanged(change, before, after);
            return after;
        });
    }

    private async ValueTask<Operator> ChangePassword(WriteCall<ChangeOwnPassword, Operator> call)
    {
        var proven = await proof.Require(call, call.Input.Current, field: "current");
        await proof.RequireGood(call.Input.Password, proven.Operator.Email, proven.Operator.Name, call.Aborted);
        var hash = await hasher.Hash(call.Input.Password, call.Aborted);
        return await call.Change(async change =>
        {
            var before = await proof.Confirm(change, call.Installation, proven);
            await store.SetPassword(change, call.Installation, before.Id, hash);
            await store.DeleteSessions(change, call.Installation, before.Id, except: call.Caller.Credential);
            await store.DeleteLinks(change, call.Installation, before.Id);
            directory.ForgetSessions(change);
            await notices.PasswordChanged(change, before);
            return await Save(change, call.Installation, "operator.password_set", before, before);
        });
    }

    private async ValueTask<Operator> Save(
        Change change, InstallationScope scope, string fact, Operator before, Operator changed)
    {
        var after = changed with { UpdatedAt = change.Now, Version = before.Version + 1 };
        await store.Update(change, scope, after);
        directory.Forget(change, after.Id);
        var type = OperatorsJson.Wire.Operator;
        change.Audit(after.Target, Snapshot.Of(before, type), Snapshot.Of(after, type));
        change.Emit(fact, after.Target, Snapshot.Of(after, type));
        return after;
    }
}
