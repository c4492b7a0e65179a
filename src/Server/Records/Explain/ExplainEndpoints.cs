using System.Text.Json;
using Castellan.Access.Policies;
using Castellan.Contracts;
using Castellan.Contracts.Rules;
using Castellan.Contracts.Tables;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Records.Explain;

/// <summary>
/// Says for the caller which rule decides and what is missing. In sandbox whoever is inside of the tenant may ask; in
/// live its admins, and keys. Values of a record that the caller may not read stay hidden here too.
/// </summary>
internal sealed class ExplainEndpoints(
    RecordAccess access, RecordStore store, RecordRevisions revisions, ReferenceChecks references, PolicyGuard policies,
    IDatabase database)
    : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Read<ExplainRecord, Explanation>(
            "records.explain", "POST", RecordEndpoints.Route + "/explain", ExplainRecord.Bind, Explain,
            RecordsJson.Wire.Explanation)
        {
            Summary = "Say which rule decides about an operation on a record, and what I lack for it.",
            Grants = [Grant.User, Grant.Key], InTenantOfHeader = true, Problems = [RecordErrors.ReferenceMissing],
        },
    ];

    private async ValueTask<Explanation> Explain(Call<ExplainRecord> call)
    {
        var (collection, kind, id, body) = call.Input;
        var at = await access.Enter(call, collection, onlyAsks: true);
        RequireInsight(call.Caller, at);
        if (at.Rule(kind) is not { } rule)
        {
            return new Explanation(kind, Allowed: false, null, [],
                $"Declare collections.{collection}.rules.{Wire.Name(kind)} in castellan.json, such as \"owner\".");
        }
        var (allowed, judged) = id is { } record
            ? await Stored(at, kind, rule, record, call.Aborted)
            : await Drafted(at, rule, New(call, at, body));
        // What the rule lets through, the tenant may forbid.
        if (allowed && (await policies.Find(call))?.WhyNot(OperationOf(kind), collection, id, body) is { } forbidden)
            return new Explanation(kind, Allowed: false, rule.Source, [forbidden], PolicyFindings.Fix);
        return new Explanation(
            kind, allowed, rule.Source, allowed ? [] : RuleDenials.Reasons(at, kind, judged),
            allowed ? "Nothing is missing." : "Make what is missing so, or change the rule in castellan.json.");
    }

    private static string OperationOf(RuleKind kind) =>
        kind is RuleKind.Read ? "records.get" : $"records.{Wire.Name(kind)}";

    private async ValueTask<(bool Allowed, Judged Judged)> Stored(
        RecordCall at, RuleKind kind, Rule rule, RecordId id, CancellationToken ct)
    {
        var found = await store.FindJudged(at, id.Value, kind, ct);
        // Whoever may neither read it nor do what is asked about does not learn that it is there. A rule that compares
        // with what was before says nothing of that yet.
        if (found is not { MayRead: true } && (found is not { MayDo: true } || rule.ReadsOld))
            throw new Refusal(GateProblems.NotFound);
        var draft = RecordJson.Draft(at, found.Record);
        var judged = new Judged(draft, kind is RuleKind.Update ? draft : null, found.MayRead);
        return (rule.ReadsOld ? await Holds(at, rule, judged) : found.MayDo, judged);
    }

    private async ValueTask<(bool Allowed, Judged Judged)> Drafted(RecordCall at, Rule rule, RecordDraft draft)
    {
        await references.Require(database, at, draft);
        var judged = new Judged(draft, Old: null, MayShow: true);
        return (await Holds(at, rule, judged), judged);
    }

    private ValueTask<bool> Holds(RecordCall at, Rule rule, Judged judged) =>
        RecordStore.Holds(database, rule, at.Activation.With(judged.Record, judged.Old), judged.Record);

    private RecordDraft New(Call<ExplainRecord> call, RecordCall at, JsonElement body)
    {
        IReadOnlyList<SqlParameter> values = body.ValueKind is JsonValueKind.Object
            ? revisions.ReadNew(at, body, "/record")
            : [.. at.Collection.Collection.Fields.Select(f => ColumnValues.Of(f, default))];
        return new RecordDraft(
            at.Collection, at.Scope.Tenant, RecordId.New(call.Now).Value, at.Scope.Workspace?.Value,
            call.Caller.User?.Value, Version: 1, call.Now, call.Now, values);
    }

    private static void RequireInsight(Caller caller, RecordCall at)
    {
        var isSandbox = at.Contract.Environment == EnvironmentDirectory.Sandbox;
        if (isSandbox || caller.Kind is CallerKind.Key || at.Activation.Caller.Role >= TenantRole.Admin) return;
        throw new Refusal(GateProblems.PermissionDenied, "In live, admins of the tenant ask.");
    }
}
