using System.Text.Json.Nodes;
using Castellan.Kernel;

namespace Castellan.Tests.Records.Hostile;

/// <summary>What writes stand on: values, references, unique keys, what hangs on a record; and explanations.</summary>
internal sealed partial class Judge
{
    /// <summary>Whoever is not inside has come for a public rule, and hears of no other.</summary>
    private static string Denied(Entry entry) => entry.By.IsInside ? "rule_denied" : "not_found";

    private Row Draft(Entry entry, string? workspace) => new(entry.Shape, entry.Tenant.Id)
    {
        Id = $"new {++drafts}",
        Workspace = workspace,
        Owner = entry.By.Kind is CallerKind.User ? entry.By.Id : null,
        Actor = entry.Probe.By.Caller.Principal,
        CreatedAt = Now,
        UpdatedAt = Now,
    };

    private static Func<string, object?> SystemOfNew(Entry entry) => name => name switch
    {
        "tenant_id" => entry.Tenant.Id,
        "workspace_id" => entry.Probe.Workspace,
        "owner_id" when entry.By.Kind is CallerKind.User => entry.By.Id,
        _ => null,
    };

    /// <summary>
    /// The values that a body makes, merged into those of a row where there is one; null where it is refused: it sets
    /// what the server sets to something else, or lacks what is required. Null clears in a merge, and there is nothing
    /// to clear of what the server sets.
    /// </summary>
    private static Dictionary<string, object?>? Read(
        CollectionShape shape, JsonObject body, Func<string, object?> system, Row? into = null)
    {
        foreach (var (name, sent) in body.Where(member => System.Contains(member.Key)))
        {
            var isNothing = sent is null && into is not null;
            if (!isNothing && sent?.ToString() != Row.Node(system(name))?.ToString()) return null;
        }
        var values = new Dictionary<string, object?>();
        foreach (var field in shape.Fields)
        {
            values[field.Name] = body.ContainsKey(field.Name) ? Row.Value(field.Kind, body[field.Name])
                : into?[field.Name];
            if (field.Required && values[field.Name] is null) return null;
        }
        return values;
    }

    /// <summary>A reference that is new and leads to nothing that the caller may read.</summary>
    private static string? Unreadable(Entry entry, Row after, Row? before)
    {
        foreach (var reference in after.Shape.References)
        {
            if (after[reference.Field] is not string id || Equals(before?[reference.Field], id)) continue;
            var target = entry.Shelf.Find(reference.Target, id);
            if (target is null || target.IsDeleted || target.Tenant != after.Tenant || !entry.May("read", target))
                return id;
        }
        return null;
    }

    /// <summary>Whether another record of the tenant has the same values in a unique key.</summary>
    private static bool Taken(Entry entry, Row after) => after.Shape.Unique.Any(key =>
        key.All(name => after[name] is not null)
        && entry.Shelf.Of(after.Shape, after.Tenant).Any(other =>
            other.Id != after.Id && key.All(name => Equals(other[name], after[name]))));

    /// <summary>
    /// What a delete takes along or empties, level by level; and what stops it, if anything does.
    /// </summary>
    private static (List<(Row Row, ReferenceShape Reference)> Hanging, Row? Restricting) Hanging(Entry entry, Row row)
    {
        var hanging = new List<(Row, ReferenceShape)>();
        var going = new Queue<Row>([row]);
        var gone = new HashSet<Row> { row };
        while (going.TryDequeue(out var next))
        {
            foreach (var (shape, reference) in entry.Place.Contract.ReferencesTo(next.Shape))
            {
                foreach (var other in entry.Shelf.Of(shape, next.Tenant).ToList())
                {
                    if (!Equals(other[reference.Field], next.Id) || gone.Contains(other)) continue;
                    if (reference.OnDelete == "restrict") return (hanging, other);
                    hanging.Add((other, reference));
                    if (reference.OnDelete != "cascade") continue;
                    gone.Add(other);
                    going.Enqueue(other);
                }
            }
        }
        return (hanging, null);
    }

    private Verdict Explain(Entry entry)
    {
        var asked = entry.Probe.Body!.AsObject();
        if (!entry.IsSandbox && entry.By.Kind is not CallerKind.Key && !(entry.By.Role >= TenantRole.Admin))
            return new Verdict("permission_denied");
        var word = asked["operation"]!.ToString();
        if (entry.Shape.Law(word) is null) return Explained(isAllowed: false, []);
        var comes = word == "update" && entry.Shape.ReadsOld;
        if (asked["record_id"]?.ToString() is not { } id)
        {
            var draft = Draft(entry, entry.Probe.Workspace);
            if (asked["record"] is JsonObject body)
            {
                if (Read(entry.Shape, body, SystemOfNew(entry)) is not { } values) return new Verdict("input_invalid");
                draft.Hold(values);
            }
            if (Unreadable(entry, draft, before: null) is { } hidden)
                return new Verdict("reference_missing") { MayShow = [draft], Hidden = hidden };
            return Explained(entry.May(word, draft), [draft]);
        }
        var row = entry.Find(id);
        var (mayRead, may) = (row is not null && entry.May("read", row), row is not null && entry.May(word, row));
        if (row is null || (!mayRead && (comes || !may))) return new Verdict("not_found") { Hidden = id };
        return Explained(comes ? entry.May(word, row, row) : may, mayRead ? [row] : []);
    }

    private static Verdict Explained(bool isAllowed, HashSet<Row> mayShow) => new(null)
    {
        MayShow = mayShow,
        Check = reply => reply.Json["allowed"]!.GetValue<bool>() == isAllowed ? null : $"LEAK says {reply.Text}",
    };
}
