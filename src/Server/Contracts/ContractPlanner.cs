using System.Text.Json;

namespace Castellan.Contracts;

/// <summary>
/// Compares two contracts. Pure: what depends on the rows that are there (an empty table, values that cannot be
/// converted) is asked where the plan is carried out.
/// </summary>
internal static class ContractPlanner
{
    public static List<PlanStep> Steps(Contract from, Contract to)
    {
        var steps = new List<PlanStep>();
        Roles(from, to, steps);
        foreach (var gone in from.Collections.Where(c => to.Find(c.Name) is null))
        {
            steps.Add(new PlanStep(StepKind.DropCollection, gone.Name, Risk.Destroys,
                $"Drop collection {gone.Name} with all its records.")
            {
                Confirm = $"drop {gone.Name}",
            });
        }
        foreach (var after in to.Collections)
        {
            if (from.Find(after.Name) is { } before) CollectionPlanner.Compare(before, after, steps);
            else CollectionPlanner.Add(after, steps);
        }
        return steps;
    }

    private static void Roles(Contract from, Contract to, List<PlanStep> steps)
    {
        var (before, after) = (Names(from.Permissions), Names(to.Permissions));
        if (before != after)
        {
            steps.Add(new PlanStep(StepKind.ChangePermissions, "permissions", Risk.Safe,
                $"Declare the permissions {after}."));
        }
        foreach (var gone in from.Roles.Where(r => to.FindRole(r.Name) is null))
        {
            steps.Add(new PlanStep(StepKind.DropRole, $"roles.{gone.Name}", Risk.Locks,
                $"Drop role {gone.Name}; whoever has it loses it."));
        }
        foreach (var role in to.Roles) CompareRole(from.FindRole(role.Name), role, steps);
    }

    private static void CompareRole(AppRole? before, AppRole role, List<PlanStep> steps)
    {
        if (before is null)
        {
            steps.Add(new PlanStep(StepKind.AddRole, $"roles.{role.Name}", Risk.Safe, $"Add role {role.Name}."));
            return;
        }
        var more = role.Permissions.Except(before.Permissions).ToList();
        var fewer = before.Permissions.Except(role.Permissions).ToList();
        if (more.Count == 0 && fewer.Count == 0 && role.Description == before.Description) return;
        steps.Add(new PlanStep(StepKind.ChangeRole, $"roles.{role.Name}",
            more.Count > 0 ? Risk.Opens : fewer.Count > 0 ? Risk.Locks : Risk.Safe,
            $"Change role {role.Name}{Said("gains", more)}{Said("loses", fewer)}."));
    }

    private static string Said(string verb, List<string> names) =>
        names.Count == 0 ? "" : $": it {verb} {string.Join(", ", names)}";

    private static string Names(IReadOnlyList<AppPermission> permissions) =>
        string.Join(", ", permissions.Select(p => p.Name));
}

/// <summary>Compares one collection.</summary>
internal static class CollectionPlanner
{
    public static void Add(Collection collection, List<PlanStep> steps)
    {
        steps.Add(new PlanStep(StepKind.AddCollection, collection.Name, Risk.Safe,
            $"Add collection {collection.Name} with {Count(collection.Fields.Count, "property", "properties")}. "
            + Said(collection.Rules)));
        foreach (var (kind, source) in collection.Rules.All.Where(rule => rule.Source is DeclaredRules.Public))
            steps.Add(Opened(collection, kind, before: null, source));
    }

    public static void Compare(Collection before, Collection after, List<PlanStep> steps)
    {
        Fields(before, after, steps);
        References(before, after, steps);
        Indexes(before, after, steps);
        Settings(before, after, steps);
        foreach (var (kind, source) in after.Rules.All)
        {
            if (before.Rules[kind] != source) steps.Add(Rule(after, kind, before.Rules[kind], source));
        }
    }

