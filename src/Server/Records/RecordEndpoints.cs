using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Records.Queries;

namespace Castellan.Records;

/// <summary>
/// Records of a collection, in the tenant that the header names. Rules decide; these grants only say whose credentials
/// may come.
/// </summary>
internal sealed class RecordEndpoints(
    RecordAccess access, RecordLists lists, RecordStore store, RecordWriter writer, RecordRevisions revisions,
    Upserts upserts)
    : IEndpoints
{
    public const string Route = "/v1/records/{collection}";
    private const string One = Route + "/{record}";

    /// <summary>An app's key alone comes as far as rules are public.</summary>
    public static readonly IReadOnlyList<Grant> Callers = [Grant.User, Grant.Key, Grant.Agent, Grant.App];

    private static readonly IReadOnlyList<ProblemType> WriteProblems =
    [
        RecordErrors.RuleDenied, RecordErrors.UniqueTaken, RecordErrors.ReferenceMissing, ChargeProblems.BudgetPaused,
    ];

    private static readonly IReadOnlyList<ProblemType> ChangeProblems =
        [.. WriteProblems, RecordErrors.IfMatchRequired];

    public IEnumerable<Operation> Operations() =>
    [
        new Read<RecordQuery, RecordPage>(
            "records.list", "GET", Route, RecordQuery.BindList, lists.List, RecordsJson.Wire.RecordPage)
        {
            Summary = "List records that the list rule lets through, filtered, sorted, a page at a time.",
            Grants = Callers, InTenantOfHeader = true,
        },
        new Read<RecordQuery, RecordPage>(
            "records.query", "POST", Route + "/query", RecordQuery.BindQuery, lists.List, RecordsJson.Wire.RecordPage)
        {
            Summary = "List records as records.list does, with filter and paging in the body.",
            Grants = Callers, InTenantOfHeader = true, AlsoDoes = ["records.list"],
        },
        new Read<GetRecord, Record>("records.get", "GET", One, GetRecord.Bind, Get, RecordsJson.Wire.Record)
        {
            Summary = "Read a record that the read rule lets through.",
            Grants = Callers, InTenantOfHeader = true,
        },
        new Write<CreateRecord, Record>(
            "records.create", "POST", Route, CreateRecord.Bind, Create, RecordsJson.Wire.Record)
        {
            Summary = "Create a record. Id, owner, tenant and times are the server's to set.",
            Grants = Callers, InTenantOfHeader = true, Status = 201, BodyBytes = Limits.RecordBytes,
            ChargesWrites = true, Problems = [.. WriteProblems, RecordErrors.WorkspaceRequired],
        },
        new Write<ChangeRecord, Record>(
            "records.update", "PATCH", One, ChangeRecord.Bind, Update, RecordsJson.Wire.Record)
        {
            Summary = "Change a record by a JSON Merge Patch: what is not sent stays, null clears.",
            Grants = Callers, InTenantOfHeader = true, BodyBytes = Limits.RecordBytes, ChargesWrites = true,
            Problems = ChangeProblems,
        },
        new Write<ChangeRecord, Record>(
            "records.replace", "PUT", One, ChangeRecord.Bind, Replace, RecordsJson.Wire.Record)
        {
            Summary = "Replace all properties of a record; what is not sent is cleared, but for secrets.",
            Grants = Callers, InTenantOfHeader = true, BodyBytes = Limits.RecordBytes, ChargesWrites = true,
            Problems = ChangeProblems,
            AlsoDoes = ["records.update"],
        },
        new Write<UpsertRecord, Record>(
            "records.upsert", "PUT", Route, UpsertRecord.Bind, Upsert, RecordsJson.Wire.Record)
        {
            Summary = "Create a record, or merge into the one that has the same values in a unique key.",
            Grants = Callers, InTenantOfHeader = true, BodyBytes = Limits.RecordBytes, ChargesWrites = true,
            Problems = ChangeProblems,
            AlsoDoes = ["records.create", "records.update"],
        },
        new Write<NameRecord, Nothing>(
            "records.delete", "DELETE", One, NameRecord.Bind, Delete, RecordsJson.Wire.Nothing)
        {
            Summary = "Delete a record, with those that its references take along.",
            Grants = Callers, InTenantOfHeader = true, Status = 204, EndsStanding = true,
            Problems = [RecordErrors.RuleDenied, RecordErrors.IfMatchRequired, RecordErrors.StillReferenced],
        },
    ];

    private async ValueTask<Record> Get(Call<GetRecord> call)
    {
        var at = await access.Enter(call, call.Input.Collection);
        var columns = lists.Columns(at.Collection, call.Input.Select);
        return await store.Find(at, call.Input.Record.Value, columns, call.Aborted)
            ?? throw new Refusal(GateProblems.NotFound);
    }

    private async ValueTask<Record> Create(WriteCall<CreateRecord, Record> call)
    {
        var at = await access.Enter(call, call.Input.Collection);
        var values = revisions.ReadNew(at, call.Input.Body);
        return await UniqueKeys.Watch(at, () => call.Change(async change =>
            (await writer.Create(change, at, values))!.Audited(change)));
    }

    private async ValueTask<Record> Update(WriteCall<ChangeRecord, Record> call)
    {
        var at = await access.Enter(call, call.Input.Collection);
        return await UniqueKeys.Watch(at, () => call.Change(async change =>
            (await writer.Update(change, at, call.Request, call.Input.Record.Value,
                (stored, before) => revisions.Patch(at, call.Input.Body, stored, before))).Audited(change)));
    }

    private async ValueTask<Record> Replace(WriteCall<ChangeRecord, Record> call)
    {
        var at = await access.Enter(call, call.Input.Collection);
        return await UniqueKeys.Watch(at, () => call.Change(async change =>
            (await writer.Update(change, at, call.Request, call.Input.Record.Value,
                (_, before) => revisions.Replace(at, call.Input.Body, before))).Audited(change)));
    }

    private async ValueTask<Record> Upsert(WriteCall<UpsertRecord, Record> call)
    {
        var at = await access.Enter(call, call.Input.Collection);
        var key = Upserts.KeyOf(at.Collection.Collection, call.Input.On);
        return await UniqueKeys.Watch(at, () => call.Change(async change =>
            (await upserts.Run(change, at, call.Request, call.Input.Body, key)).Audited(change)));
    }

    private async ValueTask<Nothing> Delete(WriteCall<NameRecord, Nothing> call)
    {
        var at = await access.Enter(call, call.Input.Collection);
        return await call.Change(async change =>
        {
            (await writer.Delete(change, at, call.Request, call.Input.Record.Value)).Audited(change);
            return Nothing.Value;
        });
    }
}
