using Castellan.Kernel;

namespace Castellan.Records.History;

/// <summary>What a record was before: for whoever may read what it is, and what it was.</summary>
internal sealed class HistoryEndpoints(
    RecordAccess access, RecordStore store, HistoryStore history, EarlierVersions earlier, RecordWriter writer,
    Cursors cursors) : IEndpoints
{
    private const string One = RecordEndpoints.Route + "/{record}";

    public IEnumerable<Operation> Operations() =>
    [
        new Read<ListVersions, ListOf<RecordVersion>>(
            "records.history", "GET", One + "/history", ListVersions.Bind, List,
            RecordsJson.Wire.ListOfRecordVersion)
        {
            Summary = "List the earlier versions of a record that the read rule lets through, newest first.",
            Grants = RecordEndpoints.Callers, InTenantOfHeader = true, AlsoDoes = ["records.get"],
        },
        new Write<NameRecord, Record>(
            "records.restore", "POST", One + "/restore", NameRecord.Bind, Restore, RecordsJson.Wire.Record)
        {
            Summary = "Bring back a record that a collection with soft delete has kept. The delete rule decides.",
            Grants = RecordEndpoints.Callers, InTenantOfHeader = true,
            Problems = [RecordErrors.RuleDenied, RecordErrors.UniqueTaken, RecordErrors.ReferenceMissing],
        },
    ];

    private async ValueTask<ListOf<RecordVersion>> List(Call<ListVersions> call)
    {
        var (collection, record, page) = call.Input;
        var at = await access.Enter(call, collection);
        if (await store.Find(at, record.Value, RecordColumns.All(at.Collection), call.Aborted) is null)
            throw new Refusal(GateProblems.NotFound);
        var listed = await cursors.Page("records.history", call.Tenant, page, [collection, record.Value],
            (before, limit) => history.List(
                at, record.Value, before is null ? long.MaxValue : long.Parse(before), limit, call.Aborted),
            version => version.Version.ToString());
        return listed with { Items = await earlier.Shown(at, record.Value, listed.Items) };
    }

    private async ValueTask<Record> Restore(WriteCall<NameRecord, Record> call)
    {
        var at = await access.Enter(call, call.Input.Collection);
        return await UniqueKeys.Watch(at, () => call.Change(async change =>
            (await writer.Restore(change, at, call.Request, call.Input.Record.Value)).Audited(change)));
    }
}
