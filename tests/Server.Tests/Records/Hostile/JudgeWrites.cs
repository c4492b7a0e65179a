using System.Text.Json.Nodes;

namespace Castellan.Tests.Records.Hostile;

/// <summary>
/// Writes: the judge carries out on its own records what it allows, before the call is made, and takes back what it
/// refuses. A new row has a name of the judge's until the answer brings its id.
/// </summary>
internal sealed partial class Judge
{
    private static readonly string[] System =
    [
        "id", "tenant_id", "workspace_id", "owner_id", "version", "created_at", "updated_at", "deleted_at", "actor",
        "run",
    ];

    private int drafts;

    /// <summary>The clock of the call that is judged.</summary>
    public DateTimeOffset Now { get; set; }

    /// <summary>One write. <paramref name="After"/> is null where it is gone.</summary>
    private sealed record Step(string? Code, Row? Known = null, Row? After = null)
    {
        public string? Hidden { get; init; }

        public bool IsNew { get; init; }

        /// <summary>What the answer may show beside it.</summary>
        public Row? Beside { get; init; }

        public HashSet<Row> MayShow => [.. new[] { Known, After, Beside }.OfType<Row>()];
    }

    private Verdict Write(Entry entry, Probe probe)
    {
        var body = probe.Body as JsonObject;
        var step = probe.Operation switch
        {
            "records.create" => Create(entry, body!),
            "records.update" => Update(entry, probe.Record!, body!, merge: true),
            "records.replace" => Update(entry, probe.Record!, body!, merge: false),
            "records.upsert" => Upsert(entry, body!, probe.On),
            "records.delete" => Delete(entry, probe.Record!),
            _ => Restore(entry, probe.Record!),
        };
        if (step.Code is not null)
        {
            entry.Shelf.Undo();
            return new Verdict(step.Code) { MayShow = step.MayShow, Hidden = step.Hidden };
        }
        return new Verdict(null)
        {
            MayShow = step.MayShow,
            Apply = _ => entry.Shelf.Keep(),
            Check = reply =>
            {
                if (step.After is not { } after) return reply.Text.Length == 0 ? null : "tells what was deleted";
                if (step.IsNew) entry.Shelf.Name(after, reply.Json["id"]!.ToString());
                return Differs(reply.Json, after.Shown())
                    ?? (reply.ETag == $"\"{after.Number}\"" ? null : $"has the ETag {reply.ETag}");
            },
        };
    }

    private Writing By(Entry entry) => new(entry.Probe.Operation, Now, entry.Probe.By.Caller.Principal);

    private Verdict Bulk(Entry entry)
    {
        var body = entry.Probe.Body!.AsObject();
        var isAtomic = body["atomic"]?.GetValue<bool>() ?? true;
        var steps = body["items"]!.AsArray().Select(item => Item(entry, item!.AsObject())).ToList();
        var mayShow = steps.SelectMany(step => step.MayShow).ToHashSet();
        if (isAtomic && steps.Exists(step => step.Code is not null))
        {
            entry.Shelf.Undo();
            var hidden = steps.Where(step => step.Code is not null).ToList();
            return new Verdict("bulk_refused")
            {
                MayShow = mayShow,
                MayTellDraft = steps.Exists(step => step.Beside is { IsDraft: true }),
                // What another item may delete without reading it answers otherwise where it is absent.
                Hidden = hidden is [{ Hidden: { } id }] && !steps.Exists(s => s.Known?.Id == id) ? id : null,
            };
        }
        return new Verdict(null)
        {
            MayShow = mayShow,
            Apply = _ => entry.Shelf.Keep(),
            Check = reply =>
            {
                var results = reply.Json["results"]!.AsArray();
                return steps.Select((step, i) => Outcome(entry, step, results[i]!)).FirstOrDefault(o => o is not null);
            },
        };
    }

    private static string? Outcome(Entry entry, Step step, JsonNode told)
    {
        if (step.Code != told["code"]?.ToString()) return $"LEAK says {told.ToJsonString()}, not {step.Code}";
        if (step.Code is not null) return null;
        if (step.IsNew) entry.Shelf.Name(step.After!, told["id"]!.ToString());
        var row = step.After ?? step.Known!;
        return told["id"]!.ToString() == row.Id ? null : $"tells {told.ToJsonString()}, not {row.Id}";
    }

    private Step Item(Entry entry, JsonObject item)
    {
        var record = item["record"] as JsonObject;
        return item["op"]!.ToString() switch
        {
            "create" => Create(entry, record!),
            "update" => Update(entry, item["id"]!.ToString(), record!, merge: true),
            "upsert" => Upsert(entry, record!, [.. item["on"]!.AsArray().Select(n => n!.ToString())]),
            _ => Delete(entry, item["id"]!.ToString()),
        };
    }

