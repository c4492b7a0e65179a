using System.Text.Json;
using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Records.History;
using Castellan.Records.Secrecy;

namespace Castellan.Records;

/// <summary>
/// How one record is created, changed and deleted, within a Change: read, judged by the rules, written, its fact told.
/// Single calls, upserts and bulk calls all come through here; the audit entry is the call's.
/// </summary>
internal sealed class RecordWriter(
    RecordStore store, HistoryStore history, ReferenceChecks references, Cascades cascades, SecretFields secrets)
{
    /// <summary>Checks and writes a record that is new. The values have been read from the request.</summary>
    /// <returns>Null where <paramref name="orNothing"/> and a record with the same unique key is there.</returns>
    public async ValueTask<Written?> Create(
        Change change, RecordCall call, IReadOnlyList<SqlParameter> values, bool orNothing = false)
    {
        var draft = Draft(change, call, values);
        // Before the rule, which may follow them: its answer must not depend on what is hidden.
        await references.Require(change, call, draft, before: null);
        await RequireRule(change, call, RuleKind.Create, new Judged(draft, Old: null, MayShow: true));
        var record = RecordJson.Of(draft);
        change.Charge(records: 1, record.Utf8.Length);
        if (await store.Insert(change, call, secrets.Sealed(draft), orNothing) == 0)
        {
            change.ChargeBack(records: 1, record.Utf8.Length);
            return null;
        }
        RecordFacts.Emit(change, call.Collection.Name, "record.created", record);
        return new Written(null, record);
    }

    /// <summary>
    /// Changes a record by what <paramref name="next"/> makes of it, or throws with the problems. A violated unique key
    /// would end the transaction; where that may not be, <paramref name="unique"/> looks for it first.
    /// </summary>
    public async ValueTask<Written> Update(
        Change change, RecordCall call, GateRequest request, string id, Func<JsonElement, RecordDraft, Revised> next,
        UniqueLookup? unique = null)
    {
        var found = await Find(change, call, request, id, RuleKind.Update);
        var document = JsonElement.Parse(found.Record.Json.Utf8.Span);
        var revised = next(document, RecordJson.Draft(call, found.Record, document));
        var before = revised.Before;
        var after = before with
        {
            Values = revised.Values,
            Version = before.Version + 1,
            UpdatedAt = change.Now,
        };
        await references.Require(change, call, after, before);
        await RequireRule(change, call, RuleKind.Update, new Judged(after, before, found.MayRead));
        if (unique is not null) await unique.Require(change, call, after.Values, after.Id);
        var record = RecordJson.Of(after);
        change.Charge(records: 0, record.Utf8.Length);
        await history.Keep(change, call, found.Record);
        await store.Update(change, call, secrets.Sealed(after), revised.SecretsSent);
        RecordFacts.Emit(change, call.Collection.Name, "record.updated", record);
        return new Written(found.Record, record);
    }

    /// <summary>Deletes a record and, along references that cascade, those that refer to it.</summary>
    public async ValueTask<Written> Delete(Change change, RecordCall call, GateRequest request, string id)
    {
        var found = await Find(change, call, request, id, RuleKind.Delete);
        await cascades.Follow(change, call, id);
        await history.Keep(change, call, found.Record);
        await store.Remove(change, call, id);
        RecordFacts.Emit(change, call.Collection.Name, "record.deleted", found.Record);
        return new Written(found.Record, null);
    }

    /// <summary>Brings back a record that was deleted; what it refers to must still be there.</summary>
    public async ValueTask<Written> Restore(Change change, RecordCall call, GateRequest request, string id)
    {
        var found = await Find(change, call, request, id, RuleKind.Delete, deleted: true);
        var draft = RecordJson.Draft(call, found.Record);
        await references.Require(change, call, draft, before: null);
        await history.Keep(change, call, found.Record);
        await store.Restore(change, call, id);
        var record = RecordJson.Of(draft with { Version = draft.Version + 1, UpdatedAt = change.Now });
        RecordFacts.Emit(change, call.Collection.Name, "record.restored", record);
        return new Written(found.Record, record);
    }

    /// <summary>The record, locked; absent, foreign and hidden ones are refused alike.</summary>
    private async ValueTask<Stored> Find(
        Change change, RecordCall call, GateRequest request, string id, RuleKind kind, bool deleted = false)
    {
        if (await store.Lock(change, call, id, kind, deleted) is not { } found || !IsKnown(call, kind, found))
            throw new Refusal(GateProblems.NotFound);
        // Nobody can read the version of what is deleted.
        if (!deleted && call.Collection.Collection.RequireIfMatch && request.IfMatch is null)
            throw new Refusal(RecordErrors.IfMatchRequired);
        if (!found.MayDo)
            throw RuleDenials.Refuse(call, kind, new Judged(RecordJson.Draft(call, found.Record), null, MayShow: true));
        request.RequireMatch(found.Record);
        return found;
    }

    /// <summary>
    /// Whoever may read a record knows of it, and whoever may do to it what is asked. A rule that compares with what an
    /// update found has not said so yet.
    /// </summary>
    private static bool IsKnown(RecordCall call, RuleKind kind, Stored found) =>
        found.MayRead || (found.MayDo && call.Rule(kind) is not { ReadsOld: true });

    private static RecordDraft Draft(Change change, RecordCall call, IReadOnlyList<SqlParameter> values) => new(
        call.Collection, call.Scope.Tenant, RecordId.New(change.Now).Value, WorkspaceOf(call),
        change.Caller.Kind is CallerKind.User ? change.Caller.User?.Value : null, Version: 1, change.Now, change.Now,
        values);

    private static string? WorkspaceOf(RecordCall call) => call.Collection.Collection.Workspaces switch
    {
        WorkspaceUse.None => null,
        WorkspaceUse.Required => call.Scope.Workspace?.Value ?? throw new Refusal(RecordErrors.WorkspaceRequired),
        _ => call.Scope.Workspace?.Value,
    };

    /// <summary>
    /// What is to be stored satisfies the rule too.
    /// </summary>
    private static async ValueTask RequireRule(Change change, RecordCall call, RuleKind kind, Judged judged)
    {
        var activation = call.Activation.With(judged.Record, judged.Old);
        if (call.Rule(kind) is { } rule && await RecordStore.Holds(change, rule, activation, judged.Record)) return;
        throw RuleDenials.Refuse(call, kind, judged);
    }
}

/// <summary>New values of a record, beside what it was, and which secrets the request has sent.</summary>
internal sealed record Revised(
    RecordDraft Before, IReadOnlyList<SqlParameter> Values, IReadOnlySet<string> SecretsSent);

/// <summary>What was written: the record before, null if it is new, and after, null if it is gone.</summary>
internal sealed record Written(Record? Before, Record? After)
{
    public Record One => After ?? Before!;

    /// <summary>The audit entry of a call that writes one record.</summary>
    public Record Audited(Change change)
    {
        change.Audit(One.Target, Before?.Snapshot() ?? Snapshot.None, After?.Snapshot() ?? Snapshot.None);
        return One;
    }
}