    private static void Fields(Collection before, Collection after, List<PlanStep> steps)
    {
        foreach (var gone in before.Fields.Where(f => after.Find(f.Name) is null))
        {
            steps.Add(new PlanStep(StepKind.DropField, $"{after.Name}.{gone.Name}", Risk.Destroys,
                $"Drop property {gone.Name} of {after.Name} with its values.")
            {
                Confirm = $"drop {after.Name}.{gone.Name}",
            });
        }
        foreach (var field in after.Fields)
        {
            if (Field(before.Find(field.Name), field, after.Name) is { } step) steps.Add(step);
        }
        if (!steps.Any(s => s.Kind is StepKind.ChangeSchema && s.Collection == after.Name)
            && !JsonElement.DeepEquals(Rest(before.Schema), Rest(after.Schema)))
        {
            steps.Add(new PlanStep(StepKind.ChangeSchema, after.Name, Risk.Locks,
                $"Change what a record of {after.Name} must satisfy as a whole. Records that are there stay as they "
                + "are."));
        }
    }

    private static PlanStep? Field(Field? before, Field after, string collection)
    {
        var name = $"{collection}.{after.Name}";
        if (before is null)
        {
            return new PlanStep(StepKind.AddField, name, after.Required ? Risk.Locks : Risk.Safe,
                $"Add property {after.Name} to {collection}{(after.Required ? ", required of every write" : "")}.");
        }
        if (before.Secret && !after.Secret)
        {
            return new PlanStep(StepKind.ChangeFieldType, name, Risk.Opens,
                $"Show {after.Name} of {collection}, which is secret, to whoever may read a record.")
            {
                Confirm = $"plain {name}",
            };
        }
        if (before.Type != after.Type || before.Secret != after.Secret)
        {
            return new PlanStep(StepKind.ChangeFieldType, name, Risk.Rewrites,
                $"Convert property {after.Name} of {collection} from {Type(before)} to {Type(after)}.");
        }
        if (JsonElement.DeepEquals(before.Schema, after.Schema) && before.Required == after.Required) return null;
        return new PlanStep(StepKind.ChangeSchema, name, Risk.Locks,
            $"Change what {after.Name} of {collection} must satisfy. Records that are there stay as they are.");
    }

    private static void References(Collection before, Collection after, List<PlanStep> steps)
    {
        foreach (var gone in before.References.Where(r => after.ReferenceOf(r.Field) is null))
        {
            steps.Add(new PlanStep(StepKind.DropReference, $"{after.Name}.{gone.Field}", Risk.Safe,
                $"{gone.Field} of {after.Name} refers to {gone.Collection} no longer; its values stay."));
        }
        foreach (var reference in after.References)
        {
            var old = before.ReferenceOf(reference.Field);
            var name = $"{after.Name}.{reference.Field}";
            if (old is null || old.Collection != reference.Collection)
            {
                steps.Add(new PlanStep(StepKind.AddReference, name, Risk.Locks,
                    $"{reference.Field} of {after.Name} refers to {reference.Collection}."));
            }
            else if (old != reference)
            {
                steps.Add(Changed(after.Name, old, reference));
            }
        }
    }

    private static PlanStep Changed(string collection, Reference before, Reference after)
    {
        var name = $"{collection}.{after.Field}";
        if (before.OnDelete == after.OnDelete)
        {
            return new PlanStep(StepKind.ChangeReference, name, Risk.Locks,
                $"Change by which names rules follow {after.Field} of {collection}.");
        }
        // Who may delete the one may delete, or change, the others from then on.
        var risk = after.OnDelete is OnDelete.Restrict ? Risk.Locks : Risk.Opens;
        return new PlanStep(StepKind.ChangeReference, name, risk, after.OnDelete switch
        {
            OnDelete.Cascade => $"Deleting a record of {after.Collection} deletes its {collection} too.",
            OnDelete.SetNull => $"Deleting a record of {after.Collection} empties {after.Field} of its {collection}.",
            _ => $"A record of {after.Collection} cannot be deleted while {collection} refer to it.",
        });
    }