    private Step Create(Entry entry, JsonObject body)
    {
        var draft = Draft(entry, entry.Shape.HasWorkspaces ? entry.Probe.Workspace : null);
        if (Read(entry.Shape, body, SystemOfNew(entry)) is not { } values) return new Step("input_invalid");
        if (entry.Shape.Workspace == "required" && entry.Probe.Workspace is null) return new Step("workspace_required");
        draft.Hold(values);
        if (Unreadable(entry, draft, before: null) is { } hidden)
            return new Step("reference_missing", Known: draft) { Hidden = hidden };
        if (!entry.May("create", draft)) return new Step(Denied(entry), Known: draft);
        if (Taken(entry, draft)) return new Step("unique_taken", Known: draft);
        entry.Shelf.Add(draft);
        return new Step(null, After: draft) { IsNew = true };
    }

    private Step Upsert(Entry entry, JsonObject body, string[] on)
    {
        if (Read(entry.Shape, body, SystemOfNew(entry)) is not { } values || on.Any(name => values[name] is null))
            return new Step("input_invalid");
        var same = entry.Shelf.Of(entry.Shape, entry.Tenant.Id).FirstOrDefault(row =>
            entry.IsInScope(row) && on.All(name => Equals(row[name], values[name])));
        return same is null ? Create(entry, body) : Update(entry, same.Id, body, merge: true);
    }

    private Step Update(Entry entry, string id, JsonObject body, bool merge)
    {
        var (refused, row) = Known(entry, id, "update");
        if (refused is not null) return refused;
        if (Read(entry.Shape, body, name => row[name], merge ? row : null) is not { } values)
            return new Step("input_invalid", row);
        // Nobody is shown a secret, so nobody sends it back.
        foreach (var secret in row.Shape.Fields.Where(f => f.Kind is Kind.Secret && !body.ContainsKey(f.Name)))
            values[secret.Name] = row[secret.Name];
        var after = row with { Values = values, Number = row.Number + 1, UpdatedAt = Now };
        if (Unreadable(entry, after, row) is { } hidden)
            return new Step("reference_missing", row) { Hidden = hidden };
        if (!entry.May("update", after, row)) return new Step(Denied(entry), row);
        if (Taken(entry, after)) return new Step("unique_taken", row);
        entry.Shelf.Change(row, By(entry), values);
        return new Step(null, After: row);
    }

    private Step Delete(Entry entry, string id)
    {
        var (refused, row) = Known(entry, id, "delete");
        if (refused is not null) return refused;
        var (hanging, restricting) = Hanging(entry, row);
        if (restricting is not null)
        {
            return new Step("still_referenced", row)
            {
                Beside = entry.May("read", restricting) ? restricting : null,
            };
        }
        foreach (var (other, reference) in hanging.Where(h => entry.Shelf.Has(h.Row)))
        {
            if (reference.OnDelete == "cascade") entry.Shelf.Remove(other, By(entry));
            else
            {
                entry.Shelf.Change(other, By(entry),
                    new Dictionary<string, object?>(other.Values) { [reference.Field] = null });
            }
        }
        entry.Shelf.Remove(row, By(entry));
        return new Step(null, row);
    }

    private Step Restore(Entry entry, string id)
    {
        var (refused, row) = Known(entry, id, "delete", deleted: true);
        if (refused is not null) return refused;
        if (Unreadable(entry, row, before: null) is not null) return new Step("reference_missing", row);
        if (Taken(entry, row)) return new Step("unique_taken", row);
        entry.Shelf.Change(row, By(entry));
        row.IsDeleted = false;
        return new Step(null, After: row);
    }

    /// <summary>
    /// The record that a write names. Whoever may neither read it nor do this to it does not learn that it is there;
    /// a rule that compares with what was before has not said so yet.
    /// </summary>
    private static (Step? Refused, Row Row) Known(Entry entry, string id, string word, bool deleted = false)
    {
        var row = entry.Find(id, deleted);
        var comes = word == "update" && entry.Shape.ReadsOld;
        if (row is null || (!entry.May("read", row) && (comes || !entry.May(word, row))))
            return (new Step("not_found") { Hidden = id }, null!);
        var match = entry.Probe.IfMatch;
        if (!deleted && entry.Shape.WantsIfMatch && match is null) return (new Step("if_match_required", row), row);
        if (!comes && !entry.May(word, row)) return (new Step(Denied(entry), row), row);
        return match is not null && match != $"\"{row.Number}\""
            ? (new Step("version_conflict", row), row)
            : (null, row);
    }
}
