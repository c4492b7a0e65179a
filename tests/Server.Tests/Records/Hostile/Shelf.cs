namespace Castellan.Tests.Records.Hostile;

/// <summary>All records of an app in an environment, as they should be.</summary>
internal sealed class Shelf(ContractShape contract)
{
    private readonly Dictionary<string, SortedDictionary<string, Row>> rows = contract.Collections.ToDictionary(
        c => c.Name, _ => new SortedDictionary<string, Row>(StringComparer.Ordinal));

    private readonly List<Action> undo = [];

    /// <summary>Rows that are gone for good; their history stays.</summary>
    public List<Row> Gone { get; } = [];

    public IEnumerable<Row> Everything => rows.Values.SelectMany(r => r.Values);

    public IEnumerable<Row> Of(string collection) => rows[collection].Values;

    public IEnumerable<Row> Of(CollectionShape shape, string tenant) =>
        Of(shape.Name).Where(row => row.Tenant == tenant && !row.IsDeleted);

    public Row? Find(string collection, string? id) =>
        id is null ? null : rows.GetValueOrDefault(collection)?.GetValueOrDefault(id);

    public bool Has(Row row) => rows[row.Shape.Name].ContainsKey(row.Id);

    public void Add(Row row)
    {
        rows[row.Shape.Name][row.Id] = row;
        undo.Add(() => rows[row.Shape.Name].Remove(row.Id));
    }

    /// <summary>A row that was added gets the id that the server has given it.</summary>
    public void Name(Row row, string id)
    {
        var isHere = rows[row.Shape.Name].Remove(row.Id);
        row.Id = id;
        if (isHere) rows[row.Shape.Name][id] = row;
    }

    /// <summary>Ends a version of a row, and makes the next one.</summary>
    public void Change(Row row, Writing by, Dictionary<string, object?>? values = null)
    {
        var (number, updated, isDeleted, old, traces, actor) =
            (row.Number, row.UpdatedAt, row.IsDeleted, row.Values, row.Traces, row.Actor);
        undo.Add(() =>
        {
            (row.Number, row.UpdatedAt, row.IsDeleted, row.Values, row.Traces, row.Actor) =
                (number, updated, isDeleted, old, traces, actor);
            row.Ended.Remove(number);
        });
        row.Ended[number] = new Version(by.Operation, actor, row with { });
        (row.Number, row.UpdatedAt, row.Actor) = (number + 1, by.At, by.Actor);
        if (values is not null) row.Hold(values);
    }

    public void Remove(Row row, Writing by)
    {
        Change(row, by);
        if (row.Shape.SoftDelete)
        {
            row.IsDeleted = true;
            return;
        }
        rows[row.Shape.Name].Remove(row.Id);
        Gone.Add(row);
        undo.Add(() =>
        {
            Gone.Remove(row);
            rows[row.Shape.Name][row.Id] = row;
        });
    }

    /// <summary>What was done since is to stay.</summary>
    public void Keep() => undo.Clear();

    public void Undo()
    {
        for (var i = undo.Count - 1; i >= 0; i--) undo[i]();
        undo.Clear();
    }

    /// <summary>Along references of the same tenant; null where one leads nowhere.</summary>
    public Row? Follow(Row from, IReadOnlyList<string> path, Func<Row, bool> may)
    {
        var at = from;
        foreach (var step in path)
        {
            var reference = at.Shape.References.First(r => r.As == step);
            var next = Find(reference.Target, at[reference.Field] as string);
            if (next is null || next.IsDeleted || next.Tenant != from.Tenant || !may(next)) return null;
            at = next;
        }
        return at;
    }

    /// <summary>The rows of the tenant that refer to this one by the reference that comes back under a name.</summary>
    public IEnumerable<Row> Referring(Row to, string back)
    {
        var (shape, reference) = contract.Collections.SelectMany(c => c.References.Select(r => (c, r)))
            .First(r => r.r.Target == to.Shape.Name && r.r.Back == back);
        return Of(shape, to.Tenant).Where(row => Equals(row[reference.Field], to.Id));
    }
}

/// <summary>What a write leaves beside values: its operation, its time, and whoever made it.</summary>
internal sealed record Writing(string Operation, DateTimeOffset At, string Actor);
