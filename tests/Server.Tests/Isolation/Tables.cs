using Castellan.Platform.Storage;

namespace Castellan.Tests.Isolation;

/// <summary>
/// Every row of every table as text: what a refused call must leave as it was. Left out is what is written beside a
/// call's own change: denials, counts of decisions, the notes of when a credential was used last, and what the
/// sequencer writes behind.
/// </summary>
internal sealed record Tables(IReadOnlySet<string> Rows)
{
    private static readonly string[] Counted = ["access_decision", "access_policy_hit"];
    private static readonly string[] Touched = ["last_used_at", "last_used_ip", "used_at"];

    public static async Task<Tables> Read(TestServer server)
    {
        var rows = new HashSet<string>();
        foreach (var table in await Names(server))
        {
            var isLog = table.Name.Name == "audit_entry" ? new Raw("where outcome <> 'denied'") : Raw.None;
            var row = await AsText(server, table);
            var texts = await server.Database.Many(
                $"select {row} from {table} t {isLog}", r => r.Text());
            rows.UnionWith(texts.Select(text => $"{table.Name.Name}: {text}"));
        }
        return new Tables(rows);
    }

    /// <summary>What is not the same, as lines for people.</summary>
    public IReadOnlyList<string> ChangedSince(Tables before, params string[] allowed) =>
    [
        .. Rows.Except(before.Rows).Select(row => $"+ {row}")
            .Concat(before.Rows.Except(Rows).Select(row => $"- {row}"))
            .Where(line => !allowed.Any(table => line[2..].StartsWith(table + ":", StringComparison.Ordinal))),
    ];

    /// <summary>Those of apps too, which have schemas of their own on PostgreSQL.</summary>
    private static async Task<IEnumerable<TableName>> Names(TestServer server)
    {
        if (TestDatabase.Engine != "postgres")
        {
            var names = await server.Database.Many(
                $"select name from sqlite_master where type = 'table' and name not like 'sqlite_%' order by name",
                r => r.Text());
            return names.Except(Kernel.Rows.Sequencer.Concat(Counted))
                .Select(name => new TableName(null, new Identifier(name)));
        }
        var tables = await server.Database.Many(
            $"""
            select schemaname::text, tablename::text from pg_tables
            where schemaname not in ('pg_catalog', 'information_schema') order by 1, 2
            """,
            r => (Schema: r.Text(), Name: r.Text()));
        return tables.Where(t => !Kernel.Rows.Sequencer.Concat(Counted).Contains(t.Name))
            .Select(t => new TableName(new Identifier(t.Schema), new Identifier(t.Name)));
    }

    private static async Task<Raw> AsText(TestServer server, TableName table)
    {
        if (TestDatabase.Engine == "postgres")
            return new Raw($"(to_jsonb(t){string.Concat(Touched.Select(column => $" - '{column}'"))})::text");
        var columns = await server.Database.Many(
            $"select name from pragma_table_info({table.Name.Name}) order by name", r => r.Text());
        return new Raw(string.Join(" || ' ' || ", columns.Except(Touched).Select(column => $"quote(\"{column}\")")));
    }
}
