using Castellan.Contracts;
using Castellan.Kernel;

namespace Castellan.Records.Queries;

/// <summary>What of a collection can be filtered and sorted by: everything but secrets.</summary>
internal static class QueryFields
{
    /// <summary>The type, or null where there is no such field for a query.</summary>
    public static FieldType? Filterable(Collection collection, string name)
    {
        if (SystemColumns.Readable.TryGetValue(name, out var type)) return type;
        return collection.Find(name) is { Secret: false } field ? field.Type : null;
    }

    public static FieldType? Sortable(Collection collection, string name) =>
        Filterable(collection, name) is { } type and not FieldType.Json ? type : null;

    public static IEnumerable<string> FilterableNames(Collection collection) =>
        collection.Fields.Where(f => !f.Secret).Select(f => f.Name).Concat(SystemColumns.Readable.Keys.Order());

    public static IEnumerable<string> SortableNames(Collection collection) =>
        FilterableNames(collection).Where(name => Sortable(collection, name) is not null);
}

internal static class QueryProblems
{
    public static Refusal Refuse(string pointer, string code, string detail, string fix) =>
        new(GateProblems.InputInvalid.With() with { Errors = [new FieldProblem(pointer, code, detail, fix)] });
}
