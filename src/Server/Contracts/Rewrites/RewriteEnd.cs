using Castellan.Contracts.Dropped;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Contracts.Rewrites;

/// <summary>
/// How a rewrite ends: the new tables take the places of the old ones in one Change, or it is given up.
/// </summary>
internal sealed class RewriteEnd(
    RewriteStore store, ContractStore contracts, ContractApplication application, CollectionTables tables,
    TableNames names, ContractDirectory directory, DroppedStore dropped, ShadowTable shadow, Changes changes)
{
    private const int RestAtOnce = 1_000;
    private static readonly WorkerOperation Operation = new("contracts.rewrite") { Cost = WriteCost.Heavy };

    public async ValueTask Switch(EnvironmentScope scope, AppId app, List<Rewrite> all) => await changes.RunAs(
        Caller.System("contract-rewriter", scope.Environment), Operation, async change =>
        {
            var head = await contracts.Lock(change, scope, app);
            var version = (await contracts.FindVersion(scope, app, all[0].Version, change))!;
            if (head.Pending != version.Version) throw new Refusal(GateProblems.NotFound);
            var from = ContractCompiler.Trusted((await contracts.FindCurrent(scope, app, change))!);
            var to = ContractCompiler.Trusted(version);
            var states = await store.Tables(scope, head.Number, change);
            foreach (var rewrite in all) await Replace(change, scope, rewrite, states, (from, to));
            await application.CarryOut(change, head.Number, from, to, states);
            await store.Clear(change, scope, head.Number);
            await contracts.SetCurrent(change, scope, app, version.Version, version.Hash);
            directory.Forget(change, app, scope.Environment);
            var result = new ApplyResult(
                app, scope.Environment, version.Version, version.Hash, Changed: true, ApplyStatus.Applied, []);
            var snapshot = Snapshot.Of(result, ContractsJson.Wire.ApplyResult);
            change.Audit(result.Target, Snapshot.None, snapshot, "The tables are rewritten.");
            change.Emit("contract.applied", result.Target, snapshot);
            return true;
        });

    /// <summary>The version that waited is given up, and with it the tables that were begun.</summary>
    public async ValueTask Fail(EnvironmentScope scope, Rewrite failed, string error) => await changes.RunAs(
        Caller.System("contract-rewriter", scope.Environment), Operation, async change =>
        {
            var head = await contracts.Lock(change, scope, failed.App);
            if (head.Pending is null) throw new Refusal(GateProblems.NotFound);
            foreach (var rewrite in await store.List(scope, head.Number, change))
            {
                await tables.Drop(change, names.Shadow(head.Number, rewrite.Collection));
                await store.Fail(change, scope, rewrite, error);
            }
            await contracts.SetPending(change, scope, failed.App, null);
            directory.Forget(change, failed.App, scope.Environment);
            var result = new ApplyResult(
                failed.App, scope.Environment, head.Version, "", Changed: false, ApplyStatus.Failed, []);
            var snapshot = Snapshot.Of(result, ContractsJson.Wire.ApplyResult);
            change.Audit(result.Target, Snapshot.None, snapshot, error);
            change.Emit("contract.failed", result.Target, snapshot);
            return true;
        });

    private async ValueTask Replace(
        Change change, EnvironmentScope scope, Rewrite rewrite, TableStates states,
        (Contract From, Contract To) contract)
    {
        var (before, after) = (contract.From.Find(rewrite.Collection)!, contract.To.Find(rewrite.Collection)!);
        await tables.LockForSwitch(change, names.Records(rewrite.Number, rewrite.Collection));
        while (await shadow.CopyChanged(change.Raw, rewrite, before, after, RestAtOnce) == RestAtOnce)
        {
        }
        var kept = await dropped.Note(change, rewrite.Number, rewrite.Collection, column: null);
        var old = new IndexedTable(
            rewrite.Number, before.Name, names.Records(rewrite.Number, before.Name), states.GenerationOf(before.Name));
        foreach (var index in CollectionTables.All(before)) await tables.DropIndex(change, old, index);
        await tables.Rename(change, old.Table, names.Kept(rewrite.Number, kept).Name);
        await tables.Rename(change, names.Shadow(rewrite.Number, after.Name), old.Table.Name);
        await store.SetGeneration(change, scope, rewrite.Number, after.Name, old.Generation + 1);
    }
}
