using Castellan.Contracts.Rewrites;
using Castellan.Installation;
using Castellan.Kernel;

namespace Castellan.Contracts;

/// <summary>A checked document on its way into an environment.</summary>
internal sealed record NewContract(
    AppId App, Contract Contract, string Hash, string Document, IReadOnlyList<string> Confirm, string? Reason);

/// <summary>
/// Puts a contract in force: confirmed, carried out, recorded as a version; or recorded as one that waits, where tables
/// have to be rewritten first.
/// </summary>
internal sealed class ContractDeployment(
    ContractStore store, RewriteStore rewrites, RewriteStart start, ContractApplication application,
    ContractDirectory directory)
{
    /// <summary>The answer to applying what is in force already: nothing is changed or recorded.</summary>
    public async ValueTask<ApplyResult?> Unchanged(
        EnvironmentScope scope, NewContract wanted, CancellationToken ct) =>
        await store.FindCurrent(scope, wanted.App, within: null, ct) is { } current && current.Hash == wanted.Hash
            ? new ApplyResult(
                wanted.App, scope.Environment, current.Version, current.Hash, Changed: false, ApplyStatus.Applied, [])
            : null;

    public async ValueTask<ApplyResult> Deploy(
        Change change, EnvironmentScope scope, GateRequest request, NewContract wanted)
    {
        var head = await store.Lock(change, scope, wanted.App);
        if (head.Pending is not null) throw new Refusal(ContractErrors.Rewriting);
        var current = head.Version == 0 ? null : await store.FindCurrent(scope, wanted.App, change);
        var from = current is null ? Contract.Empty : ContractCompiler.Trusted(current);
        var steps = ContractPlanner.Steps(from, wanted.Contract);
        var result = new ApplyResult(
            wanted.App, scope.Environment, head.Highest + 1, wanted.Hash, Changed: true, ApplyStatus.Applied, steps);
        request.RequireMatch(result with { Version = head.Version });
        RequireConfirmed(ContractPlan.Of(head.Version, wanted.Hash, changes: true, steps,
            scope.Environment != EnvironmentDirectory.Sandbox), wanted.Confirm);
        await rewrites.Clear(change, scope, head.Number);
        if (await start.Begin(change, scope, head.Number, result.Version, (from, wanted.Contract)))
        {
            result = result with { Status = ApplyStatus.Rewriting };
            await store.SetPending(change, scope, wanted.App, result.Version);
        }
        else
        {
            var states = await rewrites.Tables(scope, head.Number, change);
            await application.CarryOut(change, head.Number, from, wanted.Contract, states);
            await store.SetCurrent(change, scope, wanted.App, result.Version, wanted.Hash);
        }
        await store.Insert(change, scope, wanted.App, new ContractVersion(
            head.Number, 0, result.Version, wanted.Hash, wanted.Document, change.Now, change.Caller.Kind,
            change.Caller.Principal, wanted.Reason));
        directory.Forget(change, wanted.App, scope.Environment);
        var snapshot = Snapshot.Of(result, ContractsJson.Wire.ApplyResult);
        change.Audit(result.Target, Snapshot.None, snapshot, wanted.Reason);
        change.Emit(result.Status is ApplyStatus.Applied ? "contract.applied" : "contract.rewriting",
            result.Target, snapshot);
        return result;
    }

    private static void RequireConfirmed(ContractPlan plan, IReadOnlyList<string> confirmed)
    {
        var missing = plan.Confirm.Except(confirmed).ToList();
        if (missing.Count == 0) return;
        var words = string.Join(", ", missing.Select(word => $"\"{word}\""));
        throw new Refusal(ContractErrors.NotConfirmed.With($"To go on, send \"confirm\": [{words}].") with
        {
            Fix = $"Read what the plan says of it, then send \"confirm\": [{words}].",
        });
    }
}
