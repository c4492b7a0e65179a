using Castellan.Contracts;
using Castellan.Contracts.Tables;
using Castellan.Kernel;
using Castellan.Platform.Storage;

namespace Castellan.Records;

/// <summary>Says of a violated unique key what the contract calls it.</summary>
internal static class UniqueKeys
{
    public static async ValueTask<T> Watch<T>(RecordCall call, Func<ValueTask<T>> work)
    {
        try
        {
            return await work();
        }
        catch (UniqueViolationException violation) when (Violated(call, violation) is { } index)
        {
            throw Taken(call, index);
        }
    }

    public static Refusal Taken(RecordCall call, CollectionIndex index)
    {
        var names = index.Columns.Select(c => c.Name).ToList();
        return new Refusal(RecordErrors.UniqueTaken.With(
            $"{string.Join(", ", names)} must be unique in {call.Collection.Name}.") with
        {
            Errors =
            [
                .. names.Select(name => new FieldProblem("/" + name, "unique_taken",
                    $"Another record has this '{name}' already.", "Choose another value.")),
            ],
        });
    }

    /// <summary>SQLite names the columns that were violated, PostgreSQL the index.</summary>
    private static CollectionIndex? Violated(RecordCall call, UniqueViolationException violation)
    {
        var (number, collection) = (call.Contract.Number, call.Collection.Collection);
        return collection.Indexes.Where(i => i.Unique).FirstOrDefault(index =>
            violation.Constraint == TableNames.IndexName(
                number, collection.Name, index.Key, call.Contract.Tables.GenerationOf(collection.Name)).Name
            || violation.Constraint == $"{call.Collection.Table.Name.Name}_tenant_id_"
                + $"{string.Join('_', index.Columns.Select(c => c.Name))}_key");
    }
}

/// <summary>Which unique key a record would violate, asked before it is written.</summary>
internal sealed class UniqueLookup(RecordStore store)
{
    public async ValueTask Require(Change change, RecordCall call, IReadOnlyList<SqlParameter> values, string besides)
    {
        if (await Find(change, call, values, besides) is { } index) throw UniqueKeys.Taken(call, index);
    }

    /// <summary>The refusal of a record that was not inserted.</summary>
    public async ValueTask<Refusal> Taken(Change change, RecordCall call, IReadOnlyList<SqlParameter> values) =>
        await Find(change, call, values, besides: "") is { } index
            ? UniqueKeys.Taken(call, index)
            : new Refusal(RecordErrors.UniqueTaken);

    private async ValueTask<CollectionIndex?> Find(
        Change change, RecordCall call, IReadOnlyList<SqlParameter> values, string besides)
    {
        foreach (var index in call.Collection.Collection.Indexes.Where(i => i.Unique))
        {
            if (index.Columns.Any(c => values[call.Collection.IndexOf(c.Name)].IsNull)) continue;
            if (await store.FindByKey(change, call, index, values, everywhere: true) is { } id && id != besides)
                return index;
        }
        return null;
    }
}
