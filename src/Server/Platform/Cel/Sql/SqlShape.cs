using Castellan.Platform.Storage;

namespace Castellan.Platform.Cel.Sql;

/// <summary>The two engines differ in what they call some functions, and in JSON.</summary>
internal enum SqlDialect
{
    Sqlite,
    Postgres,
}

/// <summary>How a field's values lie in its column.</summary>
internal enum SqlColumnKind
{
    /// <summary>Text compared by code point: <c>collate "C"</c> on PostgreSQL, which holds no NUL.</summary>
    Text,

    /// <summary>64 bits with a sign; an int of the language.</summary>
    Int64,

    /// <summary>A finite double.</summary>
    Double,

    /// <summary>boolean on PostgreSQL, 0 or 1 on SQLite.</summary>
    Bool,

    /// <summary>A timestamp of the language as milliseconds since 1970.</summary>
    TimestampMs,

    /// <summary>
    /// jsonb on PostgreSQL, valid JSON text on SQLite, whose values are those of <see cref="CelJson"/>.
    /// </summary>
    Json,
}

/// <summary>
/// Where the rows of an object type lie and how its fields are read there, by their names in expressions. A field of
/// the type that is missing here cannot be asked in a predicate.
/// </summary>
internal sealed class SqlShape
{
    public required TableName Table { get; init; }

    public IReadOnlyDictionary<string, SqlColumn> Columns { get; init; } = new Dictionary<string, SqlColumn>();

    public IReadOnlyDictionary<string, SqlReference> References { get; init; } = new Dictionary<string, SqlReference>();

    public IReadOnlyDictionary<string, SqlBackReference> BackReferences { get; init; } =
        new Dictionary<string, SqlBackReference>();

    /// <summary>Columns, never null, that are equal in a row and in every row that it leads to.</summary>
    public IReadOnlyList<Identifier> Scope { get; init; } = [];

    /// <summary>A column that is null in rows which are there; rows where it is not are led to by nothing.</summary>
    public Identifier? Deleted { get; init; }

    /// <summary>
    /// For an activation, which rows may be led to, of a table by this name; others are as if they were not there. Null
    /// for all.
    /// </summary>
    public Func<ICelActivation, Identifier, BoundPredicate>? Visible { get; init; }
}

internal sealed record SqlColumn(Identifier Name, SqlColumnKind Kind, bool IsNullable);

/// <summary>A field that is another row, or null where there is none.</summary>
/// <param name="Column">Of this row, holds the other one's key.</param>
/// <param name="Target">Asked when it is first needed, because shapes lead to each other.</param>
/// <param name="Key">Of the other row, unique within the scope.</param>
internal sealed record SqlReference(Identifier Column, Func<SqlShape> Target, Identifier Key);

/// <summary>
/// A field that is a list of rows: those whose <paramref name="Column"/> holds <paramref name="Key"/> of this row.
/// </summary>
internal sealed record SqlBackReference(Func<SqlShape> Target, Identifier Column, Identifier Key);
