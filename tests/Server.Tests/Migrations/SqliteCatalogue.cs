using Castellan.Platform.Storage;

namespace Castellan.Tests.Migrations;

/// <summary>What SQLite says of its tables.</summary>
internal static class SqliteCatalogue
{
    private sealed record Index(string Table, string Name, bool IsUnique, string Origin, string? Sql)
    {
        public string? Where => Sql?.Split(" where ", 2) is [_, var where] ? where : null;
    }

    /// <summary>The statements that would make it again: each table, then its indexes, then the views.</summary>
    public static ValueTask<List<string>> Statements(IDatabase database) => database.Many(
        $"""
        select sql || case when type = 'index' then ';' else '' end from (
            select sql || case when type = 'table' then ';' else '' end as sql, type,
                case type when 'view' then 1 else 0 end as last, tbl_name,
                case type when 'table' then 0 else 1 end as place, name
            from sqlite_master where sql is not null
        ) order by last, tbl_name, place, name
        """,
        row => row.Text() + "\n");

    /// <summary>One line for each fact that both engines must share, in the words of <see cref="Fact"/>.</summary>
    public static async Task<IReadOnlyList<string>> Facts(IDatabase database)
    {
        var facts = new List<string>();
        var columns = await database.Many(
            $"""
            select m.name, m.sql, c.name, c.type, c."notnull", c.pk
            from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table' order by m.name, c.cid
            """,
            row => (Table: row.Text(), Sql: row.Text(), Name: row.Text(), Type: row.Text(), IsNotNull: row.Bool(),
                Key: row.Int64()));
        foreach (var c in columns)
        {
            var isBoolean = c.Sql.Contains($"check ({c.Name} in (0, 1))", StringComparison.Ordinal);
            // A part of the key of a table that has no other order, and the rowid itself, are never null.
            var isNotNull = c.IsNotNull || (c.Key > 0
                && (c.Sql.Contains("without rowid", StringComparison.Ordinal) || TypeClass(c.Type) == "integer"));
            facts.Add(Fact.Column(c.Table, c.Name, isBoolean ? "boolean" : TypeClass(c.Type), isNotNull));
        }
        foreach (var table in columns.Where(c => c.Key > 0).GroupBy(c => c.Table))
            facts.Add(Fact.PrimaryKey(table.Key, table.OrderBy(c => c.Key).Select(c => c.Name)));
        facts.AddRange(await ForeignKeys(database));
        facts.AddRange(await Indexes(database));
        return facts;
    }

    private static string TypeClass(string type) => type.ToLowerInvariant() switch
    {
        "integer" or "bigint" => "integer",
        "text" => "text",
        "blob" => "bytes",
        _ => $"unknown {type}",
    };

    private static async Task<IEnumerable<string>> ForeignKeys(IDatabase database)
    {
        var keys = await database.Many(
            $"""
            select m.name, k.id, k."table", k."from", k."to"
            from sqlite_master m join pragma_foreign_key_list(m.name) k where m.type = 'table'
            order by m.name, k.id, k.seq
            """,
            row => (Table: row.Text(), Id: row.Int64(), Target: row.Text(), From: row.Text(), To: row.Text()));
        return keys.GroupBy(k => (k.Table, k.Id, k.Target)).Select(k =>
            Fact.ForeignKey(k.Key.Table, k.Select(c => c.From), k.Key.Target, k.Select(c => c.To)));
    }

    private static async Task<IEnumerable<string>> Indexes(IDatabase database)
    {
        var indexes = await database.Many(
            $"""
            select m.name, i.name, i."unique", i.origin, s.sql
            from sqlite_master m join pragma_index_list(m.name) i left join sqlite_master s on s.name = i.name
            where m.type = 'table' and i.origin <> 'pk'
            """,
            row => new Index(row.Text(), row.Text(), row.Bool(), row.Text(), row.TextOrNull()));
        var facts = new List<string>();
        foreach (var index in indexes)
        {
            var columns = await database.Many(
                $"select name from pragma_index_info({index.Name}) order by seqno", row => row.Text());
            facts.Add(index.IsUnique
                ? Fact.UniqueKey(index.Table, columns, index.Where)
                : Fact.Index(index.Table, index.Name, columns, index.Where));
        }
        return facts;
    }
}
