namespace Castellan.Platform.Cel.Sql;

/// <summary>The bounds of one predicate. Those of the expression itself are <see cref="CelLimits"/>.</summary>
internal static class SqlLimits
{
    /// <summary>References and back-references between the row and a field.</summary>
    public const int Depth = 3;

    /// <summary>Comparisons in the text of a predicate, lists of one request unrolled.</summary>
    public const int Atoms = 500;

    /// <summary>Items of a list that a request brings.</summary>
    public const int Items = 1_000;

    /// <summary>Items of all such lists, each as often as it is visited.</summary>
    public const int Visits = 4_000;

    /// <summary>Parameters; SQLite takes 32,766 in one statement, PostgreSQL 65,535.</summary>
    public const int Parameters = 4_000;

    /// <summary>Steps into a JSON value.</summary>
    public const int JsonSteps = 16;
}
