using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Platform;
using Castellan.Records.History;

namespace Castellan.Records;

/// <summary>
/// What a delete does to records that refer to it: those of <c>restrict</c> stop it, those of <c>cascade</c> go with
/// it, and references of <c>set_null</c> are emptied. Whoever may delete a record may do this to what hangs on it:
/// the contract says so, not the rules of the others. Nothing is written before all is found, so that a refusal
/// leaves nothing half done.
/// </summary>
internal sealed class Cascades(RecordStore store, HistoryStore history)
{
    private sealed record Hanging(RecordCall Call, Reference Reference, Record Record);

    public async ValueTask Follow(Change change, RecordCall call, string id)
    {
        var touched = new HashSet<string>();
        foreach (var one in await Find(change, call, id))
        {
            // By another of its references it may have been written since it was found.
            var isAgain = !touched.Add(one.Record.Id);
            var now = isAgain ? await store.Current(change, one.Call, one.Record.Id) : one.Record;
            if (now is not null) await Apply(change, one with { Record = now });
        }
    }

    private async ValueTask<List<Hanging>> Find(Change change, RecordCall call, string id)
    {
        var hanging = new List<Hanging>();
        var going = new Queue<(RecordCall Call, string Id)>([(call, id)]);
        var gone = new HashSet<string> { id };
        while (going.TryDequeue(out var next))
        {
            foreach (var back in next.Call.Collection.BackReferences)
            {
                var referring = next.Call.At(back.Collection);
                foreach (var record in await Referring(change, referring, back.Reference, next.Id, hanging.Count))
                {
                    if (gone.Contains(record.Id)) continue;
                    if (back.Reference.OnDelete is OnDelete.Restrict) throw await Refuse(change, referring, record);
                    hanging.Add(new Hanging(referring, back.Reference, record));
                    if (back.Reference.OnDelete is not OnDelete.Cascade) continue;
                    gone.Add(record.Id);
                    going.Enqueue((referring, record.Id));
                }
            }
        }
        return hanging;
    }

    private async ValueTask Apply(Change change, Hanging one)
    {
        var (call, reference, record) = one;
        await history.Keep(change, call, record);
        if (reference.OnDelete is OnDelete.SetNull) await store.Empty(change, call, reference, record.Id);
        else await store.Remove(change, call, record.Id);
        RecordFacts.Emit(change, call.Collection.Name,
            reference.OnDelete is OnDelete.SetNull ? "record.updated" : "record.deleted", record);
    }

    private async ValueTask<List<Record>> Referring(
        Change change, RecordCall referring, Reference reference, string id, int found)
    {
        var more = await store.Referring(change, referring, reference, id, Limits.RecordsPerCascade + 1);
        if (more.Count + found <= Limits.RecordsPerCascade) return more;
        throw new Refusal(RecordErrors.StillReferenced,
            $"More than {Limits.RecordsPerCascade} records hang on it, of {referring.Collection.Name} among others.");
    }

    /// <summary>Names the record to whom may read it; others learn no more than that there is one.</summary>
    private static async ValueTask<Refusal> Refuse(Change change, RecordCall referring, Record record)
    {
        var which = await RecordStore.MayRead(change, referring, record.Id)
            ? $"{record.Id} of {referring.Collection.Name}"
            : $"A record of {referring.Collection.Name} that you may not read";
        return new Refusal(RecordErrors.StillReferenced, $"{which} refers to it, and its reference restricts.");
    }
}
