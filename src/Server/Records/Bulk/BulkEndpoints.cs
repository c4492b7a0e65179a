using System.Security.Cryptography;
using System.Text.Json;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Platform.Storage;

namespace Castellan.Records.Bulk;

/// <summary>
/// Up to 1,000 writes in one Change: all of them or none, or each by itself. One operation, so one audit entry with a
/// digest per record, and one event per record.
/// </summary>
internal sealed class BulkEndpoints(
    RecordAccess access, RecordWriter writer, Upserts upserts, RecordRevisions revisions, UniqueLookup unique,
    PlannerStatistics statistics)
    : IEndpoints
{
    public IEnumerable<Operation> Operations() =>
    [
        new Write<BulkRecords, BulkResult>(
            "records.bulk", "POST", RecordEndpoints.Route + "/bulk", BulkRecords.Bind, Run,
            RecordsJson.Wire.BulkResult)
        {
            Summary = "Write up to 1,000 records: all or none, or with \"atomic\": false those that fit.",
            Grants = RecordEndpoints.Callers, InTenantOfHeader = true, BodyBytes = Limits.BulkBytes,
            Cost = WriteCost.Heavy,
            Problems = [RecordErrors.BulkRefused],
        },
    ];

    private async ValueTask<BulkResult> Run(WriteCall<BulkRecords, BulkResult> call)
    {
        var at = await access.Enter(call, call.Input.Collection);
        return await UniqueKeys.Watch(at, () => call.Change(async change =>
        {
            var written = new List<Written>();
            var outcomes = new List<BulkOutcome>(call.Input.Items.Count);
            foreach (var item in call.Input.Items) outcomes.Add(await Try(change, at, call.Request, item, written));
            if (call.Input.Atomic) RequireAll(outcomes);
            await statistics.Refresh(change, at.Collection.Table, written.Count);
            var result = new BulkResult(written.Count, outcomes.Count - written.Count, outcomes);
            change.Audit(new Target("collection", at.Collection.Name), Snapshot.None, Digests(written));
            return result;
        }));
    }

    private async ValueTask<BulkOutcome> Try(
        Change change, RecordCall at, GateRequest request, BulkItem item, List<Written> written)
    {
        try
        {
            var one = await One(change, at, request, item);
            written.Add(one);
            var status = one.After is null ? BulkStatus.Deleted
                : one.Before is null ? BulkStatus.Created
                : BulkStatus.Updated;
            return new BulkOutcome(status, one.One.Id, one.One.Version, null, null, null);
        }
        catch (Refusal refusal)
        {
            var problem = refusal.Problem;
            return new BulkOutcome(
                BulkStatus.Refused, item.Id, null, problem.Type.Code, problem.Detail ?? problem.Type.Title,
                problem.Errors.Count > 0 ? problem.Errors : null);
        }
    }

    /// <summary>
    /// A violated unique key would end the transaction and with it the items before it, so it is looked for first.
    /// </summary>
    private async ValueTask<Written> One(Change change, RecordCall at, GateRequest request, BulkItem item)
    {
        switch (item.Verb)
        {
            case BulkVerb.Create:
                var values = revisions.ReadNew(at, item.Record);
                return await writer.Create(change, at, values, orNothing: true)
                    ?? throw await unique.Taken(change, at, values);
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

    private static void RequireAll(List<BulkOutcome> outcomes)
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
}
