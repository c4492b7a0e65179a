using System.Text.Json;
using Castellan.Contracts;
using Castellan.Kernel;
using Castellan.Records.Queries;

namespace Castellan.Records;

/// <summary>
/// Creates a record, or changes the one that has the same values in a unique key. What is sent is merged into a record
/// that is there; each way is judged by its own rule.
/// </summary>
internal sealed class Upserts(RecordStore store, RecordWriter writer, RecordRevisions revisions)
{
    /// <summary>The unique key of these columns.</summary>
    public static CollectionIndex KeyOf(Collection collection, IReadOnlyList<string> on)
    {
        var keys = collection.Indexes.Where(i => i.Unique).ToList();
        return keys.FirstOrDefault(k => k.Columns.Count == on.Count && k.Columns.All(c => on.Contains(c.Name)))
            ?? throw QueryProblems.Refuse("on", "not_a_unique_key",
                $"'{string.Join(", ", on)}' is no unique key of {collection.Name}.",
                keys.Count == 0
                    ? $"Declare one: \"unique\": [[\"{collection.Fields[0].Name}\"]]."
                    : $"Use one of: {string.Join("; ", keys.Select(k => string.Join(", ", k.Columns)))}.");
    }

    /// <summary><paramref name="unique"/> is as in <see cref="RecordWriter.Update"/>.</summary>
    public async ValueTask<Written> Run(
        Change change, RecordCall call, GateRequest request, JsonElement body, CollectionIndex key,
        UniqueLookup? unique = null)
    {
        var values = revisions.ReadNew(call, body);
        RequireKey(call, key, values);
        if (await store.FindByKey(change, call, key, values) is { } known)
            return await Update(known);
        if (await writer.Create(change, call, values, orNothing: true) is { } created) return created;
        // Made by somebody else meanwhile, or of a workspace that this call does not see.
        return await store.FindByKey(change, call, key, values) is { } other
            ? await Update(other)
            : throw UniqueKeys.Taken(call, key);

        ValueTask<Written> Update(string id) => writer.Update(change, call, request, id,
            (stored, before) => revisions.Patch(call, body, stored, before), unique);
    }

    /// <summary>Where a part of the key has no value, nothing is the same.</summary>
    private static void RequireKey(
        RecordCall call, CollectionIndex key, IReadOnlyList<Platform.Storage.SqlParameter> values)
    {
        foreach (var column in key.Columns.Where(c => values[call.Collection.IndexOf(c.Name)].IsNull))
        {
            throw QueryProblems.Refuse("/" + column.Name, "required",
                $"'{column.Name}' is part of the key and has no value.", "Send a value.");
        }
    }
}