    private static void Indexes(Collection before, Collection after, List<PlanStep> steps)
    {
        foreach (var gone in before.Indexes.Where(i => !after.Indexes.Any(j => j.Key == i.Key)))
        {
            steps.Add(new PlanStep(StepKind.DropIndex, $"{after.Name}.{gone.Key}", Risk.Safe,
                $"Drop the {Words(gone)} of {after.Name}."));
        }
        foreach (var index in after.Indexes.Where(i => !before.Indexes.Any(j => j.Key == i.Key)))
        {
            steps.Add(new PlanStep(StepKind.AddIndex, $"{after.Name}.{index.Key}", Risk.Locks,
                $"Build the {Words(index)} of {after.Name}."));
        }
    }

    private static void Settings(Collection before, Collection after, List<PlanStep> steps)
    {
        if (before.Workspaces != after.Workspaces)
        {
            steps.Add(new PlanStep(StepKind.ChangeSetting, $"{after.Name}.workspace",
                after.Workspaces is WorkspaceUse.Required ? Risk.Locks : Risk.Safe,
                $"Workspaces of {after.Name}: {after.Workspaces.ToString().ToLowerInvariant()}."));
        }
        if (before.SoftDelete != after.SoftDelete)
        {
            steps.Add(new PlanStep(StepKind.ChangeSetting, $"{after.Name}.soft_delete", Risk.Safe,
                after.SoftDelete
                    ? $"Deleted records of {after.Name} are kept from now on."
                    : $"Deleted records of {after.Name} are kept no longer; those that are stay hidden."));
        }
        if (before.RequireIfMatch != after.RequireIfMatch)
        {
            steps.Add(new PlanStep(StepKind.ChangeSetting, $"{after.Name}.require_if_match",
                after.RequireIfMatch ? Risk.Locks : Risk.Safe,
                $"Writers of {after.Name} {(after.RequireIfMatch ? "must" : "need not")} send If-Match."));
        }
    }

    private static PlanStep Rule(Collection collection, RuleKind kind, string? before, string? after) => after switch
    {
        DeclaredRules.Public => Opened(collection, kind, before, after),
        null => new PlanStep(StepKind.ChangeRule, Name(collection, kind), Risk.Locks,
            $"Lock {Word(kind)} of {collection.Name} for everybody; it was: {before}."),
        _ => new PlanStep(StepKind.ChangeRule, Name(collection, kind), Risk.Opens,
            $"Let {Word(kind)} of {collection.Name} through by: {after}. It was: {before ?? "locked"}."),
    };

    private static PlanStep Opened(Collection collection, RuleKind kind, string? before, string? after) =>
        new(StepKind.ChangeRule, Name(collection, kind), Risk.Opens,
            $"Open {Word(kind)} of {collection.Name} to the {after}: to anybody, without signing in. It was: "
            + $"{before ?? "locked"}.")
        {
            Confirm = $"public {collection.Name}.{Word(kind)}",
        };

    private static string Said(DeclaredRules rules)
    {
        var locked = rules.All.Where(rule => rule.Source is null).Select(rule => Word(rule.Kind)).ToList();
        var open = rules.All.Where(rule => rule.Source is not null).Select(r => $"{Word(r.Kind)} by {r.Source}");
        if (locked.Count > 0) open = open.Append($"{string.Join(", ", locked)} locked");
        return string.Join("; ", open) + ".";
    }

    private static string Name(Collection collection, RuleKind kind) => $"{collection.Name}.rules.{Word(kind)}";

    private static string Word(RuleKind kind) => kind.ToString().ToLowerInvariant();

    private static string Type(Field field) =>
        (field.Secret ? "secret " : "") + field.Type.ToString().ToLowerInvariant();

    private static string Words(CollectionIndex index) =>
        $"{(index.Unique ? "unique key" : "index")} on {string.Join(", ", index.Columns)}";

    private static string Count(int count, string one, string many) => $"{count} {(count == 1 ? one : many)}";

    /// <summary>The schema without its properties, which are compared one by one.</summary>
    private static JsonElement Rest(JsonElement schema)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var member in schema.EnumerateObject().Where(m => m.Name is not ("properties" or "required")))
                member.WriteTo(writer);
            writer.WriteEndObject();
        }
        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }
}
