namespace Castellan.Platform.Cel.Sql;

/// <summary>
/// A row that an expression speaks of: the one in question, one of a back-reference's, or one that a reference leads to
/// from there. Each has one instance in a predicate, so that it is joined once.
/// </summary>
internal sealed class Place
{
    private readonly Dictionary<string, Place> followed = new(StringComparer.Ordinal);

    private Place(SqlShape shape, Place? origin, SqlReference? via, int depth) =>
        (Shape, Origin, Via, Depth) = (shape, origin, via, depth);

    public SqlShape Shape { get; }

    /// <summary>Where the reference begins; null for a row that stands by itself.</summary>
    public Place? Origin { get; }

    public SqlReference? Via { get; }

    /// <summary>References and back-references on the way here.</summary>
    public int Depth { get; }

    public static Place Row(SqlShape shape, int depth = 0) => new(shape, null, null, depth);

    public Place Follow(string name, SqlReference reference)
    {
        if (followed.TryGetValue(name, out var place)) return place;
        return followed[name] = new(reference.Target(), this, reference, Depth + 1);
    }
}
