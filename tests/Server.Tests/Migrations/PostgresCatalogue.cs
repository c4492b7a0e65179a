using Castellan.Platform.Storage;

namespace Castellan.Tests.Migrations;

/// <summary>What PostgreSQL says of its tables.</summary>
internal static class PostgresCatalogue
{
    private sealed record Column(string Table, string Name, string Type, string? Collation, bool IsNotNull, string? Is);

    private sealed record Constraint(
        string Table, string Name, string Kind, string[] Columns, string Target, string[] Targets, string Definition);

    private sealed record Index(string Table, string Name, bool IsUnique, string[] Columns, string? Where, string Sql);

    /// <summary>The statements that would make it again: each table, then its indexes, then the views.</summary>
    public static async Task<IReadOnlyList<string>> Statements(IDatabase database)
    {
        var columns = await Columns(database);
        var constraints = await Constraints(database);
        var indexes = await Indexes(database);
        var statements = new List<string>();
        foreach (var table in columns.GroupBy(c => c.Table))
        {
            var lines = table.Select(Line)
                .Concat(constraints.Where(c => c.Table == table.Key)
                    .Select(c => $"constraint {c.Name} {c.Definition}"))
                .Select(line => $"    {line}");
            statements.Add($"create table {table.Key} (\n{string.Join(",\n", lines)}\n);\n");
            statements.AddRange(indexes.Where(i => i.Table == table.Key).Select(i => $"{i.Sql};\n"));
        }
        return statements;
    }

    /// <summary>One line for each fact that both engines must share, in the words of <see cref="Fact"/>.</summary>
    public static async Task<IReadOnlyList<string>> Facts(IDatabase database)
    {
        var columns = (await Columns(database))
            .Select(c => Fact.Column(c.Table, c.Name, TypeClass(c.Type), c.IsNotNull));
        var constraints = (await Constraints(database)).Select(c => c.Kind switch
        {
            "p" => Fact.PrimaryKey(c.Table, c.Columns),
            "u" => Fact.UniqueKey(c.Table, c.Columns, where: null),
            "f" => Fact.ForeignKey(c.Table, c.Columns, c.Target, c.Targets),
            _ => null,
        }).OfType<string>();
        var indexes = (await Indexes(database)).Select(i => i.IsUnique
            ? Fact.UniqueKey(i.Table, i.Columns, i.Where)
            : Fact.Index(i.Table, i.Name, i.Columns, i.Where));
        return [.. columns, .. constraints, .. indexes];
    }

    /// <summary>Columns of keys and indexes that do not sort by bytes, as SQLite and the stores' cursors do.</summary>
    public static ValueTask<List<string>> SortedByLanguage(IDatabase database) => database.Many(
        $"""
        select distinct t.relname || '.' || a.attname
        from pg_index i
        join pg_class t on t.oid = i.indrelid and t.relnamespace = current_schema()::regnamespace
        join pg_attribute a on a.attrelid = t.oid and a.attnum = any(i.indkey)
        join pg_collation c on c.oid = a.attcollation
        where c.collname <> 'C' and t.relname <> 'migration'
        order by 1
        """,
        row => row.Text());

    private static string Line(Column column) =>
        $"{column.Name} {column.Type}{(column.Collation is { } name ? $" collate \"{name}\"" : "")}"
        + $"{(column.IsNotNull ? " not null" : "")}{(column.Is is { } made ? $" {made}" : "")}";

    private static string TypeClass(string type) => type switch
    {
        "bigint" => "integer",
        "text" or "jsonb" => "text",
        "bytea" => "bytes",
        "boolean" => "boolean",
        _ => $"unknown {type}",
    };

    private static ValueTask<List<Column>> Columns(IDatabase database) => database.Many(
        $"""
        select t.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod),
            case when c.collname <> 'default' then c.collname::text end, a.attnotnull,
            case when a.attidentity <> '' then 'generated always as identity'
                else 'default ' || pg_get_expr(d.adbin, d.adrelid) end
        from pg_class t
        join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
        left join pg_collation c on c.oid = a.attcollation
        left join pg_attrdef d on d.adrelid = t.oid and d.adnum = a.attnum
        where t.relkind = 'r' and t.relnamespace = current_schema()::regnamespace
        order by t.relname collate "C", a.attnum
        """,
        row => new Column(row.Text(), row.Text(), row.Text(), row.TextOrNull(), row.Bool(), row.TextOrNull()));

    // Version 18 also has constraints that say "not null", which the columns say already.
    private static ValueTask<List<Constraint>> Constraints(IDatabase database) => database.Many(
        $"""
        select t.relname::text, k.conname::text, k.contype::text, coalesce({Names("k.conkey", "k.conrelid")}, ''),
            coalesce(o.relname::text, ''), coalesce({Names("k.confkey", "k.confrelid")}, ''),
            pg_get_constraintdef(k.oid)
        from pg_constraint k
        join pg_class t on t.oid = k.conrelid and t.relnamespace = current_schema()::regnamespace
        left join pg_class o on o.oid = k.confrelid
        where k.contype <> 'n'
        order by t.relname collate "C", position(k.contype::text in 'puf'), k.conname collate "C"
        """,
        row => new Constraint(row.Text(), row.Text(), row.Text(), row.Text().Split(' '), row.Text(),
            row.Text().Split(' '), row.Text()));

    private static ValueTask<List<Index>> Indexes(IDatabase database) => database.Many(
        $"""
        select t.relname::text, x.relname::text, i.indisunique, {Names("i.indkey", "i.indrelid")},
            pg_get_expr(i.indpred, i.indrelid), pg_get_indexdef(i.indexrelid)
        from pg_index i
        join pg_class t on t.oid = i.indrelid and t.relnamespace = current_schema()::regnamespace
        join pg_class x on x.oid = i.indexrelid
        where not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u'))
        order by t.relname collate "C", x.relname collate "C"
        """,
        row => new Index(
            row.Text(), row.Text(), row.Bool(), row.Text().Split(' '), row.TextOrNull(),
            row.Text().Replace(" ON public.", " ON ", StringComparison.Ordinal)));

    /// <summary>The columns of a list of their numbers, in its order.</summary>
    private static Raw Names(string numbers, string table) => new($"""
        (select string_agg(a.attname::text, ' ' order by n.place)
            from unnest({numbers}::smallint[]) with ordinality n (number, place)
            join pg_attribute a on a.attrelid = {table} and a.attnum = n.number)
        """);
}
