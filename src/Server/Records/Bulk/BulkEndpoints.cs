using System.Security.Cryptography;
using System.Text.Json;
using Castellan.Access.Policies;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Records.Bulk;

/// <summary>
/// Up to 1,000 writes: all of them or none in one Change, or each by itself in several, so that others' writes go in
/// between. A Change has one audit entry with a digest per record, and each record its event.
/// </summary>
internal sealed class BulkEndpoints(
    RecordAccess access, RecordWriter writer, Upserts upserts, RecordRevisions revisions, UniqueLookup unique,
    PlannerStatistics statistics, PolicyGuard policies)
    : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Write<BulkRecords, BulkResult>(
            "records.bulk", "POST", RecordEndpoints.Route + "/bulk", BulkRecords.Bind, Run,
            RecordsJson.Wire.BulkResult)
        {
            Summary = "Write up to 1,000 records: all or none, or with \"atomic\": false those that fit, in parts.",
            Grants = RecordEndpoints.Callers, InTenantOfHeader = true, BodyBytes = Limits.BulkBytes,
            Cost = WriteCost.Heavy, ChargesWrites = true,
            Problems = [RecordErrors.BulkRefused, ChargeProblems.BudgetPaused],
        },
    ];

    private async ValueTask<BulkResult> Run(WriteCall<BulkRecords, BulkResult> call)
    {
        var at = await access.Enter(call, call.Input.Collection);
        var guarded = await policies.Find(call);
        var items = call.Input.Items.Select(item => Read(at, item, guarded)).ToList();
        if (call.Input.Atomic)
        {
            return await UniqueKeys.Watch(at, () => call.Change(async change =>
            {
                var result = await Write(change, at, call, items);
                RequireAll(result.Results);
                await statistics.Refresh(change, at.Collection.Table, result.Done);
                return result;
            }));
        }
        var parts = items.Chunk(Limits.RecordsPerBulkPart).ToList();
        return await UniqueKeys.Watch(at, () => call.ChangeInParts(
            parts.Count,
            async (change, part) =>
            {
                var result = await Write(change, at, call, parts[part]);
                if (part == parts.Count - 1) await statistics.Refresh(change, at.Collection.Table, items.Count);
                return result;
            },
            BulkResult.Of));
    }

    /// <summary>What can be said of an item without the database is said before the Change.</summary>
    private ReadItem Read(RecordCall at, BulkItem item, GuardedActs? guarded)
    {
        RecordId? named = RecordId.TryParse(item.Id, out var id) ? id : null;
        if (guarded?.Refusal(OperationOf(item.Verb), at.Collection.Name, named, item.Record) is { } refusal)
            return new ReadItem(item, null, refusal);
        if (item.Verb is not BulkVerb.Create) return new ReadItem(item, null, null);
        try
        {
            return new ReadItem(item, revisions.ReadNew(at, item.Record), null);
        }
        catch (Refusal refused)
        {
            return new ReadItem(item, null, refused.Problem);
        }
    }

    /// <summary>What an item would be as a call by itself.</summary>
    private static string OperationOf(BulkVerb verb) => $"records.{Wire.Name(verb)}";

    private async ValueTask<BulkResult> Write(
        Change change, RecordCall at, WriteCall<BulkRecords, BulkResult> call, IReadOnlyList<ReadItem> items)
    {
        var written = new List<Written>(items.Count);
        var outcomes = new List<BulkOutcome>(items.Count);
        foreach (var item in items) outcomes.Add(await Try(change, at, call, item, written));
        change.Audit(new Target("collection", at.Collection.Name), Snapshot.None, Digests(written));
        return new BulkResult(written.Count, outcomes.Count - written.Count, outcomes);
    }

    /// <summary>Where all or none is written, a budget that does not have it refuses the call, not the item.</summary>
    private async ValueTask<BulkOutcome> Try(
        Change change, RecordCall at, WriteCall<BulkRecords, BulkResult> call, ReadItem read, List<Written> written)
    {
        var item = read.Item;
        if (read.Problem is { } wrong) return Refused(item, wrong);
        try
        {
            var one = await One(change, at, call.Request, read);
            written.Add(one);
            var status = one.After is null ? BulkStatus.Deleted
                : one.Before is null ? BulkStatus.Created
                : BulkStatus.Updated;
            return new BulkOutcome(status, one.One.Id, one.One.Version, null, null, null);
        }
        catch (Refusal refusal) when (refusal is not ChargeRefusal || !call.Input.Atomic)
        {
            return Refused(item, refusal.Problem);
        }
    }

    private static BulkOutcome Refused(BulkItem item, Problem problem) => new(
        BulkStatus.Refused, item.Id, null, problem.Type.Code, problem.Detail ?? problem.Type.Title,
        problem.Errors.Count > 0 ? problem.Errors : null);

    /// <summary>
    /// A violated unique key would end the transaction and with it the items before it, so it is looked for first.
    /// </summary>
    private async ValueTask<Written> One(Change change, RecordCall at, GateRequest request, ReadItem read)
    {
        var item = read.Item;
        switch (item.Verb)
        {
            case BulkVerb.Create:
                return await writer.Create(change, at, read.Values!, orNothing: true)
                    ?? throw await unique.Taken(change, at, read.Values!);
            case BulkVerb.Update:
                return await writer.Update(change, at, request, item.Id!,
                    (document, before) => revisions.Patch(at, item.Record, document, before), unique);
            case BulkVerb.Upsert:
                return await upserts.Run(change, at, request, item.Record,
                    Upserts.KeyOf(at.Collection.Collection, item.On), unique);
            default:
                return await writer.Delete(change, at, request, item.Id!);
        }
    }

    private static void RequireAll(IReadOnlyList<BulkOutcome> outcomes)
    {
        var refused = outcomes.Select((outcome, i) => (outcome, i)).Where(o => o.outcome.Status is BulkStatus.Refused);
        var problems = refused.SelectMany(Problems).Take(Limits.ProblemsPerBody).ToList();
        if (problems.Count > 0) throw new Refusal(RecordErrors.BulkRefused.With() with { Errors = problems });
    }

    private static IEnumerable<FieldProblem> Problems((BulkOutcome Outcome, int Index) refused)
    {
        var (outcome, at) = (refused.Outcome, $"/items/{refused.Index}");
        return outcome.Errors is { } errors
            ? errors.Select(e => e with { Pointer = $"{at}/record{e.Pointer}" })
            : [new FieldProblem(at, outcome.Code!, outcome.Detail!, "Correct or leave out this item.")];
    }

    /// <summary>
    /// Id, version and SHA-256 of every record, so that the entry stays bounded and proves each of them.
    /// </summary>
    private static Snapshot Digests(List<Written> written)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            foreach (var one in written)
            {
                writer.WriteStartObject();
                writer.WriteString("id"u8, one.One.Id);
                writer.WriteNumber("version"u8, one.One.Version);
                if (one.After is { } after)
                    writer.WriteString("sha256"u8, Convert.ToHexStringLower(SHA256.HashData(after.Json.Utf8.Span)));
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        return new Snapshot(buffer.ToArray());
    }

    /// <summary>An item with what was read of it: the values of a new record, or why there are none.</summary>
    private sealed record ReadItem(BulkItem Item, IReadOnlyList<SqlParameter>? Values, Problem? Problem);
}
