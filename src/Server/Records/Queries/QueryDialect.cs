using System.Text;
using Castellan.Platform.Storage;

namespace Castellan.Records.Queries;

/// <summary>
/// What queries say differently on the two engines: values inside of JSON columns, and finding text in text. Each
/// value is null unless the place holds just its type, so that no cast can fail. Steps are parameters: a name for
/// objects, digits for lists.
/// </summary>
internal sealed class QueryDialect(IDatabase database)
{
    private readonly bool isPostgres = database.EngineName == "postgres";

    /// <summary>The place of a text in another one, from 1; 0 where it is not there.</summary>
    public Raw Find => new(isPostgres ? "strpos" : "instr");

    /// <summary>The JSON type's name, null also for JSON's null.</summary>
    public Sql TypeOf(Identifier column, IReadOnlyList<string> path) => isPostgres
        ? Sql.Of($"nullif(jsonb_typeof({At(column, path)}), 'null')")
        : Sql.Of($"nullif(json_type(r.{column}, {Path(path)}), 'null')");

    public Sql Text(Identifier column, IReadOnlyList<string> path) => isPostgres
        ? Sql.Of($"""
            (case when jsonb_typeof({At(column, path)}) = 'string' then {At(column, path)} #>> array[]::text[] end)
            collate "C"
            """)
        : Sql.Of($"""
            (case when json_type(r.{column}, {Path(path)}) = 'text' then json_extract(r.{column}, {Path(path)}) end)
            """);

    public Sql Number(Identifier column, IReadOnlyList<string> path) => isPostgres
        ? Sql.Of($"""
            (case when jsonb_typeof({At(column, path)}) = 'number'
                then ({At(column, path)} #>> array[]::text[])::double precision end)
            """)
        : Sql.Of($"""
            (case when json_type(r.{column}, {Path(path)}) in ('integer', 'real')
                then json_extract(r.{column}, {Path(path)}) end)
            """);

    public Sql Boolean(Identifier column, IReadOnlyList<string> path) => isPostgres
        ? Sql.Of($"""
            (case when jsonb_typeof({At(column, path)}) = 'boolean' then {At(column, path)} = 'true'::jsonb end)
            """)
        : Sql.Of($"""
            (case json_type(r.{column}, {Path(path)}) when 'true' then 1 when 'false' then 0 end)
            """);

    private static Sql At(Identifier column, IReadOnlyList<string> path)
    {
        if (path.Count == 0) return $"r.{column}";
        Sql steps = $"{path[0]}";
        for (var i = 1; i < path.Count; i++) steps = $"{steps}, {path[i]}";
        return $"(r.{column} #> array[{steps}]::text[])";
    }

    /// <summary><c>$."address"."city"</c>; digits reach into lists as PostgreSQL's do.</summary>
    private static string Path(IReadOnlyList<string> path)
    {
        var text = new StringBuilder("$");
        foreach (var step in path)
        {
            if (step.Length is > 0 and < 10 && step.All(char.IsAsciiDigit)) text.Append('[').Append(step).Append(']');
            else text.Append(".\"").Append(step.Replace("\"", "", StringComparison.Ordinal)).Append('"');
        }
        return text.ToString();
    }
}
