using System.Text.Json;
using Castellan.Contracts;
using Castellan.Installation;
using Castellan.Kernel;
using Castellan.Platform.Storage;
using Castellan.Records.Queries;

namespace Castellan.Records;

/// <summary>Lists of records: what the client asks for, compiled apart from the rule that keeps back.</summary>
internal sealed class RecordLists(
    RecordAccess access, RecordStore store, QueryDialect dialect, WhereCompiler wheres, Cursors cursors)
{
    /// <summary>Rows that counting goes up to.</summary>
    private const long CountMax = 10_000;

    /// <summary>Rows that are looked at to say how many are withheld.</summary>
    private const int WithheldAmong = 1_000;

    public async ValueTask<RecordPage> List(Call<RecordQuery> call)
    {
        var query = call.Input;
        var at = await access.Enter(call, query.Collection);
        var place = cursors.Open("records.list", call.Tenant, query.Page, query.Parts);
        var sort = SortKeys.Read(query.Sort, at.Collection.Collection);
        var filter = Filter(at, query);
        Sql? after = place.After is { } position ? Sql.Of($" and {sort.After(position)}") : null;
        var columns = Columns(at.Collection, query.Select);
        var listed = await store.List(
            at, new ListQuery(columns, sort, filter, after, query.Page.Limit), call.Aborted);
        return new RecordPage(
            listed.Items,
            listed.End is { } end ? cursors.Close(place, end) : null,
            query.Count ? await store.Count(at, filter, CountMax, call.Aborted) : null,
            listed.End is null ? await Withheld(at, call.Aborted) : null);
    }

    /// <summary>All columns, or the named ones; a name that is none is refused.</summary>
    public RecordColumns Columns(CompiledCollection collection, IReadOnlyList<string> select)
    {
        if (select.Count == 0) return RecordColumns.All(collection);
        foreach (var name in select)
        {
            if (QueryFields.Filterable(collection.Collection, name) is not null) continue;
            throw QueryProblems.Refuse("select", "not_selectable", $"'{name}' is no field that is shown.",
                $"Use some of: {string.Join(", ", QueryFields.FilterableNames(collection.Collection))}.");
        }
        return RecordColumns.Only(collection.Collection, select);
    }

    private Sql? Filter(RecordCall at, RecordQuery query)
    {
        Sql? filter = query.Filter.ValueKind is not JsonValueKind.Undefined
            ? Sql.Of($" and {new FilterReader(at.Collection.Collection, dialect).Read(query.Filter, query.FilterAt)}")
            : null;
        if (query.Where is not { } source) return filter;
        var bound = wheres.Compile(at, source).Bind(at.Activation, new("r"));
        return bound.IsAlways ? filter : $"{filter} and {(bound.IsNever ? Sql.Of($"false") : bound.Sql)}";
    }

    /// <summary>
    /// In sandbox a list that ends says how much its rule keeps back, because an empty one explains nothing. Whatever
    /// the client's filter: with it, the count would answer questions about what is kept back.
    /// </summary>
    private async ValueTask<long?> Withheld(RecordCall at, CancellationToken ct) =>
        at.Contract.Environment == EnvironmentDirectory.Sandbox && at.Activation.Caller.IsInside
            ? await store.CountWithheld(at, WithheldAmong, ct)
            : null;
}
